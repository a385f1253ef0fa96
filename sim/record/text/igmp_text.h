#pragma once

#include <string>

#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {

// A group membership message of IPv4: RFC 1112, RFC 2236, RFC 3376.
void AppendIgmp(std::string& out, const IpPacket& ip, ByteView message);

}  // namespace dualsim::sim::text
