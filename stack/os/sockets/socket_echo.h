#pragma once

#include <cstdint>
#include <optional>

#include "stack/application/network.h"
#include "stack/application/scope.h"
#include "stack/os/sockets/core.h"
#include "stack/os/sockets/datagram.h"

namespace dualsim::os {

// An echo request of a program, until its answer or its timeout: on a raw socket, or
// where the program may not have one on one of Linux's ICMP sockets.
class SocketEcho final : public application::PendingEcho, private EventHandler {
 public:
  explicit SocketEcho(Programs::Core& core) : core_(core), scope_(core.scheduler) {}
  ~SocketEcho() override;

  application::Status Send(const IpAddress& destination, const application::EchoOptions& options);

  std::optional<application::Result<application::EchoReply>> TryTake() override;
  application::WaitList& answered() override { return answered_; }

 private:
  void OnReady(bool readable, bool writable) override;
  application::Status Open();
  application::Status TakeIdentifier();
  bool IsAnswer(const ReceivedInfo& received, ByteView message) const;
  bool IsRequest(ByteView message) const;
  void Receive();
  application::Task<> TimeOut(Duration limit);
  void End(application::Result<application::EchoReply> result);

  Programs::Core& core_;
  Socket socket_;
  bool raw_ = false;
  IpFamily family_{};
  IpAddress destination_;
  uint16_t identifier_ = 0;
  Time sent_;
  std::optional<application::Result<application::EchoReply>> result_;
  application::WaitList answered_;
  application::Scope scope_;
};

}  // namespace dualsim::os
