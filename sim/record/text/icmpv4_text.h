#pragma once

#include <string>

#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {

// An ICMP message of IPv4, RFC 792.
void AppendIcmpv4(std::string& out, const IpPacket& ip, ByteView message);

}  // namespace dualsim::sim::text
