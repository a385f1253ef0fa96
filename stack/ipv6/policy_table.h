#pragma once

#include "stack/wire/ip_address.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

// The terms in which RFC 6724 compares addresses of either family. IPv4
// addresses are compared as ::ffff:a.b.c.d.

// The scope of an address (§3.1, §3.2): a multicast address's own four bits, 2
// for link-local and loopback, 5 for site-local, else 14. Of IPv4-mapped
// addresses those of 169.254.0.0/16 and 127.0.0.0/8 are link-local.
int ScopeOf(const Ipv6Address& address);

// What the default policy table says of an address, §2.1.
struct Policy {
  int precedence = 40;
  int label = 1;
};
Policy PolicyOf(const Ipv6Address& address);
inline int LabelOf(const Ipv6Address& address) { return PolicyOf(address).label; }
inline int PrecedenceOf(const Ipv6Address& address) { return PolicyOf(address).precedence; }

// How the table and the scopes see an address.
Ipv6Address Mapped(const IpAddress& address);

}  // namespace dualsim::ipv6
