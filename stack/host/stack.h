#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/group/source_filter.h"
#include "stack/host/config.h"
#include "stack/host/device.h"
#include "stack/tcp/endpoint.h"
#include "stack/udp/udp_ports.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/port.h"

namespace dualsim::host {

// What a stack needs of the world. All outlive it.
struct Environment {
  PacketPool& packets;
  Device& device;
  Observer& observer;
  RandomSource random;
};

// One node's network stack, whole: a host's or a router's.
//
// It does no I/O and has no clock. It has four verbs: a frame came in; the time
// is now T, do what is due; when do you next need the time; and what programs
// and operators ask of it. Frames leave through the device, facts through the
// observer, both during the call. Times never go backwards between calls.
class Stack {
 public:
  // Off until Boot().
  Stack(StackConfig config, Environment environment);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // Brings every interface up. Requires that the stack is off.
  void Boot(Time now);
  // Ends in good order: a router advertises a lifetime of 0 (RFC 4861 §6.2.5),
  // groups are left. The stack is off afterwards and can boot again.
  void ShutDown(Time now);
  // Ends without a word, as a power cut does.
  void Crash(Time now);
  bool running() const;

  void Receive(Time now, InterfaceId interface, Packet frame);
  // Does all that is due at or before `now`.
  void Advance(Time now);
  // When Advance() is next needed. It may be earlier than anything is due, never later.
  Time deadline() const;

  // The link's carrier, there at first; remembered while the stack is off. Coming up starts
  // duplicate address detection and router discovery anew (RFC 4862 §5.3, RFC 4861 §6.3.7).
  void SetCarrier(Time now, InterfaceId interface, bool up);

  // What an operator does while the stack runs. Each returns nullopt, or a
  // reason why it can't be done.
  using Refusal = std::optional<std::string>;
  Refusal AddAddress(Time now, InterfaceId interface, const IpCidr& address);
  Refusal RemoveAddress(Time now, InterfaceId interface, const IpAddress& address);
  // The card gets another address, which is none of a group. Neighbours are told
  // (RFC 4861 §7.2.6); addresses of the interface stay until it starts anew.
  Refusal SetLinkLayerAddress(Time now, InterfaceId interface, MacAddress address);
  // Replaces what the operator's program listens to of a group, RFC 3810 §3; an
  // empty filter ends it, and so does the interface's going down.
  Refusal Listen(Time now, InterfaceId interface, const Ipv6Address& group,
                 const group::SourceFilter& filter);
  Refusal AddRoute(Time now, const RouteConfig& route);
  Refusal RemoveRoute(Time now, const IpPrefix& prefix);
  // Replaces a router's advertising on an interface; nullopt ends it with final
  // advertisements (RFC 4861 §6.2.5).
  Refusal Advertise(Time now, InterfaceId interface,
                    const std::optional<router::AdvertiseConfig>& config);

  // An IPv4 address that a server leased, and the router that it named: there
  // while the address is.
  struct Ipv4Lease {
    InterfaceId interface {};
    Ipv4Cidr address;
    std::optional<Ipv4Address> gateway;
    bool probe = true;  // RFC 5227 §2.1 first; else it is used at once.
  };
  // Learns what becomes of a leased address: kTentative and kPreferred, then, once,
  // kDuplicate (another node has it, RFC 2131 §4.4.1) or kRemoved. Called while the
  // stack works; it may send and outlives the lease.
  class LeaseHandler {
   public:
    virtual ~LeaseHandler() = default;
    virtual void OnLeaseAddress(Time now, InterfaceId interface, const Ipv4Address& address,
                                AddressState state) = 0;
  };
  Refusal AddLease(Time now, const Ipv4Lease& lease, LeaseHandler& handler);
  // Also what RemoveAddress() does.
  Refusal RemoveLease(Time now, InterfaceId interface, const Ipv4Address& address) {
    return RemoveAddress(now, interface, address);
  }

  // Sends one echo request (RFC 4443 §4.1, RFC 792). The answer arrives as an EchoFact
  // with the same identifier and sequence.
  struct EchoRequest {
    IpAddress destination;
    std::optional<InterfaceId> interface;  // Needed where the destination is link-local, a group
                                           // or a broadcast, and the node has several interfaces.
    std::optional<IpAddress> source;       // Default: RFC 6724's choice, RFC 1122 §3.3.4.3's.
    uint16_t identifier = 0;
    uint16_t sequence = 0;
    size_t data_size = 56;
    std::optional<uint8_t> hop_limit;
  };
  // nullopt where it was sent or queued for address resolution; else why not.
  std::optional<DropReason> SendEchoRequest(Time now, const EchoRequest& request);

  // UDP. A handler is called while the stack works and may send; it outlives its
  // holding of the port. Refused where the port is taken.
  Refusal ListenUdp(Port port, udp::DatagramHandler& handler);
  // A free port above 49151, taken; nullopt where there is none, or the node is off.
  std::optional<Port> ListenUdpOnEphemeral(udp::DatagramHandler& handler);
  // Also right where nobody has the port. Every port is free after the node stopped.
  void UnlistenUdp(Port port);

  struct UdpMessage {
    // Default: as in EchoRequest. 0.0.0.0, to 255.255.255.255 alone: from who has no
    // address yet (RFC 2131 §4.1).
    std::optional<IpAddress> source;
    Port source_port{};
    IpAddress destination;
    Port destination_port{};
    std::optional<InterfaceId> interface;  // As in EchoRequest.
    std::optional<uint8_t> hop_limit;
    ByteView data;  // Copied.
  };
  // nullopt where it was sent or queued; else why not.
  std::optional<DropReason> SendUdp(Time now, const UdpMessage& message);

  // TCP of the node; nullptr while it is off. Its calls are asked like the others here, with
  // times that never go backwards; the stack's deadline may move.
  tcp::Endpoint* tcp(Time now);

  // The same without making the state of a node that has not spoken TCP yet: nullptr then.
  tcp::Endpoint* existing_tcp();

  // Any other IP packet: `data` is what follows the IP header, its checksum done.
  struct IpMessage {
    std::optional<IpAddress> source;  // Default: RFC 6724's choice.
    IpAddress destination;
    std::optional<InterfaceId> interface;  // As in EchoRequest.
    uint8_t protocol = 0;                  // IPv6's Next Header.
    std::optional<uint8_t> hop_limit;
    bool may_fragment = true;
    ByteView data;  // Copied.
  };
  std::optional<DropReason> SendIp(Time now, const IpMessage& message);

  // One more, or one less, who listens to a group on an interface: its packets are
  // taken in, and MLD or IGMP tells the routers. Refused where it is no group.
  Refusal JoinGroup(Time now, InterfaceId interface, const IpAddress& group);
  Refusal LeaveGroup(Time now, InterfaceId interface, const IpAddress& group);

  // Whether the node runs the family.
  bool runs(IpFamily family) const;
  // How packets to a destination leave; a group needs an interface where the node has several.
  struct Path {
    InterfaceId interface {};
    uint32_t mtu = 0;                   // Of the path, as far as is known.
    std::optional<IpAddress> source{};  // RFC 6724's choice.
    // Why there is none, or no path; true: one is being verified, and will be told as a fact.
    DropReason failure = DropReason::INTERFACE_DOWN;
    bool source_is_tentative = false;
  };
  Path PathTo(Time now, const IpAddress& destination, std::optional<InterfaceId> interface);

  // The addresses that may be used, by interface, in the order in which they came.
  struct HostAddress {
    IpAddress address;
    int prefix_length = 0;
    InterfaceId interface {};
    bool preferred = false;
  };
  std::vector<HostAddress> addresses() const;
  bool HasAddress(const IpAddress& address) const;

  // Who resolves names: StackConfig::name_servers, then what a lease says, then router
  // advertisements (RFC 8106), each once. Observer::OnNameServers tells of changes.
  struct NameServer {
    IpAddress address;
    std::optional<InterfaceId> interface;  // Of a link-local one (RFC 8106 §5.1).
    friend bool operator==(const NameServer&, const NameServer&) = default;
  };
  struct NameServers {
    std::vector<NameServer> servers;
    std::vector<std::string> search;  // Domains, without a dot at the end.
  };
  NameServers name_servers() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace dualsim::host
