#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "stack/arp/address_resolution.h"
#include "stack/host/config.h"
#include "stack/host/ipv4_interface.h"
#include "stack/host/stack.h"
#include "stack/icmp/error_limiter.h"
#include "stack/ip/routing_table.h"
#include "stack/ipv4/path_mtu.h"
#include "stack/ipv4/reassembly.h"
#include "stack/udp/udp_ports.h"
#include "stack/wire/address_map.h"
#include "stack/wire/icmpv4.h"
#include "stack/wire/ipv4.h"

namespace dualsim::host {

// What the IPv4 half asks of the stack around it.
class Ipv4StackOwner {
 public:
  virtual ~Ipv4StackOwner() = default;

  // A TCP segment, its checksum not looked at yet, and the packet that it came in. False: there
  // is no TCP here.
  virtual bool OnTcpOverIpv4(Time now, InterfaceId interface, const Ipv4Address& source,
                             const Ipv4Address& destination, ByteView segment,
                             bool congestion_experienced, ByteView packet) = 0;
  // An ICMP error about a segment of ours; `quoted` begins with the TCP header, of
  // which 8 bytes at least are there.
  virtual void OnTcpErrorOverIpv4(Time now, InterfaceId interface, const Ipv4Address& local,
                                  const Ipv4Address& remote, const wire::Icmpv4Error& error,
                                  uint32_t path_mtu, ByteView quoted) = 0;
  // The address is assigned, or no longer.
  virtual void OnIpv4Address(Time now, InterfaceId interface, const Ipv4Address& address,
                             bool assigned) = 0;
};

// The IPv4 half of a stack: interfaces, input, output and forwarding put together,
// as Stack::Implementation is for IPv6. One file per concern: its life and its
// addresses (ipv4_stack.cc), input (ipv4_input.cc, icmpv4_input.cc), output
// (ipv4_output.cc, icmpv4_output.cc), forwarding (ipv4_forwarding.cc).
//
// A node without an IPv4 address has none of this.
class Ipv4Stack final : public Ipv4InterfaceOwner, private ipv4::ReassemblyOutput {
 public:
  struct Config {
    std::vector<Ipv4InterfaceConfig> interfaces;  // By InterfaceId.
    bool forwarding = false;
    bool answer_echo = true;
    uint32_t icmp_errors_per_second = 10;
    bool destination_unreachable = true;
    bool forward_directed_broadcasts = false;
  };
  // All outlive it.
  Ipv4Stack(const Config& config, const Environment& environment, udp::UdpPorts& udp_ports,
            Ipv4StackOwner& owner);

  void Start(Time now, InterfaceId id);
  void Stop(Time now, InterfaceId id);
  void Crash(Time now, InterfaceId id);
  void Unplug(Time now, InterfaceId id);
  // Forgets what does not belong to an interface: the node stopped.
  void Clear();

  // A frame of EtherType IPv4 or ARP that passed the card.
  void ReceiveArp(Time now, InterfaceId id, ByteView packet);
  void Receive(Time now, InterfaceId id, Packet frame, bool link_layer_multicast);

  Time deadline() const;
  void Advance(Time now);

  Stack::Refusal AddAddress(Time now, InterfaceId id, const Ipv4Cidr& address);
  Stack::Refusal RemoveAddress(Time now, InterfaceId id, const Ipv4Address& address);
  Stack::Refusal AddLease(Time now, const Stack::Ipv4Lease& lease, Stack::LeaseHandler& handler);
  void SetLinkLayerAddress(Time now, InterfaceId id, MacAddress mac);
  Stack::Refusal JoinGroup(Time now, InterfaceId id, const Ipv4Address& group);
  Stack::Refusal LeaveGroup(Time now, InterfaceId id, const Ipv4Address& group);
  void AddRoute(Time now, const RouteConfig& route);
  bool RemoveRoute(Time now, const Ipv4Prefix& prefix);

  std::optional<DropReason> SendEchoRequest(Time now, const Stack::EchoRequest& request);
  std::optional<DropReason> SendUdp(Time now, const Stack::UdpMessage& message);
  std::optional<DropReason> SendIp(Time now, const Stack::IpMessage& message);

  // For TCP. A segment whose checksum is done, with Don't Fragment.
  std::optional<DropReason> SendTcp(Time now, const Ipv4Address& source,
                                    const Ipv4Address& destination, uint8_t type_of_service,
                                    Packet segment);
  bool IsAssigned(const Ipv4Address& address) const;
  // Those of the interface that may be used, in the order in which they came.
  void AppendAddresses(InterfaceId id, std::vector<Stack::HostAddress>& addresses) const;
  // From where packets to the destination go, and how large they may be; nullopt:
  // there is no way, or no address for it.
  std::optional<Ipv4Address> SourceFor(const Ipv4Address& destination);
  uint32_t PathMtu(Time now, const Ipv4Address& destination);
  uint32_t LinkMtu(const Ipv4Address& destination);  // Of the first link on the way.
  // The upper layers' word that a neighbour on the way works (RFC 1122 §2.3.2.1).
  void ConfirmReachability(Time now, const Ipv4Address& destination);

 private:
  // A packet on its way up. The views are into `frame`.
  struct Received {
    Time now;
    InterfaceId interface {};
    Packet frame;
    ByteView packet;  // From the IPv4 header to what Total Length says.
    wire::Ipv4Header header;
    bool to_many = false;       // By a broadcast or group's frame, or to such an address.
    bool router_alert = false;  // The option was there.

    ByteView payload() const { return packet.subspan(header.size()); }
  };
  struct Outgoing {
    Ipv4Address source;
    Ipv4Address destination;
    std::optional<InterfaceId> interface;  // For destinations that do not leave their link.
    wire::NextHeader protocol{};
    std::optional<uint8_t> ttl;
    uint8_t type_of_service = 0;
    bool from_nowhere = false;  // The source is meant to be 0.0.0.0.
    bool checksum_done = false;
    bool may_fragment = true;  // Otherwise what does not fit the path is refused.
  };
  // A packet that waits until an address was probed.
  struct AwaitingSource {
    Outgoing outgoing;
    Packet message;
  };
  // Beyond it the oldest goes.
  static constexpr size_t kMaxAwaitingSource = 8;
  struct NextHop {
    InterfaceId interface {};
    Ipv4Address address;
  };
  struct LocalAddress {
    InterfaceId interface {};
    bool assigned = false;  // Otherwise it is being probed.
  };
  using Route = ip::Route<Ipv4Prefix, Ipv4Address>;
  using RoutingTable = ip::RoutingTable<Ipv4Prefix, Ipv4Address>;

  // Ipv4InterfaceOwner.
  void OnIpv4AddressChange(Time now, InterfaceId id, const arp::InterfaceAddress& address) override;
  void OnIpv4Undeliverable(Time now, InterfaceId id, DropReason reason, Packet packet) override;

  // ipv4::ReassemblyOutput.
  void DropFragment(DropReason reason, ByteView packet, InterfaceId interface) override;
  void OnReassemblyTimeout(ByteView packet, const ip::FragmentArrival& arrival) override;

  // Input.
  void OnFragment(Received& received);
  void OnIgmp(const Received& received);
  void Deliver(Received& received);
  // False where it was dropped, for a source that no packet may have.
  bool CheckSource(const Received& received);
  // False where the options end the packet's way.
  bool CheckOptions(Received& received);
  void DeliverUpper(Received& received);
  void DeliverPacket(Time now, InterfaceId id, Packet packet, bool to_many);
  void OnUdp(const Received& received);
  void OnTcp(const Received& received);
  void OnIcmp(const Received& received);
  void OnEchoRequest(const Received& received);
  void OnEchoReply(const Received& received);
  void OnIcmpError(const Received& received);
  void OnFragmentationNeeded(const Received& received, const wire::Icmpv4Error& error,
                             const wire::Ipv4Header& quoted);
  // RFC 1122 §3.2.2.2.
  void OnRedirect(const Received& received, const wire::Icmpv4Error& error,
                  const wire::Ipv4Header& quoted);
  void ReportError(const Received& received, const wire::Icmpv4Error& error,
                   const wire::Ipv4Header& quoted, ByteView upper);

  // Forwarding.
  void Forward(Received& received);
  // Whether the packet is for everybody on a link of ours, which it may not reach.
  bool IsDirectedBroadcast(const Ipv4Address& destination) const;
  // Tells the sender of a packet that leaves where it came from of the better first
  // hop, RFC 1812 §5.2.7.2, if there is one.
  void Redirect(const Received& received, const NextHop& next_hop);
  void SendForwarded(Received& received, const NextHop& next_hop);

  // Output.
  std::optional<NextHop> FindRoute(const Ipv4Address& destination);
  // Likewise, with what redirects told.
  std::optional<NextHop> FindNextHop(const Ipv4Address& destination);
  std::optional<DropReason> SendUpper(Time now, Outgoing outgoing, Packet message);
  std::optional<DropReason> Transmit(Time now, const Outgoing& outgoing, InterfaceId out,
                                     const Ipv4Address& next_hop, uint32_t path_mtu,
                                     Packet message);
  std::optional<DropReason> SendFragments(Time now, InterfaceId out, const Ipv4Address& next_hop,
                                          ByteView packet, uint32_t mtu);
  void SendToNextHop(Time now, InterfaceId out, const Ipv4Address& next_hop, Packet packet);
  std::optional<Ipv4Address> SelectSource(InterfaceId out, const Ipv4Address& next_hop) const;
  std::optional<DropReason> AwaitSource(Time now, InterfaceId out, const Outgoing& outgoing,
                                        Packet message);
  void RetryAwaitingSource(Time now);
  std::optional<InterfaceId> OnlyInterface() const;
  uint16_t NextIdentification() { return identification_++; }

  // An ICMP error about `invoking`, if one may be sent.
  void SendError(Time now, InterfaceId in, ByteView invoking, bool to_many,
                 const wire::Icmpv4Error& error);
  void SendError(const Received& received, const wire::Icmpv4Error& error) {
    SendError(received.now, received.interface, received.packet, received.to_many, error);
  }
  void Unreachable(const Received& received, wire::Icmpv4UnreachableCode code) {
    SendError(received, {.type = wire::Icmpv4Type::kDestinationUnreachable,
                         .code = static_cast<uint8_t>(code)});
  }

  void Drop(Time now, InterfaceId id, DropReason reason, ByteView packet);
  void Drop(const Received& received, DropReason reason) {
    Drop(received.now, received.interface, reason, received.packet);
  }

  Ipv4Interface& interface(InterfaceId id) { return *interfaces_[static_cast<size_t>(id)]; }
  const Ipv4Interface& interface(InterfaceId id) const {
    return *interfaces_[static_cast<size_t>(id)];
  }
  // Finds anew which prefixes are on link, and the default route.
  void RebuildConnected();
  void SettleDefaultRoute(Time now);
  // nullptr: nobody asked, or it is over.
  struct Lease {
    Stack::Ipv4Lease lease;
    Stack::LeaseHandler* handler;
  };

  Config config_;
  Environment environment_;
  udp::UdpPorts& udp_ports_;
  Ipv4StackOwner& owner_;
  std::vector<std::unique_ptr<Ipv4Interface>> interfaces_;
  AddressMap<LocalAddress, Ipv4Address> local_addresses_;
  RoutingTable on_link_;
  RoutingTable routes_;
  std::optional<NextHop> default_gateway_;  // Of an interface or a lease; as last told.
  std::vector<Lease> leases_;
  ipv4::DestinationCache destinations_;
  icmp::ErrorLimiters error_limiters_;
  icmp::ErrorLimiter redirect_limiter_;
  ipv4::Reassembler reassembler_;
  Time now_;  // Of the call that is being served, for outputs that are not told it.
  std::vector<AwaitingSource> awaiting_source_;  // Oldest first.
  uint16_t identification_;                      // Of the next packet that may be fragmented.
};

}  // namespace dualsim::host
