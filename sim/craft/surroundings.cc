#include "sim/craft/surroundings.h"

namespace dualsim::craft {
namespace {

Ipv6Address WithEui64(const Ipv6Prefix& prefix, const MacAddress& mac) {
  return Ipv6Address::FromIntegers(prefix.address().high(), Eui64InterfaceIdentifier(mac));
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
