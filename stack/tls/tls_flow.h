#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stack/application/scope.h"
#include "stack/application/task.h"
#include "stack/application/tcp.h"
#include "stack/tls/context.h"

namespace dualsim::tls {

// A TLS connection over a flow, RFC 5246; itself a flow, so that a program reads and
// writes it as it would the other. Reading and writing wait as the flow below does:
// what a slow reader leaves there holds up the writer here.
//
// Each side ends its own half with a close_notify alert and may read on, as a TCP
// flow may (§7.2.1 lets a peer answer with its own and end the connection). A
// connection that ends without that alert was cut off: Error::kReset, not the end.
class TlsFlow final : public application::TcpFlow {
 public:
  // A connection, or one clause that says why there is none; the flow below is then
  // gone.
  struct Outcome {
    std::unique_ptr<TlsFlow> flow;
    std::string failure;
  };
  // The server's side and the client's of a handshake (§7.3). It waits for the peer as
  // long as that likes: limit it. The context and the scheduler outlive the flow.
  static application::Task<Outcome> Accept(application::Scheduler& scheduler, Context& context,
                                           std::unique_ptr<application::TcpFlow> below);
  // `server_name`: what the server's certificate has to name; it is told to the server
  // too (RFC 6066 §3), and so is no address.
  static application::Task<Outcome> Connect(application::Scheduler& scheduler, Context& context,
                                            std::unique_ptr<application::TcpFlow> below,
                                            std::string server_name);
  ~TlsFlow() override;

  // "TLSv1.2 TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384"
  std::string protocol() const;
  // What went wrong with the connection, where it is TLS that did; else "".
  const std::string& failure() const { return failure_; }
  // Waits until what ShutDownWrite() sends is with the flow below. Destroyed before
  // that, the flow ends without its close_notify where the one below is full.
  application::Scope::JoinOperation Drained() { return ending_.Join(); }

  // TcpFlow.
  ByteView peeked() const override;
  void Consume(size_t size) override;
  void ShutDownWrite() override;
  void ShutDownRead() override;
  void Close() override;
  void Abort() override;
  const application::SocketAddress& peer() const override { return below_->peer(); }
  const application::SocketAddress& local() const override { return below_->local(); }
  application::TcpStatistics statistics() const override { return below_->statistics(); }
  std::optional<application::ReadResult> TryRead(MutableByteView into) override;
  std::optional<application::ReadResult> TryPeek() override;
  WriteProgress TryWrite(ByteView bytes, application::Delay delay) override;
  ConnectProgress TryFinishConnect() override { return {.over = true}; }
  application::WaitList& readable() override { return below_->readable(); }
  application::WaitList& writable() override { return below_->writable(); }

 private:
  struct State;
  TlsFlow(application::Scheduler& scheduler, std::unique_ptr<application::TcpFlow> below);
  static application::Task<Outcome> Establish(std::unique_ptr<TlsFlow> flow);

  // mbedTLS's way to the flow below.
  static int Send(void* flow, const unsigned char* bytes, size_t size);
  static int Receive(void* flow, unsigned char* into, size_t size);

  // Hands what is sealed to the flow below; false: some of it is left.
  bool Flush();
  application::Task<> FinishWriting();
  application::ReadResult Fail(int code);
  std::optional<application::ReadResult> ReadInto(MutableByteView into);

  std::unique_ptr<application::TcpFlow> below_;
  std::unique_ptr<State> state_;
  std::vector<uint8_t> sealed_;  // Records that the flow below has not taken yet.
  // What of the last write is in them: it counts as written when they have gone.
  const uint8_t* held_ = nullptr;
  size_t held_size_ = 0;
  std::vector<uint8_t> opened_;  // What peeked() shows, from `opened_begin_` on.
  size_t opened_begin_ = 0;
  std::optional<application::ReadResult> over_;  // Nothing will be read any more.
  std::optional<application::Error> broken_;     // Nothing can be written any more.
  std::optional<application::Error> below_error_;
  std::string failure_;
  bool write_ended_ = false;
  bool closed_ = false;
  application::Scope ending_;
};

}  // namespace dualsim::tls
