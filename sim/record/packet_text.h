#pragma once

#include <cstdint>
#include <string>

#include "stack/base/bytes.h"

namespace dualsim::sim {

// What a capture's packets begin with, numbered as in capture files
// (https://www.tcpdump.org/linktypes.html). Those named here have a text.
enum class LinkType : uint16_t { kEthernet = 1, kRawIp = 101, kLinuxCooked = 113 };

// Adds one line, without its end, that describes an Ethernet frame in the RFCs'
// words:
//
//   fe80::ff:fe00:a > ff02::1:ff00:b  Neighbor Solicitation who has fe80::ff:fe00:b, source
//   link-layer 02:00:00:00:00:0a  [02:00:00:00:00:0a]
//
// Addresses, the headers in between, the message with all its options in the
// order on the wire, then the IP header's other fields; at the end the frame's
// MAC addresses, the destination's only where it does not follow from the IP
// destination (a group's). What must have one value and has it is left out: the
// Hop Limit of neighbour and listener discovery. Wrong checksums, malformed
// parts, and why a node that keeps to the RFCs would drop the message, are told.
//
// A function of the bytes alone, total, printable ASCII without line ends. Golden
// traces hold this text: a change of it changes them all.
void AppendPacketText(ByteView frame, std::string& out);

// The same for a packet of another link type; for an unknown one its number and size.
void AppendPacketText(LinkType type, ByteView packet, std::string& out);

}  // namespace dualsim::sim
