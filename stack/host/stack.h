#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/group/source_filter.h"
#include "stack/host/config.h"
#include "stack/host/device.h"
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
  Refusal AddAddress(Time now, InterfaceId interface, const Ipv6Cidr& address);
  Refusal RemoveAddress(Time now, InterfaceId interface, const Ipv6Address& address);
  // The card gets another address, which is none of a group. Neighbours are told
  // (RFC 4861 §7.2.6); addresses of the interface stay until it starts anew.
  Refusal SetLinkLayerAddress(Time now, InterfaceId interface, MacAddress address);
  // Replaces what the operator's program listens to of a group, RFC 3810 §3; an
  // empty filter ends it, and so does the interface's going down.
  Refusal Listen(Time now, InterfaceId interface, const Ipv6Address& group,
                 const group::SourceFilter& filter);
  Refusal AddRoute(Time now, const RouteConfig& route);
  Refusal RemoveRoute(Time now, const Ipv6Prefix& prefix);
  // Replaces a router's advertising on an interface; nullopt ends it with final
  // advertisements (RFC 4861 §6.2.5).
  Refusal Advertise(Time now, InterfaceId interface,
                    const std::optional<router::AdvertiseConfig>& config);

  // Sends one echo request (RFC 4443 §4.1). The answer arrives as an EchoFact
  // with the same identifier and sequence.
  struct EchoRequest {
    Ipv6Address destination;
    std::optional<InterfaceId> interface;  // Needed where the destination is link-local or a group
                                           // and the node has several interfaces.
    std::optional<Ipv6Address> source;     // Default: RFC 6724's choice.
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
    std::optional<IpAddress> source;  // Default: RFC 6724's choice.
    Port source_port{};
    IpAddress destination;
    Port destination_port{};
    std::optional<InterfaceId> interface;  // As in EchoRequest.
    std::optional<uint8_t> hop_limit;
    ByteView data;  // Copied.
  };
  // nullopt where it was sent or queued; else why not.
  std::optional<DropReason> SendUdp(Time now, const UdpMessage& message);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace dualsim::host
