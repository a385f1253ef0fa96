#pragma once

#include <string>

#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {

// A message of multicast listener discovery, RFC 3810 and RFC 2710, with all its
// records. Requires the four bytes of an ICMPv6 header and such a type.
void AppendMld(std::string& out, const IpPacket& ip, ByteView message);

}  // namespace dualsim::sim::text
