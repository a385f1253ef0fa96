#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "stack/application/udp.h"
#include "stack/os/sockets/core.h"
#include "stack/os/sockets/datagram.h"

namespace dualsim::os {

// A UDP port of the machine's, for a program: a socket for each address that it takes
// datagrams for.
class SocketUdp final : public application::UdpSocket, private EventHandler {
 public:
  SocketUdp(Programs::Core& core, const application::UdpListenOptions& options)
      : core_(core), options_(options) {}
  ~SocketUdp() override { Unlisten(); }

  // Takes the port. An error: it has none, and is of no use.
  application::Status Listen();
  // Sends from this port.
  application::Status SendFrom(const application::UdpMessage& message);

  application::Status Send(const application::UdpMessage& message) override;
  void Unlisten() override;
  application::Status JoinGroup(const IpAddress& group,
                                std::optional<InterfaceId> interface) override;
  Port port() const override { return options_.port; }
  std::optional<application::Result<application::UdpArrival>> TryReceive() override;
  application::WaitList& receivable() override {
    return postponed_ ? core_.next_turn : receivable_;
  }

 private:
  struct Part {
    Socket socket;
    IpAddress address;  // Unspecified: every one of its family.
  };
  enum class Sharing : uint8_t { kAlone, kShared };

  void OnReady(bool, bool) override { receivable_.WakeAll(core_.scheduler); }
  bool listens_to_one() const { return options_.address && !options_.address->is_unspecified(); }
  application::Status BindAll();
  application::Status BindForMany();
  application::Status Bind(const IpAddress& address, int interface, Sharing sharing);
  void CloseAll();
  Part* PartFor(const IpAddress& address);
  bool IsForUs(const ReceivedInfo& received) const;
  std::optional<application::UdpArrival> Next();
  std::optional<application::UdpArrival> NextOf(const Part& part);

  Programs::Core& core_;
  application::UdpListenOptions options_;
  bool listening_ = false;
  bool postponed_ = false;
  std::vector<Part> parts_;
  size_t next_ = 0;  // Whose turn it is.
  std::vector<IpAddress> groups_;
  std::deque<application::UdpArrival> arrivals_;  // Those that came before Unlisten().
  application::WaitList receivable_;
};

// Sends a datagram; from a port of the kernel's choice where the message names none.
application::Status SendDatagram(Programs::Core& core, const application::UdpMessage& message);

}  // namespace dualsim::os
