#pragma once

#include <string>

#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {

// An ICMPv6 message, RFC 4443; neighbour and listener discovery are passed on.
void AppendIcmpv6(std::string& out, const IpPacket& ip, ByteView message);

}  // namespace dualsim::sim::text
