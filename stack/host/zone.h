#pragma once

#include <cstdint>
#include <optional>

#include "stack/facts/facts.h"
#include "stack/ip/link_zone.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/zoned_address.h"

namespace dualsim::host {

// RFC 4007 §6: which link a link-local address of IPv6 is on, as tcp::Flow::zone has it.
// 0 for other addresses.
constexpr uint16_t ZoneOf(const IpAddress& address, InterfaceId interface) {
  const bool zoned = address.is_ipv6() && address.is_link_local();
  return zoned ? ip::ZoneOfLink(interface) : 0;
}

constexpr std::optional<InterfaceId> InterfaceOfZone(uint16_t zone) {
  if (zone == 0) return std::nullopt;
  return InterfaceId{static_cast<uint16_t>(zone - 1)};
}

// An address as it is seen on a link: groups of the link have a zone too.
inline ZonedAddress Zoned(const Ipv6Address& address, InterfaceId interface) {
  const bool of_link = address.is_multicast() && address.multicast_scope() <= 2;
  if (!of_link && !address.is_link_local()) return address;
  return {address, ip::ZoneOfLink(interface)};
}

}  // namespace dualsim::host
