#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "stack/application/scope.h"
#include "stack/application/tcp.h"
#include "stack/os/sockets/core.h"

namespace dualsim::os {

// One end of a TCP connection of the machine's.
class SocketFlow final : public application::TcpFlow, private EventHandler {
 public:
  // One that was accepted.
  SocketFlow(Programs::Core& core, Socket socket, const application::SocketAddress& peer);
  // One that is to connect.
  SocketFlow(Programs::Core& core, const application::SocketAddress& destination,
             const application::TcpConnectOptions& options);
  ~SocketFlow() override;

  // Begins to connect; again whenever an address that it waited for may be there.
  application::Status Begin();
  void OnConfigurationChange() { writable_.WakeAll(core_.scheduler); }

  ByteView peeked() const override { return {buffer_.get() + first_, last_ - first_}; }
  void Consume(size_t size) override;
  void ShutDownWrite() override;
  void ShutDownRead() override;
  void Close() override;
  void Abort() override;
  const application::SocketAddress& peer() const override { return peer_; }
  const application::SocketAddress& local() const override { return local_; }
  application::TcpStatistics statistics() const override;

  std::optional<application::ReadResult> TryRead(MutableByteView into) override;
  std::optional<application::ReadResult> TryPeek() override;
  WriteProgress TryWrite(ByteView bytes, application::Delay delay) override;
  ConnectProgress TryFinishConnect() override;
  application::WaitList& readable() override {
    return read_postponed_ ? core_.next_turn : readable_;
  }
  application::WaitList& writable() override {
    return write_postponed_ ? core_.next_turn : writable_;
  }

 private:
  // What only an attempt to connect needs.
  struct Attempt {
    explicit Attempt(application::Scheduler& scheduler) : scope(scheduler) {}
    application::TcpConnectOptions options;
    bool timed_out = false;
    bool answered = false;     // The kernel knows how it went.
    application::Scope scope;  // Of the timer.
  };

  void OnReady(bool readable, bool writable) override;
  application::Task<> TimeOut(Duration limit);
  application::Status Prepare(Socket& socket, const application::TcpConnectOptions& options) const;
  void Adopt(Socket socket);
  void Discard();
  void DropBuffer();
  void Fail(application::Error error);
  // Without a look at what lies in the buffer.
  std::optional<application::ReadResult> Receive(MutableByteView into);

  Programs::Core& core_;
  application::SocketAddress peer_;
  application::SocketAddress local_;
  Socket socket_;  // Open from the attempt on, until it is closed.
  bool closed_ = false;
  bool peer_ended_ = false;
  bool input_ended_ = false;   // By this side.
  bool output_ended_ = false;  // Likewise.
  bool no_delay_ = false;
  bool read_postponed_ = false;
  bool write_postponed_ = false;
  application::Status error_;
  std::unique_ptr<Attempt> attempt_;
  // What was peeked at lies from first_ to last_.
  BufferPool::Buffer buffer_;
  size_t first_ = 0;
  size_t last_ = 0;
  application::WaitList readable_;
  application::WaitList writable_;
};

// A port, on a socket for each family.
class SocketListener final : public application::TcpListener, private EventHandler {
 public:
  SocketListener(Programs::Core& core, const application::TcpListenOptions& options)
      : core_(core), options_(options) {}
  ~SocketListener() override { Unlisten(); }

  // Takes the port. An error: it has none, and is of no use.
  application::Status Listen();
  void OnFileFreed() { acceptable_.WakeAll(core_.scheduler); }

  void Unlisten() override;
  Port port() const override { return options_.port; }
  std::optional<application::Result<std::unique_ptr<application::TcpFlow>>> TryAccept() override;
  application::WaitList& acceptable() override {
    return postponed_ ? core_.next_turn : acceptable_;
  }

 private:
  void OnReady(bool, bool) override { acceptable_.WakeAll(core_.scheduler); }
  application::Status ListenOn(const IpAddress& address);
  std::unique_ptr<SocketFlow> AcceptFrom(const Socket& socket);

  Programs::Core& core_;
  application::TcpListenOptions options_;
  std::vector<Socket> sockets_;
  size_t next_ = 0;  // Whose turn it is.
  bool postponed_ = false;
  application::WaitList acceptable_;
};

}  // namespace dualsim::os
