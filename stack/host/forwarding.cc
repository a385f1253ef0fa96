// A router's part: packets that are for somebody else. RFC 8200 §3, RFC 4443 §3,
// RFC 4291 §2.5.6.

#include "stack/host/stack_implementation.h"
#include "stack/ndp/router_selection.h"
#include "stack/wire/ethernet.h"

namespace dualsim::host {
namespace {

constexpr size_t kHopLimitOffset = 7;

}  // namespace

std::optional<Stack::Implementation::NextHop> Stack::Implementation::FindRoute(
    Time now, const Ipv6Address& destination) {
  const ipv6::Route* on_link = on_link_.Find(destination);
  const ipv6::Route* route = routes_.Find(destination);
  // The longest prefix; of equals the link, which is nearer.
  if (on_link != nullptr &&
      (route == nullptr || on_link->prefix.length() >= route->prefix.length())) {
    return NextHop{on_link->interface, destination};
  }
  // A route of the configuration goes before one that is no longer than it.
  const int longest = route != nullptr ? route->prefix.length() : -1;
  if (const auto advertised = FindAdvertisedRoute(now, destination, longest)) return advertised;
  if (route == nullptr) return std::nullopt;
  const bool direct = route->next_hop.is_unspecified();
  return NextHop{route->interface, direct ? destination : route->next_hop};
}

std::optional<Stack::Implementation::NextHop> Stack::Implementation::FindAdvertisedRoute(
    Time now, const Ipv6Address& destination, int longer_than) {
  // The order of RFC 4191 §3.2, whichever link a router is on (its §5.2); of equals the
  // first interface's.
  size_t at = 0;
  std::optional<ndp::RouterCandidate> best;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    if (!interfaces_[i]->enabled()) continue;
    const auto chosen = interfaces_[i]->discovery().SelectRouter(now, destination);
    if (!chosen || chosen->prefix_length <= longer_than) continue;
    if (!best || ndp::RouterSelection::Compare(*chosen, *best) > 0) {
      if (best && ndp::RouterSelection::WasPassedOver(*best, *chosen, true)) {
        interfaces_[at]->discovery().OnPassedOver(now, best->router);
      }
      best = chosen;
      at = i;
    } else if (ndp::RouterSelection::WasPassedOver(*chosen, *best, false)) {
      interfaces_[i]->discovery().OnPassedOver(now, chosen->router);
    }
  }
  if (!best) return std::nullopt;
  return NextHop{static_cast<InterfaceId>(at), best->router, true};
}

void Stack::Implementation::Forward(Received& received) {
  const Time now = received.now;
  if (received.header.next_header == wire::NextHeader::kHopByHop) {
    // RFC 8200 §4.3: this router is configured to look at them.
    Cursor cursor{.next = wire::NextHeader::kHopByHop,
                  .offset = wire::Ipv6Header::kSize,
                  .next_header_offset = 6};
    if (OnOptions(received, cursor, true) == Verdict::kDone) return;
  }
  const auto refuse = [&](DropReason reason, wire::Icmpv6Type type, uint8_t code,
                          uint32_t parameter = 0) {
    Drop(received, reason);
    SendError(now, received.interface, received.packet, received.link_layer_multicast,
              {.type = type, .code = code, .parameter = parameter});
  };
  // RFC 4291 §2.5.2 and §2.5.6: neither may be forwarded.
  const Ipv6Address& destination = received.header.destination;
  if (received.header.source.is_unspecified() || destination.is_link_local()) {
    return Drop(received, DropReason::BEYOND_SCOPE);
  }
  if (received.link_layer_multicast) return Drop(received, DropReason::NOT_OUR_MAC);
  if (received.header.hop_limit <= 1) {
    return refuse(DropReason::HOP_LIMIT_EXCEEDED, wire::Icmpv6Type::kTimeExceeded, 0);
  }
  const std::optional<NextHop> next_hop = FindRoute(now, destination);
  if (!next_hop || !interface(next_hop->interface).enabled()) {
    return refuse(DropReason::NO_ROUTE, wire::Icmpv6Type::kDestinationUnreachable,
                  static_cast<uint8_t>(wire::UnreachableCode::kNoRoute));
  }
  if (received.header.source.is_link_local() && next_hop->interface != received.interface) {
    return refuse(DropReason::BEYOND_SCOPE, wire::Icmpv6Type::kDestinationUnreachable,
                  static_cast<uint8_t>(wire::UnreachableCode::kBeyondScope));
  }
  Interface& out = interface(next_hop->interface);
  if (next_hop->interface == received.interface && next_hop->address == destination &&
      out.point_to_point()) {
    // RFC 4443 §3.1: nobody is there but who sent it.
    return refuse(DropReason::ADDRESS_UNREACHABLE, wire::Icmpv6Type::kDestinationUnreachable,
                  static_cast<uint8_t>(wire::UnreachableCode::kAddress));
  }
  if (received.packet.size() > out.mtu()) {
    return refuse(DropReason::PACKET_TOO_BIG, wire::Icmpv6Type::kPacketTooBig, 0, out.mtu());
  }
  if (next_hop->interface == received.interface) Redirect(received, *next_hop);
  // From here on the frame is ours to change: the Ethernet header goes, the rest
  // of the packet is sent as it is, without padding.
  Packet packet = std::move(received.frame);
  packet.MakeUnique();
  packet.TrimBack(packet.size() - wire::EthernetHeader::kSize - received.packet.size());
  packet.TrimFront(wire::EthernetHeader::kSize);
  --packet.mutable_bytes()[kHopLimitOffset];
  out.SendToNeighbor(now, next_hop->address, std::move(packet));
}

void Stack::Implementation::Redirect(const Received& received, const NextHop& next_hop) {
  Interface& here = interface(received.interface);
  const Ipv6Address& source = received.header.source;
  const ndp::InterfaceAddress* own = here.discovery().addresses().link_local();
  if (own == nullptr || !own->verified()) return;
  const ipv6::Route* link = on_link_.Find(source);
  const ndp::Neighbor* target = here.discovery().neighbors().Find(next_hop.address);
  router::ForwardedPacket forwarded;
  forwarded.packet = received.packet;
  forwarded.same_interface = next_hop.interface == received.interface;
  forwarded.source_is_neighbor =
      source.is_link_local() || (link != nullptr && link->interface == received.interface);
  forwarded.next_hop = next_hop.address;
  if (target != nullptr && target->state != NeighborState::kIncomplete) {
    forwarded.next_hop_link_layer_address = target->link_layer_address;
  }
  const auto redirect = redirect_sender_.OnForward(received.now, forwarded);
  if (!redirect) return;
  Packet message = environment_.packets.Make(redirect->size());
  redirect->Store(message.mutable_bytes().data());
  const Outgoing outgoing{.source = own->address,
                          .destination = source,
                          .interface = received.interface,
                          .next_header = wire::NextHeader::kIcmpv6,
                          .hop_limit = 255};
  if (const auto failed = SendUpper(received.now, outgoing, std::move(message))) {
    Drop(received, *failed);
  }
}

}  // namespace dualsim::host
