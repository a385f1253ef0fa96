#include "sim/craft/surroundings.h"

#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"

namespace dualsim::craft {
namespace {

Ipv6Address WithEui64(const Ipv6Prefix& prefix, const MacAddress& mac) {
  return Ipv6Address::FromIntegers(prefix.address().high(), Eui64InterfaceIdentifier(mac));
}

// The address that a packet has there; nullopt where it is no such packet.
std::optional<Ipv6Address> AddressIn(ByteView packet, AddressTerm::Kind kind) {
  constexpr size_t kNextHeaderField = 6;
  constexpr size_t kSourceField = 8;
  constexpr size_t kDestinationField = 24;
  constexpr size_t kTargetField = wire::Ipv6Header::kSize + 8;  // RFC 4861 §4.3 and §4.4
  if (packet.size() < wire::Ipv6Header::kSize || packet[0] >> 4 != 6) return std::nullopt;
  if (kind == AddressTerm::Kind::kSource) return Ipv6Address::Load(packet.data() + kSourceField);
  if (kind == AddressTerm::Kind::kDestination) {
    return Ipv6Address::Load(packet.data() + kDestinationField);
  }
  if (packet[kNextHeaderField] != static_cast<uint8_t>(wire::NextHeader::kIcmpv6) ||
      packet.size() < kTargetField + Ipv6Address::kSize) {
    return std::nullopt;
  }
  const auto type = static_cast<wire::Icmpv6Type>(packet[wire::Ipv6Header::kSize]);
  if (type != wire::Icmpv6Type::kNeighborSolicitation &&
      type != wire::Icmpv6Type::kNeighborAdvertisement) {
    return std::nullopt;
  }
  return Ipv6Address::Load(packet.data() + kTargetField);
}

std::optional<Ipv6Address> Find(const AddressTerm& term, const Surroundings& surroundings) {
  using Kind = AddressTerm::Kind;
  switch (term.kind) {
    case Kind::kLiteral:
      return term.literal;
    case Kind::kLinkLocal:
      return surroundings.LinkLocal(term.node);
    case Kind::kGlobal:
      return surroundings.Global(term.node);
    case Kind::kWithin:
      if (const auto found = surroundings.Within(term.node, term.prefix)) return found;
      break;
    case Kind::kEui64:
      break;
    case Kind::kUnicast:
      return std::nullopt;
    case Kind::kCounted: {
      const uint64_t low = term.literal.low() + surroundings.count();
      const uint64_t carry = low < term.literal.low() ? 1 : 0;
      return Ipv6Address::FromIntegers(term.literal.high() + carry, low);
    }
    case Kind::kSource:
    case Kind::kDestination:
    case Kind::kTarget: {
      const std::optional<ByteView> packet = surroundings.FindPacket(term.packet);
      return packet ? AddressIn(*packet, term.kind) : std::nullopt;
    }
  }
  const auto mac = surroundings.Mac(term.node);
  if (!mac || term.prefix.length() > 64) return std::nullopt;
  return WithEui64(term.prefix, *mac);
}

}  // namespace

Resolution<Ipv6Address> Resolve(const AddressTerm& term, const Surroundings& surroundings) {
  const std::optional<Ipv6Address> found = Find(term, surroundings);
  if (!found) return {std::nullopt, "there is no " + term.ToString()};
  return {term.solicited_node ? found->SolicitedNode() : *found, ""};
}

Resolution<MacAddress> Resolve(const MacTerm& term, const Surroundings& surroundings) {
  switch (term.kind) {
    case MacTerm::Kind::kLiteral:
      break;
    case MacTerm::Kind::kCounted:
      return {MacAddress::FromInteger((term.literal.ToInteger() + surroundings.count()) &
                                      0xffff'ffff'ffff),
              ""};
    case MacTerm::Kind::kNode: {
      const auto mac = surroundings.Mac(term.node);
      if (!mac) return {std::nullopt, "there is no " + term.ToString()};
      return {*mac, ""};
    }
    case MacTerm::Kind::kGroup: {
      const Resolution<Ipv6Address> group = Resolve(term.group, surroundings);
      if (!group.value) return {std::nullopt, group.error};
      return {MacAddress::ForGroup(*group.value), ""};
    }
  }
  return {term.literal, ""};
}

}  // namespace dualsim::craft
