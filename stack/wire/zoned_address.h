#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "stack/wire/ipv6_address.h"

namespace dualsim {

// An address, and where its scope ends at a link which link that is (RFC 4007 §6):
// fe80::1 of one link is another node, or another interface, than fe80::1 of the next.
struct ZonedAddress {
  Ipv6Address address;
  uint16_t zone = 0;  // 0: the address is the same everywhere.

  ZonedAddress() = default;
  ZonedAddress(const Ipv6Address& of, uint16_t in_zone = 0) : address(of), zone(in_zone) {}
  friend bool operator==(const ZonedAddress&, const ZonedAddress&) = default;
};

}  // namespace dualsim

template <>
struct std::hash<dualsim::ZonedAddress> {
  size_t operator()(const dualsim::ZonedAddress& a) const {
    const uint64_t zone = a.zone * 0x9e3779b97f4a7c15;
    return std::hash<dualsim::Ipv6Address>()(a.address) ^ zone ^ zone >> 32;
  }
};
