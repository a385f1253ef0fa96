#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "stack/application/udp.h"
#include "stack/host/programs/core.h"
#include "stack/udp/udp_ports.h"

namespace dualsim::host {

// A UDP port of the stack's, for a program.
class DirectUdpSocket final : public application::UdpSocket, private udp::DatagramHandler {
 public:
  DirectUdpSocket(Programs::Core& core, const application::UdpListenOptions& options)
      : core_(core), options_(options) {}
  ~DirectUdpSocket() override { Unlisten(); }

  // Takes the port. An error: it has none, and is of no use.
  application::Status Listen();

  application::Status Send(const application::UdpMessage& message) override;
  void Unlisten() override;
  application::Status JoinGroup(const IpAddress& group,
                                std::optional<InterfaceId> interface) override;
  Port port() const override { return options_.port; }
  std::optional<application::Result<application::UdpArrival>> TryReceive() override;
  application::WaitList& receivable() override { return receivable_; }

 private:
  void OnDatagram(Time now, const udp::ReceivedDatagram& datagram) override;
  void OnDatagramError(Time now, const udp::DatagramError& error) override;
  void Queue(Time now, application::UdpArrival arrival);

  Programs::Core& core_;
  application::UdpListenOptions options_;
  bool listening_ = false;
  std::deque<application::UdpArrival> arrivals_;
  size_t queued_ = 0;  // Bytes, as options_.queue_bytes counts them.
  std::vector<std::pair<InterfaceId, IpAddress>> groups_;
  application::WaitList receivable_;
};

// Sends a datagram; `port` where the message names no source port.
application::Status SendDatagram(Programs::Core& core, const application::UdpMessage& message,
                                 Port port);

}  // namespace dualsim::host
