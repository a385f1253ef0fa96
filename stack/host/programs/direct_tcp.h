#pragma once

#include <memory>
#include <optional>

#include "stack/application/scope.h"
#include "stack/application/tcp.h"
#include "stack/host/programs/core.h"
#include "stack/tcp/endpoint.h"

namespace dualsim::host {

// A flow over a connection of the stack's endpoint.
class DirectFlow final : public application::TcpFlow {
 public:
  // A connection that a listener took.
  DirectFlow(Programs::Core& core, tcp::ConnectionId id, const tcp::Flow& flow);
  // One that is to be made; Begin() follows.
  DirectFlow(Programs::Core& core, const application::SocketAddress& destination,
             const application::TcpConnectOptions& options);
  ~DirectFlow() override;

  // Connects, or waits while the only source is being verified.
  application::Status Begin();
  // The node's addresses changed.
  void OnConfigurationChange() { writable_.WakeAll(core_.scheduler); }
  void OnEvents(const tcp::Connection::Events& events);

  ByteView peeked() const override;
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
  application::WaitList& readable() override { return readable_; }
  application::WaitList& writable() override { return writable_; }

 private:
  // What only an attempt to connect needs.
  struct Attempt {
    explicit Attempt(application::Scheduler& scheduler) : scope(scheduler) {}
    application::TcpConnectOptions options;
    bool timed_out = false;
    application::Scope scope;  // Of the timer.
  };
  application::Task<> TimeOut(Duration limit);
  void StopAwaitingSource();
  const tcp::Connection* connection() const;

  Programs::Core& core_;
  application::SocketAddress peer_;
  application::SocketAddress local_;
  std::optional<tcp::ConnectionId> id_;  // Unset before it connects, and once it is closed.
  bool closed_ = false;
  bool no_delay_ = false;
  std::unique_ptr<Attempt> attempt_;
  application::WaitList readable_;
  application::WaitList writable_;
};

class DirectListener final : public application::TcpListener {
 public:
  DirectListener(Programs::Core& core, tcp::ListenerId id, Port port);
  ~DirectListener() override { Unlisten(); }

  void OnAcceptable() { acceptable_.WakeAll(core_.scheduler); }

  void Unlisten() override;
  Port port() const override { return port_; }
  std::optional<application::Result<std::unique_ptr<application::TcpFlow>>> TryAccept() override;
  application::WaitList& acceptable() override { return acceptable_; }

 private:
  Programs::Core& core_;
  std::optional<tcp::ListenerId> id_;
  Port port_;
  application::WaitList acceptable_;
};

}  // namespace dualsim::host
