#pragma once

#include <cstdint>
#include <string>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::sim::text {

// What the text of an upper layer needs to know of the IP header in front of it.
struct IpPacket {
  bool version6 = true;
  Ipv6Address source{};  // Of IPv4 the low 32 bits.
  Ipv6Address destination{};
  uint8_t protocol = 0;  // Of the payload: Next Header of the last header before it.
  uint8_t hop_limit = 0;
  bool router_alert = false;  // A Hop-by-Hop option, RFC 2711.
  bool fragmented = false;    // It came with a Fragment header, even of the whole.
  // The payload is all there, so that checksums can be verified.
  bool whole = true;
  // Quoted by an error: cut off anywhere, possibly changed on its way, and not
  // to be judged.
  bool quoted = false;

  // The end may be missing, which is then no fault of the sender's.
  bool cut() const { return quoted || !whole; }

  // The sum over the pseudo-header: RFC 8200 §8.1, RFC 9293 §3.1 for IPv4.
  InternetChecksum PseudoHeader(size_t upper_length) const;
};

// One IP packet, of either version: "SOURCE > DESTINATION  WHAT". `quoted` as above.
void AppendIp(std::string& out, ByteView packet, bool quoted);
void AppendIpv4(std::string& out, ByteView packet, bool quoted);
void AppendIpv6(std::string& out, ByteView packet, bool quoted);

// "{…}": the packet that an error or a redirect quotes. Within a quoted
// packet only its size, so that quotes don't nest.
void AppendQuoted(std::string& out, ByteView packet, const IpPacket& outer);

// The payload of an IP packet that begins at the upper-layer header.
void AppendUpperLayer(std::string& out, const IpPacket& ip, ByteView payload);

// ", wrong checksum 0x1234 (it should be 0x5678)" unless the checksum field at
// `offset` of `message` is right. Nothing where the packet is not whole.
void AppendChecksum(std::string& out, const IpPacket& ip, InternetChecksum pseudo_header,
                    ByteView message, size_t offset);

}  // namespace dualsim::sim::text
