#pragma once

#include <string>

#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {

// A UDP datagram, RFC 768, with what is known of DNS and DHCP in it.
void AppendUdp(std::string& out, const IpPacket& ip, ByteView message);

}  // namespace dualsim::sim::text
