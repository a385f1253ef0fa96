#pragma once

#include <string>

#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {

// A TCP segment, RFC 9293: flags, numbers, options.
void AppendTcp(std::string& out, const IpPacket& ip, ByteView message);

}  // namespace dualsim::sim::text
