// IPv4 packets on their way out: RFC 791, RFC 1122 §3.3, RFC 1191, RFC 6864.

#include <algorithm>
#include <utility>

#include "stack/host/ipv4_stack.h"
#include "stack/ipv4/fragmentation.h"
#include "stack/wire/udp.h"

namespace dualsim::host {
namespace {

// RFC 1122 §3.2.1.3: such a destination never leaves a host.
bool IsNowhere(const Ipv4Address& destination) {
  constexpr uint8_t kClassE = 240;
  return destination.bytes()[0] == 0 || destination.is_loopback() ||
         (destination.bytes()[0] >= kClassE && !destination.is_broadcast());
}

}  // namespace

std::optional<InterfaceId> Ipv4Stack::OnlyInterface() const {
  if (interfaces_.size() != 1) return std::nullopt;
  return InterfaceId{0};
}

std::optional<Ipv4Stack::NextHop> Ipv4Stack::FindRoute(const Ipv4Address& destination) {
  const Route* on_link = on_link_.Find(destination);
  const Route* route = routes_.Find(destination);
  // The longest prefix; of equals the link, which is nearer.
  if (on_link != nullptr &&
      (route == nullptr || on_link->prefix.length() >= route->prefix.length())) {
    return NextHop{on_link->interface, destination};
  }
  if (route != nullptr) {
    return NextHop{route->interface,
                   route->next_hop.is_unspecified() ? destination : route->next_hop};
  }
  // Nothing is assumed to be on link: without a gateway there is no way.
  return default_gateway_;
}

std::optional<Ipv4Stack::NextHop> Ipv4Stack::FindNextHop(const Ipv4Address& destination) {
  const ipv4::Destination* known =
      destinations_.size() > 0 ? destinations_.Find(destination) : nullptr;
  const bool redirected = known != nullptr && !known->gateway.is_unspecified();
  // While the gateway is still on a link of ours.
  if (redirected && on_link_.Find(known->gateway) != nullptr && interface(known->interface).up()) {
    return NextHop{known->interface, known->gateway};
  }
  return FindRoute(destination);
}

std::optional<Ipv4Address> Ipv4Stack::SelectSource(InterfaceId out,
                                                   const Ipv4Address& next_hop) const {
  // RFC 1122 §3.3.4.3: of the outgoing interface, and of the next hop's network
  // where it has one there.
  const auto& addresses = interface(out).resolution().addresses();
  const auto first = [&](auto suits) -> std::optional<Ipv4Address> {
    const auto found = std::find_if(addresses.begin(), addresses.end(),
                                    [&](const auto& a) { return a.assigned() && suits(a); });
    return found != addresses.end() ? std::optional(found->cidr.address) : std::nullopt;
  };
  if (const auto near = first([&](const auto& a) { return a.cidr.Contains(next_hop); })) {
    return near;
  }
  if (const auto any = first([](const auto&) { return true; })) return any;
  for (const auto& other : interfaces_) {
    for (const arp::InterfaceAddress& address : other->resolution().addresses()) {
      if (address.assigned() && !address.cidr.address.is_link_local()) return address.cidr.address;
    }
  }
  return std::nullopt;
}

std::optional<Ipv4Address> Ipv4Stack::SourceFor(const Ipv4Address& destination) {
  if (IsAssigned(destination)) return destination;
  const auto next_hop = FindRoute(destination);
  return next_hop ? SelectSource(next_hop->interface, next_hop->address) : std::nullopt;
}

uint32_t Ipv4Stack::LinkMtu(const Ipv4Address& destination) {
  const auto next_hop = FindRoute(destination);
  return next_hop ? interface(next_hop->interface).mtu() : interface({}).mtu();
}

uint32_t Ipv4Stack::PathMtu(Time now, const Ipv4Address& destination) {
  const uint32_t mtu = LinkMtu(destination);
  ipv4::Destination* known = destinations_.Find(destination);
  if (known == nullptr || known->path_mtu == 0) return mtu;
  if (known->path_mtu_until <= now) {
    known->path_mtu = 0;  // RFC 1191 §6.3: time to try a larger one.
    return mtu;
  }
  return std::min(mtu, known->path_mtu);
}

void Ipv4Stack::ConfirmReachability(Time now, const Ipv4Address& destination) {
  const auto next_hop = FindNextHop(destination);
  if (!next_hop) return;
  interface(next_hop->interface).resolution().ConfirmReachability(now, next_hop->address);
}

std::optional<DropReason> Ipv4Stack::SendUpper(Time now, Outgoing outgoing, Packet message) {
  const Ipv4Address& destination = outgoing.destination;
  if (IsNowhere(destination)) return DropReason::NO_ROUTE;
  NextHop next_hop{InterfaceId{0}, destination};
  const bool local = IsAssigned(destination);
  bool to_many = destination.is_multicast() || destination.is_broadcast();
  if (to_many) {
    const auto out = outgoing.interface ? outgoing.interface : OnlyInterface();
    if (!out) return DropReason::NO_ROUTE;
    next_hop.interface = *out;
  } else if (!local) {
    const bool link_local = destination.is_link_local() && outgoing.interface.has_value();
    const auto found = link_local ? std::optional(NextHop{*outgoing.interface, destination})
                                  : FindNextHop(destination);
    if (!found) return DropReason::NO_ROUTE;
    next_hop = *found;
    to_many = interface(next_hop.interface).IsBroadcast(destination);
  } else {
    next_hop.interface = local_addresses_.Find(destination)->interface;
  }
  if (!interface(next_hop.interface).up()) return DropReason::INTERFACE_DOWN;
  if (outgoing.source.is_unspecified() && !outgoing.from_nowhere) {
    const auto source =
        local ? std::optional(destination) : SelectSource(next_hop.interface, next_hop.address);
    if (!source) return AwaitSource(now, next_hop.interface, outgoing, std::move(message));
    outgoing.source = *source;
  }
  if (outgoing.checksum_done) {
    // As it is.
  } else if (outgoing.protocol == wire::NextHeader::kUdp) {
    wire::StoreUdpChecksum(message.mutable_bytes(), IpAddress(outgoing.source),
                           IpAddress(destination));
  } else if (outgoing.protocol == wire::NextHeader::kIcmpv4) {
    wire::StoreIcmpv4Checksum(message.mutable_bytes());
  }
  if (local) {
    return Transmit(now, outgoing, next_hop.interface, destination, ~uint32_t{0},
                    std::move(message));
  }
  const uint32_t mtu = to_many ? interface(next_hop.interface).mtu() : PathMtu(now, destination);
  return Transmit(now, outgoing, next_hop.interface, next_hop.address, mtu, std::move(message));
}

std::optional<DropReason> Ipv4Stack::Transmit(Time now, const Outgoing& outgoing, InterfaceId out,
                                              const Ipv4Address& next_hop, uint32_t path_mtu,
                                              Packet packet) {
  const size_t size = wire::Ipv4Header::kMinSize + packet.size();
  if (size > 0xffff) return DropReason::PACKET_TOO_BIG;
  const bool whole = size <= path_mtu;
  if (!whole && !outgoing.may_fragment) return DropReason::PACKET_TOO_BIG;
  // RFC 1191 §3: what fits says that it may not be split, so that a smaller link is
  // heard of. RFC 6864 §4.1: such a packet needs no identification.
  const wire::Ipv4Header header{
      .type_of_service = outgoing.type_of_service,
      .total_length = static_cast<uint16_t>(size),
      .identification = whole ? uint16_t{0} : NextIdentification(),
      .dont_fragment = whole,
      .ttl = outgoing.ttl.value_or(outgoing.destination.is_multicast() ? 1 : interface(out).ttl()),
      .protocol = outgoing.protocol,
      .source = outgoing.source,
      .destination = outgoing.destination};
  packet.MakeUnique();
  header.Store(packet.Prepend(wire::Ipv4Header::kMinSize).data());
  if (!whole) return SendFragments(now, out, next_hop, packet.bytes(), path_mtu);
  if (IsAssigned(outgoing.destination)) {
    DeliverPacket(now, out, std::move(packet), false);
  } else {
    SendToNextHop(now, out, next_hop, std::move(packet));
  }
  return std::nullopt;
}

std::optional<DropReason> Ipv4Stack::SendFragments(Time now, InterfaceId out,
                                                   const Ipv4Address& next_hop, ByteView packet,
                                                   uint32_t mtu) {
  ipv4::Fragmentation fragmentation(packet, mtu);
  if (!fragmentation.possible()) return DropReason::PACKET_TOO_BIG;
  while (Packet fragment = fragmentation.Next(environment_.packets)) {
    SendToNextHop(now, out, next_hop, std::move(fragment));
  }
  return std::nullopt;
}

void Ipv4Stack::SendToNextHop(Time now, InterfaceId out, const Ipv4Address& next_hop,
                              Packet packet) {
  if (next_hop.is_multicast() || interface(out).IsBroadcast(next_hop)) {
    interface(out).SendToMany(now, next_hop, std::move(packet));
  } else {
    interface(out).SendToNeighbor(now, next_hop, std::move(packet));
  }
}

std::optional<DropReason> Ipv4Stack::AwaitSource(Time now, InterfaceId out,
                                                 const Outgoing& outgoing, Packet message) {
  const auto& addresses = interface(out).resolution().addresses();
  const bool probing = std::any_of(addresses.begin(), addresses.end(), [](const auto& address) {
    return address.state == AddressState::kTentative;
  });
  if (!probing) return DropReason::NO_SOURCE_ADDRESS;
  if (awaiting_source_.size() == kMaxAwaitingSource) {
    Drop(now, out, DropReason::NO_SOURCE_ADDRESS, awaiting_source_.front().message.bytes());
    awaiting_source_.erase(awaiting_source_.begin());
  }
  awaiting_source_.push_back({outgoing, std::move(message)});
  return std::nullopt;
}

void Ipv4Stack::RetryAwaitingSource(Time now) {
  // Taken out first: what still has to wait comes back in the same order.
  for (AwaitingSource& waiting : std::exchange(awaiting_source_, {})) {
    const Packet kept = environment_.packets.Copy(waiting.message.bytes());
    const auto failed = SendUpper(now, waiting.outgoing, std::move(waiting.message));
    if (failed) {
      Drop(now, waiting.outgoing.interface.value_or(InterfaceId{0}), *failed, kept.bytes());
    }
  }
}

std::optional<DropReason> Ipv4Stack::SendEchoRequest(Time now, const Stack::EchoRequest& request) {
  Outgoing outgoing{.destination = request.destination.ipv4(),
                    .interface = request.interface,
                    .protocol = wire::NextHeader::kIcmpv4,
                    .ttl = request.hop_limit};
  if (request.source) {
    if (!request.source->is_ipv4() || !IsAssigned(request.source->ipv4())) {
      return DropReason::NO_SOURCE_ADDRESS;
    }
    outgoing.source = request.source->ipv4();
  }
  const wire::Icmpv4Echo echo{.type = wire::Icmpv4Type::kEchoRequest,
                              .identifier = request.identifier,
                              .sequence = request.sequence,
                              .data = {}};
  Packet message = environment_.packets.Make(wire::Icmpv4Echo::kHeaderSize + request.data_size);
  echo.Store(message.mutable_bytes().data());
  uint8_t* data = message.mutable_bytes().data() + wire::Icmpv4Echo::kHeaderSize;
  for (size_t i = 0; i < request.data_size; ++i) data[i] = static_cast<uint8_t>(i);
  return SendUpper(now, outgoing, std::move(message));
}

std::optional<DropReason> Ipv4Stack::SendUdp(Time now, const Stack::UdpMessage& message) {
  Outgoing outgoing{.destination = message.destination.ipv4(),
                    .interface = message.interface,
                    .protocol = wire::NextHeader::kUdp,
                    .ttl = message.hop_limit};
  if (message.source) {
    if (!message.source->is_ipv4()) return DropReason::NO_SOURCE_ADDRESS;
    outgoing.source = message.source->ipv4();
    // Who has no address yet speaks to everybody, RFC 2131 §4.1.
    outgoing.from_nowhere = outgoing.source.is_unspecified() && outgoing.destination.is_broadcast();
    if (!outgoing.from_nowhere && !IsAssigned(outgoing.source)) {
      return DropReason::NO_SOURCE_ADDRESS;
    }
  }
  const wire::UdpDatagram datagram{
      .source = message.source_port, .destination = message.destination_port, .data = message.data};
  Packet packet = environment_.packets.Make(datagram.size());
  datagram.Store(packet.mutable_bytes().data());
  return SendUpper(now, outgoing, std::move(packet));
}

std::optional<DropReason> Ipv4Stack::SendIp(Time now, const Stack::IpMessage& message) {
  Outgoing outgoing{.destination = message.destination.ipv4(),
                    .interface = message.interface,
                    .protocol = static_cast<wire::NextHeader>(message.protocol),
                    .ttl = message.hop_limit,
                    .checksum_done = true,
                    .may_fragment = message.may_fragment};
  if (message.source) {
    if (!message.source->is_ipv4() || !IsAssigned(message.source->ipv4())) {
      return DropReason::NO_SOURCE_ADDRESS;
    }
    outgoing.source = message.source->ipv4();
  }
  return SendUpper(now, outgoing, environment_.packets.Copy(message.data));
}

std::optional<DropReason> Ipv4Stack::SendTcp(Time now, const Ipv4Address& source,
                                             const Ipv4Address& destination,
                                             uint8_t type_of_service, Packet segment) {
  return SendUpper(now,
                   {.source = source,
                    .destination = destination,
                    .protocol = wire::NextHeader::kTcp,
                    .type_of_service = type_of_service},
                   std::move(segment));
}

}  // namespace dualsim::host
