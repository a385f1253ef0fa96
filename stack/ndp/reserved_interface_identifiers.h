#pragma once

#include <cstdint>

namespace dualsim::ndp {

// Whether an interface identifier that a node makes up is to be avoided: those
// of RFC 5453 and the IANA registry behind it. All others are alike, whatever
// their u and g bits (RFC 7136 §5).
constexpr bool IsReservedInterfaceIdentifier(uint64_t identifier) {
  // The Subnet-Router anycast address, RFC 4291 §2.6.1.
  if (identifier == 0) return true;
  // What IANA's Ethernet block gives, Proxy Mobile IPv6's (RFC 6543) among it.
  if (identifier >> 24 == 0x02'00'5e'ff'fe) return true;
  // Subnet anycast addresses, RFC 2526.
  return identifier >= 0xfdff'ffff'ffff'ff80 && identifier <= 0xfdff'ffff'ffff'ffff;
}

}  // namespace dualsim::ndp
