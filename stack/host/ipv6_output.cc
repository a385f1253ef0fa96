// IPv6 packets on their way out: RFC 8200 §3, RFC 4861 §5.2 and §7.2, RFC 6724.

#include <algorithm>
#include <utility>

#include "stack/host/stack_implementation.h"
#include "stack/host/zone.h"
#include "stack/ipv6/source_selection.h"
#include "stack/ndp/constants.h"
#include "stack/wire/udp.h"

namespace dualsim::host {
namespace {

// Scopes of groups, RFC 7346 §2.
constexpr int kReservedScope = 0;
constexpr int kInterfaceLocalScope = 1;

}  // namespace

std::optional<InterfaceId> Stack::Implementation::OnlyInterface() const {
  if (interfaces_.size() != 1) return std::nullopt;
  return InterfaceId{0};
}

std::optional<Ipv6Address> Stack::Implementation::SelectSource(
    Time now, const Ipv6Address& destination, InterfaceId outgoing,
    const std::optional<Ipv6Address>& next_hop, std::optional<InterfaceId> of) {
  // RFC 6724 §5 rule 1, and RFC 4291 §2.5.3: it is the source of nothing else.
  if (destination.is_loopback()) return destination;
  ipv6::SourceSelection selection(destination, outgoing);
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    if (of && static_cast<InterfaceId>(i) != *of) continue;
    const ndp::NeighborDiscovery& discovery = interfaces_[i]->discovery();
    for (const ndp::InterfaceAddress& address : discovery.addresses().entries()) {
      if (!address.assigned()) continue;
      const bool of_next_hop = next_hop && static_cast<InterfaceId>(i) == outgoing &&
                               discovery.Advertises(now, *next_hop, address.address);
      selection.Offer({.address = address.address,
                       .prefix_length = address.prefix_length,
                       .interface = static_cast<InterfaceId>(i),
                       // RFC 4429 §2.1: an optimistic address is like a deprecated one.
                       .deprecated = address.state != AddressState::kPreferred,
                       .temporary = address.origin == AddressOrigin::kTemporary,
                       .advertised_by_next_hop = of_next_hop});
    }
  }
  return selection.best();
}

Stack::Implementation::NextHop Stack::Implementation::NextHopFor(
    Time now, const ipv6::Destination& destination, const Ipv6Address& source) {
  NextHop hop{destination.interface, destination.next_hop};
  if (!destination.via_advertised_router || destination.redirected) return hop;
  const ndp::NeighborDiscovery& here = interface(hop.interface).discovery();
  hop.address = here.SelectRouterForSource(now, destination.address.address, source, hop.address);
  if (interfaces_.size() == 1 || here.Advertises(now, hop.address, source)) return hop;
  // The router that knows the source may be on another link.
  const int longest = here.LengthOfRoute(destination.address.address, hop.address);
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    if (!interfaces_[i]->enabled()) continue;
    const auto router = interfaces_[i]->discovery().FindRouterForSource(
        now, destination.address.address, source, longest);
    if (router) return {static_cast<InterfaceId>(i), router->router};
  }
  return hop;
}

ipv6::Destination* Stack::Implementation::FindDestination(Time now, const Ipv6Address& destination,
                                                          std::optional<InterfaceId> interface_id) {
  if (destination.is_link_local() && !interface_id) interface_id = OnlyInterface();
  if (destination.is_link_local() && !interface_id) return nullptr;
  // Link-local destinations of one address are as many as there are links; of others the
  // routes alone tell where they are.
  const ZonedAddress zoned = Zoned(destination, interface_id.value_or(InterfaceId{0}));
  ipv6::Destination* known = destinations_.Find(zoned);
  if (known != nullptr && destinations_.IsCurrent(*known)) return known;
  if (known != nullptr && known->redirected && interface(known->interface).enabled() &&
      interface(known->interface).discovery().IsRedirectLive(destination, known->next_hop)) {
    // RFC 4861 §8.3: what a redirect said outlives changes elsewhere.
    destinations_.MarkCurrent(*known);
    return known;
  }
  std::optional<NextHop> next_hop;
  if (destination.is_link_local()) {
    next_hop = NextHop{*interface_id, destination};
  } else {
    next_hop = FindRoute(now, destination);
  }
  if (!next_hop || !interface(next_hop->interface).enabled()) return nullptr;
  ipv6::Destination& entry = destinations_.FindOrAdd(zoned);
  entry.interface = next_hop->interface;
  entry.next_hop = next_hop->address;
  entry.redirected = false;
  entry.via_advertised_router = next_hop->advertised_router;
  destinations_.MarkCurrent(entry);
  return &entry;
}

std::optional<DropReason> Stack::Implementation::SendUpper(Time now, Outgoing outgoing,
                                                           Packet message) {
  if (outgoing.source.is_unspecified()) {
    std::optional<InterfaceId> out = outgoing.interface ? outgoing.interface : OnlyInterface();
    std::optional<Ipv6Address> next_hop;
    if (!outgoing.destination.is_multicast()) {
      out = InterfaceOfOwn(outgoing.destination, outgoing.interface);
      if (!out) {
        const auto* destination = FindDestination(now, outgoing.destination, outgoing.interface);
        if (destination == nullptr) return DropReason::NO_ROUTE;
        out = destination->interface;
        next_hop = destination->next_hop;
      }
    }
    if (!out) return DropReason::NO_ROUTE;
    const std::optional<Ipv6Address> source =
        SelectSource(now, outgoing.destination, *out, next_hop);
    if (!source) return AwaitSource(now, *out, outgoing, std::move(message));
    outgoing.source = *source;
  }
  if (outgoing.next_header == wire::NextHeader::kUdp) {
    wire::StoreUdpChecksum(message.mutable_bytes(), IpAddress(outgoing.source),
                           IpAddress(outgoing.destination));
  } else {
    wire::StoreIcmpv6Checksum(message.mutable_bytes(), outgoing.source, outgoing.destination);
  }
  return Send(now, outgoing, std::move(message));
}

std::optional<DropReason> Stack::Implementation::AwaitSource(Time now, InterfaceId out,
                                                             Outgoing outgoing, Packet message) {
  const auto& addresses = interface(out).discovery().addresses().entries();
  const bool tentative =
      std::any_of(addresses.begin(), addresses.end(), [](const ndp::InterfaceAddress& address) {
        return address.state == AddressState::kTentative;
      });
  if (!tentative) return DropReason::NO_SOURCE_ADDRESS;
  if (awaiting_source_.size() == kMaxAwaitingSource) {
    Drop(now, out, DropReason::NO_SOURCE_ADDRESS, awaiting_source_.front().message.bytes());
    awaiting_source_.erase(awaiting_source_.begin());
  }
  awaiting_source_.push_back({std::move(outgoing), std::move(message)});
  return std::nullopt;
}

void Stack::Implementation::RetryAwaitingSource(Time now) {
  // Taken out first: what still has to wait comes back in the same order.
  for (AwaitingSource& waiting : std::exchange(awaiting_source_, {})) {
    const InterfaceId id = waiting.outgoing.interface.value_or(InterfaceId{0});
    const Packet kept = environment_.packets.Copy(waiting.message.bytes());
    const auto failed = SendUpper(now, waiting.outgoing, std::move(waiting.message));
    if (failed) Drop(now, id, *failed, kept.bytes());
  }
}

std::optional<DropReason> Stack::Implementation::Send(Time now, const Outgoing& outgoing,
                                                      Packet payload) {
  if (outgoing.source.is_loopback() && !outgoing.destination.is_loopback()) {
    return DropReason::NO_SOURCE_ADDRESS;
  }
  if (outgoing.destination.is_multicast()) {
    const std::optional<InterfaceId> out =
        outgoing.interface ? outgoing.interface : OnlyInterface();
    if (!out) return DropReason::NO_ROUTE;
    if (outgoing.destination.multicast_scope() == kReservedScope) {
      return DropReason::MULTICAST_RESERVED_SCOPE;  // RFC 4291 §2.7: never originated.
    }
    if (outgoing.destination.multicast_scope() == kInterfaceLocalScope &&
        !HearsItself(outgoing, *out)) {
      return DropReason::MULTICAST_INTERFACE_LOCAL;
    }
    uint32_t path_mtu = interface(*out).mtu();
    if (wire::Ipv6Header::kSize + payload.size() > ndp::kMinimumMtu) {
      // What is no larger is too big nowhere. RFC 8201 §5.2: a group has a path MTU
      // too, the least of all paths.
      ipv6::Destination& group = destinations_.FindOrAdd(Zoned(outgoing.destination, *out));
      group.interface = *out;
      path_mtu = PathMtu(now, group);
      NoteSent(group, outgoing, payload, path_mtu);
    }
    return Transmit(now, outgoing, *out, outgoing.destination, path_mtu, std::move(payload));
  }
  if (const auto own = InterfaceOfOwn(outgoing.destination, outgoing.interface)) {
    return Transmit(now, outgoing, *own, outgoing.destination, ~uint32_t{0}, std::move(payload));
  }
  // §5.2, and mirage-stack.md 17: without a router an off-link destination is
  // unreachable at once; nothing is assumed to be on link.
  ipv6::Destination* destination = FindDestination(now, outgoing.destination, outgoing.interface);
  if (destination == nullptr) return DropReason::NO_ROUTE;
  const NextHop hop = NextHopFor(now, *destination, outgoing.source);
  const uint32_t path_mtu = std::min(PathMtu(now, *destination), interface(hop.interface).mtu());
  if (tcp_ != nullptr && outgoing.next_header == wire::NextHeader::kTcp &&
      wire::Ipv6Header::kSize + payload.size() > path_mtu) {
    tcp_->OnPathMtuChange(outgoing.destination);  // A router told of a smaller link MTU.
  }
  NoteSent(*destination, outgoing, payload, path_mtu);
  return Transmit(now, outgoing, hop.interface, hop.address, path_mtu, std::move(payload));
}

void Stack::Implementation::NoteSent(ipv6::Destination& destination, const Outgoing& outgoing,
                                     const Packet& payload, uint32_t path_mtu) {
  const auto size = static_cast<uint32_t>(wire::Ipv6Header::kSize + payload.size());
  destination.sent.Note(outgoing.next_header, payload.bytes(), std::min(size, path_mtu));
}

uint32_t Stack::Implementation::PathMtu(Time now, ipv6::Destination& destination) {
  if (destination.path_mtu != 0 && destination.path_mtu_until <= now) {
    destination.path_mtu = 0;  // RFC 8201 §5.3
    if (tcp_ != nullptr) tcp_->OnPathMtuChange(destination.address.address);
  }
  const uint32_t mtu = interface(destination.interface).mtu();
  return destination.path_mtu != 0 ? std::min(mtu, destination.path_mtu) : mtu;
}

std::optional<DropReason> Stack::Implementation::Transmit(Time now, const Outgoing& outgoing,
                                                          InterfaceId out,
                                                          const Ipv6Address& next_hop,
                                                          uint32_t path_mtu, Packet payload) {
  const bool stays = StaysHere(outgoing, out);
  // RFC 4007 §9: a link-local source does not leave its link.
  const bool of_another_link =
      outgoing.interface.value_or(out) != out || FindLocal(outgoing.source, out) == nullptr;
  if (!stays && outgoing.source.is_link_local() && of_another_link) {
    return DropReason::NO_SOURCE_ADDRESS;
  }
  const uint8_t cur_hop_limit = interface(out).discovery().parameters().cur_hop_limit;
  const uint32_t label = ipv6::FlowLabel({.source = outgoing.source,
                                          .destination = outgoing.destination,
                                          .next_header = outgoing.next_header,
                                          .source_port = outgoing.flow,
                                          .destination_port = outgoing.flow_to},
                                         flow_label_secret_);
  const wire::Ipv6Header header{.traffic_class = outgoing.traffic_class,
                                .flow_label = label,
                                .payload_length = static_cast<uint16_t>(payload.size()),
                                .next_header = outgoing.next_header,
                                .hop_limit = outgoing.hop_limit.value_or(cur_hop_limit),
                                .source = outgoing.source,
                                .destination = outgoing.destination};
  if (payload.size() > 0xffff) return DropReason::PACKET_TOO_BIG;
  header.Store(payload.Prepend(wire::Ipv6Header::kSize).data());
  if (stays) {
    // RFC 8200 §3 does not send to oneself over a link.
    DeliverPacket(now, out, std::move(payload), false);
    return std::nullopt;
  }
  if (payload.size() > path_mtu) return SendFragments(now, out, next_hop, payload, path_mtu);
  SendToNextHop(now, out, next_hop, std::move(payload));
  return std::nullopt;
}

bool Stack::Implementation::HearsItself(const Outgoing& outgoing, InterfaceId out) const {
  // RFC 4291 §2.8.
  constexpr auto kAllNodes = Ipv6Address::FromIntegers(0xff01ull << 48, 1);
  constexpr auto kAllRouters = Ipv6Address::FromIntegers(0xff01ull << 48, 2);
  const Ipv6Address& group = outgoing.destination;
  return group == kAllNodes || (group == kAllRouters && config_.forwarding) ||
         interface(out).IsListeningTo(group, outgoing.source);
}

bool Stack::Implementation::StaysHere(const Outgoing& outgoing, InterfaceId out) const {
  const Ipv6Address& destination = outgoing.destination;
  if (!destination.is_multicast()) return InterfaceOfOwn(destination, out).has_value();
  return destination.multicast_scope() == kInterfaceLocalScope;
}

std::optional<InterfaceId> Stack::Implementation::InterfaceOfOwn(
    const Ipv6Address& address, std::optional<InterfaceId> link) const {
  if (const LocalAddress* local = FindLocal(address, link)) {
    if (local->assigned) return local->interface;
    return std::nullopt;
  }
  // RFC 4291 §2.6: of all who have an anycast address this node is the nearest.
  return config_.forwarding ? InterfaceOfAnycast(address) : std::nullopt;
}

std::optional<DropReason> Stack::Implementation::SendFragments(Time now, InterfaceId out,
                                                               const Ipv6Address& next_hop,
                                                               const Packet& packet,
                                                               uint32_t path_mtu) {
  ipv6::Fragmentation fragmentation(packet.bytes(), path_mtu, static_cast<uint32_t>(random_()));
  if (!fragmentation.possible()) return DropReason::PACKET_TOO_BIG;
  while (Packet fragment = fragmentation.Next(environment_.packets)) {
    SendToNextHop(now, out, next_hop, std::move(fragment));
  }
  return std::nullopt;
}

void Stack::Implementation::SendToNextHop(Time now, InterfaceId out, const Ipv6Address& next_hop,
                                          Packet packet) {
  if (next_hop.is_multicast()) {
    interface(out).SendToGroup(now, next_hop, std::move(packet));
  } else {
    interface(out).SendToNeighbor(now, next_hop, std::move(packet));
  }
}

std::optional<DropReason> Stack::Implementation::SendEchoRequest(Time now,
                                                                 const EchoRequest& request) {
  if (!running_) return DropReason::INTERFACE_DOWN;
  if (request.destination.is_ipv4()) {
    return ipv4_ == nullptr ? DropReason::IPV4_NOT_CONFIGURED
                            : ipv4_->SendEchoRequest(now, request);
  }
  if (request.source && request.source->is_ipv4()) return DropReason::NO_SOURCE_ADDRESS;
  const wire::EchoMessage header{.type = wire::Icmpv6Type::kEchoRequest,
                                 .identifier = request.identifier,
                                 .sequence = request.sequence,
                                 .data = {}};
  Packet message = environment_.packets.Make(wire::EchoMessage::kHeaderSize + request.data_size);
  header.Store(message.mutable_bytes().data());
  uint8_t* data = message.mutable_bytes().data() + wire::EchoMessage::kHeaderSize;
  // The pattern that ping has always sent: each byte counts on.
  for (size_t i = 0; i < request.data_size; ++i) data[i] = static_cast<uint8_t>(i);
  const Outgoing outgoing{.source = request.source.value_or(IpAddress()).ipv6(),
                          .destination = request.destination.ipv6(),
                          .interface = request.interface,
                          .next_header = wire::NextHeader::kIcmpv6,
                          .hop_limit = request.hop_limit,
                          .flow = request.identifier};
  if (request.source) {
    const LocalAddress* local = FindLocal(request.source->ipv6(), request.interface);
    if (local == nullptr || !local->assigned) return DropReason::NO_SOURCE_ADDRESS;
  }
  return SendUpper(now, outgoing, std::move(message));
}

}  // namespace dualsim::host
