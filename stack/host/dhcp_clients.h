#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/dhcp/client.h"
#include "stack/host/config.h"
#include "stack/host/stack.h"
#include "stack/udp/udp_ports.h"

namespace dualsim::host {

// The DHCP clients of a stack, one for each interface that leases its address: binds
// them to port 68, and to the addresses that they lease.
class DhcpClients final : private udp::DatagramHandler, private Stack::LeaseHandler {
 public:
  // What they ask of the stack around them. It outlives them.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual std::optional<DropReason> SendUdp(Time now, const Stack::UdpMessage& message) = 0;
    virtual Stack::Refusal AddLease(Time now, const Stack::Ipv4Lease& lease,
                                    Stack::LeaseHandler& handler) = 0;
    virtual Stack::Refusal RemoveAddress(Time now, InterfaceId interface,
                                         const IpAddress& address) = 0;
  };

  // nullptr where no interface has a client.
  static std::unique_ptr<DhcpClients> Make(const StackConfig& config,
                                           const Environment& environment, udp::UdpPorts& udp_ports,
                                           Owner& owner);
  DhcpClients(const Environment& environment, udp::UdpPorts& udp_ports, Owner& owner)
      : environment_(environment), udp_ports_(udp_ports), owner_(owner) {}

  void Start(Time now, InterfaceId interface);
  // The interface went down: what was leased is kept in mind for its next start.
  void Stop(InterfaceId interface);

  Time deadline() const;
  void Advance(Time now);

  // Of all leases that are in use, in the order of the interfaces.
  std::vector<const dhcp::Lease*> leases() const;
  // Another number after each change of leases().
  uint32_t version() const { return version_; }

 private:
  // One interface's.
  class Client final : private dhcp::ClientOutput {
   public:
    Client(DhcpClients& all, InterfaceId interface, const dhcp::ClientConfig& config,
           RandomStream random)
        : interface(interface), machine(config, random, *this), all_(all) {}
    const InterfaceId interface;
    dhcp::Client machine;

   private:
    void SendDhcp(Time now, const Ipv4Address& source, const Ipv4Address& destination,
                  const wire::DhcpMessage& message) override;
    void UseAddress(Time now, const dhcp::Lease& lease) override;
    void DropAddress(Time now, const Ipv4Address& address) override;
    void OnLeaseState(Time now, LeaseState state, const std::optional<dhcp::Lease>& lease) override;
    DhcpClients& all_;
  };

  Client* Find(InterfaceId interface);
  void OnDatagram(Time now, const udp::ReceivedDatagram& datagram) override;
  void OnDatagramError(Time, const udp::DatagramError&) override {}
  void OnLeaseAddress(Time now, InterfaceId interface, const Ipv4Address& address,
                      AddressState state) override;

  Environment environment_;
  udp::UdpPorts& udp_ports_;
  Owner& owner_;
  std::vector<std::unique_ptr<Client>> clients_;
  uint32_t version_ = 0;
};

}  // namespace dualsim::host
