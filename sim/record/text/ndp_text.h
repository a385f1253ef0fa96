#pragma once

#include <string>

#include "sim/record/text/ip_packet.h"

namespace dualsim::sim::text {

// One of the five messages of neighbour discovery, RFC 4861 §4, with every
// option in the order on the wire. ", invalid: …" says why a node that keeps to
// the RFC drops it. Requires the four bytes of an ICMPv6 header and such a type.
void AppendNdp(std::string& out, const IpPacket& ip, ByteView message);

}  // namespace dualsim::sim::text
