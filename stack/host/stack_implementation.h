#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stack/host/dhcp_clients.h"
#include "stack/host/interface.h"
#include "stack/host/ipv4_stack.h"
#include "stack/host/stack.h"
#include "stack/host/tcp_layer.h"
#include "stack/icmp/error_limiter.h"
#include "stack/icmp/icmp_error.h"
#include "stack/ipv6/destination_cache.h"
#include "stack/ipv6/flow_label.h"
#include "stack/ipv6/fragmentation.h"
#include "stack/ipv6/quoted_packet.h"
#include "stack/ipv6/reassembly.h"
#include "stack/ipv6/routing_table.h"
#include "stack/router/redirect_sender.h"
#include "stack/wire/address_map.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"
#include "stack/wire/zoned_address.h"

namespace dualsim::host {

// The stack behind stack.h: interfaces, input, output and forwarding put
// together. One file per concern: boot and the four verbs (stack.cc), what an
// operator does (operator.cc), input (ipv6_input.cc, icmpv6_input.cc), output
// (ipv6_output.cc), forwarding (forwarding.cc), groups (multicast_forwarding.cc).
// IPv4's half is ipv4_stack.h.
class Stack::Implementation final : public InterfaceOwner,
                                    public Ipv4StackOwner,
                                    public DhcpClients::Owner,
                                    private ipv6::ReassemblyOutput,
                                    private TcpCarrier {
 public:
  Implementation(StackConfig config, Environment environment);

  void Boot(Time now);
  void ShutDown(Time now);
  void Crash(Time now);
  bool running() const { return running_; }
  void Receive(Time now, InterfaceId interface, Packet frame);
  void Advance(Time now);
  Time deadline() const;
  void SetCarrier(Time now, InterfaceId interface, bool up);

  Refusal AddAddress(Time now, InterfaceId interface, const IpCidr& address);
  Refusal RemoveAddress(Time now, InterfaceId interface, const IpAddress& address) override;
  Refusal AddLease(Time now, const Ipv4Lease& lease, LeaseHandler& handler) override;
  Refusal SetLinkLayerAddress(Time now, InterfaceId interface, MacAddress address);
  Refusal Listen(Time now, InterfaceId interface, const Ipv6Address& group,
                 const group::SourceFilter& filter);
  Refusal AddRoute(Time now, const RouteConfig& route);
  Refusal RemoveRoute(Time now, const IpPrefix& prefix);
  Refusal Advertise(Time now, InterfaceId interface,
                    const std::optional<router::AdvertiseConfig>& config);
  std::optional<DropReason> SendEchoRequest(Time now, const EchoRequest& request);
  Refusal ListenUdp(Port port, udp::DatagramHandler& handler);
  std::optional<Port> ListenUdpOnEphemeral(udp::DatagramHandler& handler);
  void UnlistenUdp(Port port) { udp_ports_.Unlisten(port); }
  std::optional<DropReason> SendUdp(Time now, const UdpMessage& message) override;
  tcp::Endpoint* tcp(Time now);
  tcp::Endpoint* existing_tcp() { return tcp_ != nullptr ? &tcp_->endpoint() : nullptr; }
  std::optional<DropReason> SendIp(Time now, const IpMessage& message);
  Refusal JoinGroup(Time now, InterfaceId interface, const IpAddress& group);
  Refusal LeaveGroup(Time now, InterfaceId interface, const IpAddress& group);
  bool runs(IpFamily family) const;
  Path PathTo(Time now, const IpAddress& destination, std::optional<InterfaceId> interface);
  std::vector<HostAddress> addresses() const;
  bool HasAddress(const IpAddress& address) const;
  NameServers name_servers() const;

 private:
  // An interface came up, or goes down: in good order, or without a word.
  void StartInterface(Time now, InterfaceId id);
  void StopInterface(Time now, InterfaceId id, bool in_good_order);
  void UnplugInterface(Time now, InterfaceId id);
  // Tells of name servers where they changed.
  void TellNameServers(Time now);
  Path Ipv4PathTo(Time now, const Ipv4Address& destination);
  // A packet on its way up. The views are into `frame`.
  struct Received {
    Time now;
    InterfaceId interface {};
    Packet frame;
    size_t packet_offset = 0;  // Of the IPv6 header in `frame`.
    ByteView packet;           // From the IPv6 header to what Payload Length says.
    wire::Ipv6Header header;
    bool link_layer_multicast = false;
    bool router_alert = false;  // The Hop-by-Hop Options held Router Alert.
    bool fragmented = false;    // It came in fragments, be it a single one.
    int extension_headers = 0;  // That were walked over, those of fragments among them.
  };
  // Where the walk over the headers stands.
  struct Cursor {
    wire::NextHeader next{};
    size_t offset = 0;              // Of the header that `next` names.
    size_t next_header_offset = 0;  // Of the byte that named it.
  };
  enum class Verdict { kContinue, kDone };

  // InterfaceOwner.
  void OnAddressChange(Time now, InterfaceId interface,
                       const ndp::InterfaceAddress& address) override;
  void OnNextHopsChanged() override { destinations_.Invalidate(); }
  void OnPrefixChange(InterfaceId interface, const Ipv6Prefix& prefix, bool on_link) override;
  void OnUndeliverable(Time now, InterfaceId interface, DropReason reason, Packet packet) override;

  // Ipv4StackOwner.
  bool OnTcpOverIpv4(Time now, InterfaceId interface, const Ipv4Address& source,
                     const Ipv4Address& destination, ByteView segment, bool congestion_experienced,
                     ByteView packet) override;
  void OnTcpErrorOverIpv4(Time now, InterfaceId interface, const Ipv4Address& local,
                          const Ipv4Address& remote, const wire::Icmpv4Error& error,
                          uint32_t path_mtu, ByteView quoted) override;
  void OnIpv4Address(Time now, InterfaceId interface, const Ipv4Address& address,
                     bool assigned) override;
  // The IPv4 half, made where there is none yet. Most hosts of a large world have
  // none, and no memory goes into it.
  Ipv4Stack& NeedIpv4(Time now);
  // Where the configuration asks for it; to be called while it is there.
  void MakeIpv4();

  // Input.
  void ReceiveIpv6(Received& received);
  void ReceiveMulticast(Received& received);
  void Deliver(Received& received);
  Verdict OnHopByHopOptions(Received& received, Cursor& cursor);
  Verdict OnOptions(Received& received, Cursor& cursor, bool hop_by_hop);
  Verdict OnOption(Received& received, const wire::Ipv6Option& option, size_t header_offset);
  // The header at `cursor` runs past the packet's end.
  Verdict OnTruncatedHeader(const Received& received, const Cursor& cursor, DropReason reason);
  Verdict OnRoutingHeader(Received& received, Cursor& cursor);
  void OnFragment(Received& received, const Cursor& cursor);
  // ipv6::ReassemblyOutput.
  void DropFragment(DropReason reason, ByteView packet, InterfaceId interface) override;
  void SendError(const wire::Icmpv6Error& error, const ip::FragmentArrival& arrival) override;
  void DeliverUpper(Received& received, const Cursor& cursor);
  void OnIcmpv6(const Received& received, ByteView message);
  void OnUdp(const Received& received, ByteView message);
  void ReportUdpError(const Received& received, const wire::Icmpv6Error& error,
                      const ipv6::QuotedPacket& quoted);
  void OnTcp(const Received& received, ByteView message);
  void ReportTcpError(const Received& received, const wire::Icmpv6Error& error,
                      const ipv6::QuotedPacket& quoted);
  void OnEchoRequest(const Received& received, ByteView message);
  // From where to answer what was not for one of the node's unicast addresses.
  std::optional<Ipv6Address> SourceOfInterface(const Received& received);
  void OnEchoReply(const Received& received, ByteView message);
  void OnIcmpv6Error(const Received& received, ByteView message);
  // Why it is not believed; nullopt where it is. `narrower`: whether the path is since.
  std::optional<DropReason> OnPacketTooBig(const Received& received, const wire::Icmpv6Error& error,
                                           const ipv6::QuotedPacket& quoted, bool* narrower);
  // Whether there still is who sent the packet, where that can be known.
  bool HasSender(const ipv6::QuotedPacket& quoted, InterfaceId in) const;
  // The quoted upper-layer header in an error about a packet of ours.
  void ReportEchoError(const Received& received, const wire::Icmpv6Error& error,
                       ByteView quoted_upper);
  void OnDiscovery(const Received& received, wire::Icmpv6Type type, ByteView message);
  std::optional<DropReason> OnRedirect(const Received& received, const wire::NdpContext& context,
                                       ByteView message);

  // Forwarding.
  void Forward(Received& received);
  struct NextHop {
    InterfaceId interface {};
    Ipv6Address address;
    bool advertised_router = false;  // Chosen among those that advertise themselves.
  };
  std::optional<NextHop> FindRoute(Time now, const Ipv6Address& destination);
  // The best of the routers of all interfaces, if its prefix is longer than that.
  std::optional<NextHop> FindAdvertisedRoute(Time now, const Ipv6Address& destination,
                                             int longer_than);
  // What became of a packet to a group that a multicast router looked at.
  enum class GroupForwarding {
    kRefused,  // Nothing more is to be done with it; it was told why.
    kNowhere,  // It was for no other link.
    kSent,
  };
  GroupForwarding ForwardToGroup(Received& received, DropReason* why_nowhere);
  // Tells the sender of a packet that is being forwarded of a better first hop,
  // RFC 4861 §8.2, if there is one.
  void Redirect(const Received& received, const NextHop& next_hop);
  // A router's: where it has this anycast address.
  std::optional<InterfaceId> InterfaceOfAnycast(const Ipv6Address& address) const;
  bool IsAnycast(const Ipv6Address& address) const {
    return InterfaceOfAnycast(address).has_value();
  }

  // Output.
  struct Outgoing {
    Ipv6Address source;
    Ipv6Address destination;
    std::optional<InterfaceId> interface;  // For destinations that do not leave their link.
    wire::NextHeader next_header{};
    std::optional<uint8_t> hop_limit;
    uint8_t traffic_class = 0;
    uint16_t flow = 0;     // The source port, or an echo's identifier: what makes a flow one,
    uint16_t flow_to = 0;  // with the destination port.
  };
  // An upper-layer packet that waits until an address is no longer tentative.
  struct AwaitingSource {
    Outgoing outgoing;
    Packet message;
  };
  // Beyond it the oldest goes.
  static constexpr size_t kMaxAwaitingSource = 8;
  // What an error about the packet will be compared with.
  static void NoteSent(ipv6::Destination& destination, const Outgoing& outgoing,
                       const Packet& payload, uint32_t path_mtu);
  // Sends an upper-layer packet, its checksum done.
  std::optional<DropReason> Send(Time now, const Outgoing& outgoing, Packet payload);
  // Sends an ICMPv6 message or a UDP datagram: chooses the source where it is
  // unspecified, does the checksum. Where
  // every source that would do is still tentative the message waits.
  std::optional<DropReason> SendUpper(Time now, Outgoing outgoing, Packet message);
  std::optional<DropReason> AwaitSource(Time now, InterfaceId out, Outgoing outgoing,
                                        Packet message);
  void RetryAwaitingSource(Time now);
  std::optional<DropReason> Transmit(Time now, const Outgoing& outgoing, InterfaceId interface,
                                     const Ipv6Address& next_hop, uint32_t path_mtu,
                                     Packet payload);
  // Where packets to the address stay on this node; nullopt where they leave it.
  std::optional<InterfaceId> InterfaceOfOwn(const Ipv6Address& address,
                                            std::optional<InterfaceId> link) const;
  // Whether this node listens to the interface-local group that the packet is for.
  bool HearsItself(const Outgoing& outgoing, InterfaceId interface) const;
  // Whether the packet comes to this node itself, instead of leaving by `interface`.
  bool StaysHere(const Outgoing& outgoing, InterfaceId interface) const;
  std::optional<DropReason> SendFragments(Time now, InterfaceId interface,
                                          const Ipv6Address& next_hop, const Packet& packet,
                                          uint32_t path_mtu);
  void SendToNextHop(Time now, InterfaceId interface, const Ipv6Address& next_hop, Packet packet);
  // Takes a packet without Ethernet header as one that came in, or that came in
  // fragments behind so many extension headers.
  void DeliverPacket(Time now, InterfaceId interface, Packet packet, bool link_layer_multicast,
                     std::optional<int> headers_of_fragments = std::nullopt);
  ipv6::Destination* FindDestination(Time now, const Ipv6Address& destination,
                                     std::optional<InterfaceId> interface);
  // Of the path to it (RFC 8201 §5.2); an estimate that has served its time is forgotten.
  uint32_t PathMtu(Time now, ipv6::Destination& destination);
  // `next_hop`: to the destination, if that is known. `of`: of which interface the source
  // has to be; by default of any.
  std::optional<Ipv6Address> SelectSource(Time now, const Ipv6Address& destination,
                                          InterfaceId outgoing,
                                          const std::optional<Ipv6Address>& next_hop,
                                          std::optional<InterfaceId> of = std::nullopt);
  // Of packets from `source`, RFC 8028 §3.2.
  NextHop NextHopFor(Time now, const ipv6::Destination& destination, const Ipv6Address& source);
  std::optional<InterfaceId> OnlyInterface() const;

  // TCP. TcpCarrier:
  std::optional<DropReason> SendTcp(Time now, const tcp::Flow& flow, bool ect,
                                    Packet segment) override;
  bool IsOwnAddress(const IpAddress& address, uint16_t zone) const override;
  uint32_t TcpPathMtu(const tcp::Flow& flow) override;
  uint32_t TcpLinkMtu(const tcp::Flow& flow) override;
  void ConfirmNextHop(Time now, const tcp::Flow& flow) override;
  TcpLayer& tcp_layer();
  bool HasTentativeAddress(InterfaceId interface) const;

  // An ICMPv6 error about `invoking`, if one may be sent.
  void SendError(Time now, InterfaceId interface, ByteView invoking, bool link_layer_multicast,
                 const icmp::ErrorMessage& error);
  void ParameterProblem(const Received& received, uint8_t code, size_t pointer);

  void Drop(Time now, InterfaceId interface, DropReason reason, ByteView packet);
  void Drop(const Received& received, DropReason reason) {
    Drop(received.now, received.interface, reason, received.packet);
  }
  void Log(Time now, const std::string& text);

  Interface& interface(InterfaceId id) { return *interfaces_[static_cast<size_t>(id)]; }
  const Interface& interface(InterfaceId id) const { return *interfaces_[static_cast<size_t>(id)]; }
  Refusal CheckInterface(InterfaceId id) const;
  Refusal CheckGroup(InterfaceId id, const IpAddress& group) const;

  // An address that packets may be for.
  struct LocalAddress {
    InterfaceId interface {};
    bool assigned = false;  // Otherwise tentative.
  };
  // `link`: where a link-local address has to be; by default on any link.
  const LocalAddress* FindLocal(const Ipv6Address& address, std::optional<InterfaceId> link) const;
  // Another interface than `id` with the address (RFC 4291 §2.1), best one that uses it.
  std::optional<LocalAddress> HolderBeside(InterfaceId id, const ZonedAddress& address) const;

  StackConfig config_;
  Environment environment_;
  std::unique_ptr<Ipv4Stack> ipv4_;  // Where an interface has, or had, an IPv4 address.
  bool running_ = false;
  std::vector<std::unique_ptr<Interface>> interfaces_;
  AddressMap<LocalAddress, ZonedAddress> local_addresses_;
  ipv6::RoutingTable on_link_;  // The Prefix Lists of all interfaces.
  ipv6::RoutingTable routes_;
  ipv6::DestinationCache destinations_;
  udp::UdpPorts udp_ports_;
  std::unique_ptr<DhcpClients> dhcp_;  // Where an interface leases its address.
  std::unique_ptr<TcpLayer> tcp_;      // Once something speaks TCP.
  ipv6::Reassembler reassembler_;
  Time now_;  // Of the call that is being served, for outputs that are not told it.
  RandomStream random_;
  uint64_t flow_label_secret_;
  std::vector<AwaitingSource> awaiting_source_;  // Oldest first.
  icmp::ErrorLimiters error_limiters_;
  router::RedirectSender redirect_sender_;
  uint32_t name_servers_version_ = 0;  // The sum of the interfaces', as it was told last.
};

}  // namespace dualsim::host
