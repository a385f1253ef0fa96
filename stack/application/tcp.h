#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "stack/application/result.h"
#include "stack/application/scheduler.h"
#include "stack/application/socket_address.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace dualsim::application {

// RFC 9293 §3.8.4: a probe after `idle` without a word from the peer, then one
// every `interval`; after `count` without an answer the connection has timed out.
struct KeepaliveOptions {
  Duration idle = Seconds(7200);
  Duration interval = Seconds(75);
  int count = 9;
};

// Nagle's algorithm (RFC 9293 §3.7.4): whether small writes may wait for the
// acknowledgment of what is on its way.
enum class Delay : uint8_t { kAllowed, kNone };

struct ReadResult {
  enum class Status : uint8_t { kData, kEnd, kError };
  Status status{};
  size_t size = 0;  // kData: at least 1.
  Error error{};    // kError: why.

  bool data() const { return status == Status::kData; }
  bool end() const { return status == Status::kEnd; }
  // "end", "reset by the peer".
  std::string_view text() const;
};

// What is known of a connection's path; where the implementation can't tell, 0.
struct TcpStatistics {
  uint64_t segments_sent = 0;
  uint64_t retransmissions = 0;
  Duration smoothed_rtt;
  Duration min_rtt;
  uint32_t congestion_window = 0;  // Bytes.
  uint32_t mss = 0;                // Bytes of data per segment, as it sends them.
};

class TcpFlow;

class [[nodiscard]] ReadOperation final : public Waiter {
 public:
  ReadOperation(TcpFlow& flow, MutableByteView into) : flow_(flow), into_(into) {}
  ReadResult await_resume() const { return result_; }

 private:
  bool Poll() override;
  void Park() override;
  TcpFlow& flow_;
  MutableByteView into_;
  ReadResult result_;
};

class [[nodiscard]] PeekOperation final : public Waiter {
 public:
  explicit PeekOperation(TcpFlow& flow) : flow_(flow) {}
  ReadResult await_resume() const { return result_; }

 private:
  bool Poll() override;
  void Park() override;
  TcpFlow& flow_;
  ReadResult result_;
};

class [[nodiscard]] WriteOperation final : public Waiter {
 public:
  WriteOperation(TcpFlow& flow, ByteView bytes, Delay delay)
      : flow_(flow), one_(bytes), pieces_(&one_, 1), delay_(delay) {}
  WriteOperation(TcpFlow& flow, std::span<const ByteView> pieces, Delay delay)
      : flow_(flow), pieces_(pieces), delay_(delay) {}
  Status await_resume() const { return error_; }

 private:
  bool Poll() override;
  void Park() override;
  TcpFlow& flow_;
  ByteView one_;
  std::span<const ByteView> pieces_;
  size_t written_ = 0;  // Of the first of pieces_.
  Delay delay_;
  Status error_;
};

// One end of a TCP connection.
//
// One task reads, and one (perhaps another) writes, at a time. Destroyed, it is
// closed as by Close(); it outlives the operations on it.
class TcpFlow {
 public:
  virtual ~TcpFlow() = default;

  // Waits for data, at least 1 byte of it, at most into.size(); for the peer's end,
  // after all that it sent; or for an error. `into` stays until then.
  ReadOperation Read(MutableByteView into) { return {*this, into}; }
  // Waits likewise; peeked() then shows `size` bytes that lie ready, without a copy.
  PeekOperation Peek() { return PeekOperation(*this); }
  // Valid until the next call on the flow, or until the task waits.
  virtual ByteView peeked() const = 0;
  // Is done with the first `size` bytes of peeked().
  virtual void Consume(size_t size) = 0;

  // Waits until all of it was taken for sending; the bytes stay until then. An
  // error: some of it may have been taken.
  WriteOperation Write(ByteView bytes, Delay delay = Delay::kAllowed) {
    return {*this, bytes, delay};
  }
  // As if all pieces were one.
  WriteOperation Writev(std::span<const ByteView> pieces, Delay delay = Delay::kAllowed) {
    return {*this, pieces, delay};
  }

  // After what was written comes the end of this side; the peer may go on.
  virtual void ShutDownWrite() = 0;
  // What comes is thrown away from now on.
  virtual void ShutDownRead() = 0;
  void ShutDown() {
    ShutDownRead();
    ShutDownWrite();
  }
  // The program is done: what was written is still delivered, afterwards the
  // connection ends by itself.
  virtual void Close() = 0;
  // Ends at once, with a reset.
  virtual void Abort() = 0;

  // An IPv4 peer has an IPv4 address.
  virtual const SocketAddress& peer() const = 0;
  virtual const SocketAddress& local() const = 0;
  virtual TcpStatistics statistics() const = 0;

  // --- For implementations: what the operations above ask. ---

  // nullopt: nothing yet; readable() will wake.
  virtual std::optional<ReadResult> TryRead(MutableByteView into) = 0;
  virtual std::optional<ReadResult> TryPeek() = 0;
  struct WriteProgress {
    size_t accepted = 0;  // Less than was offered: writable() will wake.
    Status error{};
  };
  virtual WriteProgress TryWrite(ByteView bytes, Delay delay) = 0;
  // Whether an attempt that ConnectTcp() began is over. Not so: writable() will wake.
  struct ConnectProgress {
    bool over = false;
    Status error{};  // Of one that is over; otherwise the connection is up.
  };
  virtual ConnectProgress TryFinishConnect() = 0;
  virtual WaitList& readable() = 0;
  virtual WaitList& writable() = 0;
};

class TcpListener;

class [[nodiscard]] AcceptOperation final : public Waiter {
 public:
  explicit AcceptOperation(TcpListener& listener) : listener_(listener) {}
  Result<std::unique_ptr<TcpFlow>> await_resume() { return *std::move(result_); }

 private:
  bool Poll() override;
  void Park() override;
  TcpListener& listener_;
  std::optional<Result<std::unique_ptr<TcpFlow>>> result_;
};

struct TcpListenOptions {
  Port port{};
  // Only connections to this address; none: to every address, of all families that
  // the host runs.
  std::optional<IpAddress> address{};
  std::optional<KeepaliveOptions> keepalive{};
  int backlog = 128;  // Connections that wait to be accepted.
};

// A port on which connections are taken. Destroyed, it is closed as by
// Unlisten(); it outlives the operations on it.
class TcpListener {
 public:
  virtual ~TcpListener() = default;

  // The connection that waits longest. Error::kClosed after Unlisten().
  AcceptOperation Accept() { return AcceptOperation(*this); }
  // Connections that were not accepted yet are reset; others live on. The port is
  // free at once.
  virtual void Unlisten() = 0;
  virtual Port port() const = 0;

  // --- For implementations. ---

  virtual std::optional<Result<std::unique_ptr<TcpFlow>>> TryAccept() = 0;
  virtual WaitList& acceptable() = 0;
};

struct TcpConnectOptions {
  std::optional<IpAddress> source{};  // Default: RFC 6724's choice.
  std::optional<Port> source_port{};  // Default: one that is free (RFC 6056).
  std::optional<KeepaliveOptions> keepalive{};
  // How long the attempt may last; default: as TCP has it (minutes).
  std::optional<Duration> timeout{};
};

// An attempt to connect; destroyed before it has ended, it is given up.
class [[nodiscard]] ConnectOperation final : public Waiter {
 public:
  // `begun`: a flow that is connecting, or why there is none.
  explicit ConnectOperation(Result<std::unique_ptr<TcpFlow>> begun) : flow_(std::move(begun)) {}
  Result<std::unique_ptr<TcpFlow>> await_resume() { return std::move(flow_); }

 private:
  bool Poll() override;
  void Park() override;
  Result<std::unique_ptr<TcpFlow>> flow_;
};

}  // namespace dualsim::application
