#pragma once

#include <cstdint>
#include <optional>

#include "stack/application/error.h"
#include "stack/application/network.h"
#include "stack/wire/ip_address.h"

// What the implementations of the interface share.
namespace dualsim::application {

// What an ICMP error's type and code say to a program (RFC 792, RFC 4443 §3.1, §3.2).
Error ErrorOfIcmp(IpFamily family, uint8_t type, uint8_t code);

// The broadcast address of an IPv4 address's prefix (RFC 919 §7); nullopt where the prefix has
// room for none (RFC 3021), and in IPv6.
std::optional<Ipv4Address> BroadcastOf(const IpAddress& address, int prefix_length);
// Whether the destination is the broadcast address of one of the network's own prefixes: no
// connection leads there (RFC 1122 §4.2.3.10).
bool IsOwnBroadcast(const Network& network, const IpAddress& destination);

}  // namespace dualsim::application
