#include "stack/ipv6/policy_table.h"

namespace dualsim::ipv6 {
namespace {

constexpr int kLinkLocalScope = 2;
constexpr int kSiteLocalScope = 5;
constexpr int kGlobalScope = 14;

struct Row {
  Ipv6Address prefix;
  int length;
  Policy policy;
};

// RFC 6724 §2.1, longest prefix first; ::/0 is what remains.
constexpr Row kRows[] = {
    {Ipv6Address::FromIntegers(0, 1), 128, {.precedence = 50, .label = 0}},
    {Ipv6Address::FromIntegers(0, 0xffff'0000'0000), 96, {.precedence = 35, .label = 4}},
    {Ipv6Address::FromIntegers(0, 0), 96, {.precedence = 1, .label = 3}},
    {Ipv6Address::FromIntegers(0x2001'0000ull << 32, 0), 32, {.precedence = 5, .label = 5}},
    {Ipv6Address::FromIntegers(0x2002ull << 48, 0), 16, {.precedence = 30, .label = 2}},
    {Ipv6Address::FromIntegers(0x3ffeull << 48, 0), 16, {.precedence = 1, .label = 12}},
    {Ipv6Address::FromIntegers(0xfec0ull << 48, 0), 10, {.precedence = 1, .label = 11}},
    {Ipv6Address::FromIntegers(0xfc00ull << 48, 0), 7, {.precedence = 3, .label = 13}},
};

int ScopeOfIpv4(uint32_t address) {
  const bool link_local = address >> 16 == 0xa9fe || address >> 24 == 127;
  return link_local ? kLinkLocalScope : kGlobalScope;
}

}  // namespace

int ScopeOf(const Ipv6Address& address) {
  if (address.is_multicast()) return address.multicast_scope();
  if (address.is_link_local() || address.is_loopback()) return kLinkLocalScope;
  if (address.high() >> 54 == 0xfec0ull >> 6) return kSiteLocalScope;
  if (address.is_ipv4_mapped()) return ScopeOfIpv4(static_cast<uint32_t>(address.low()));
  return kGlobalScope;
}

Policy PolicyOf(const Ipv6Address& address) {
  for (const Row& row : kRows) {
    if (CommonPrefixLength(address, row.prefix) >= row.length) return row.policy;
  }
  return {};
}

Ipv6Address Mapped(const IpAddress& address) {
  if (address.is_ipv6()) return address.ipv6();
  return Ipv6Address::FromIntegers(0, 0xffff'0000'0000 | address.ipv4().ToInteger());
}

}  // namespace dualsim::ipv6
