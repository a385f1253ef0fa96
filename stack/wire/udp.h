#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/parsed.h"
#include "stack/wire/port.h"

namespace dualsim::wire {

// A UDP datagram, RFC 768.
struct UdpDatagram {
  static constexpr size_t kHeaderSize = 8;

  Port source{};
  Port destination{};
  ByteView data{};  // Of the bytes that were parsed.

  // `bytes` is the whole IP payload; those after the Length field's count are
  // not the datagram's. A checksum of 0 (none was computed) is accepted over
  // IPv4 and refused over IPv6, RFC 8200 §8.1.
  static Parsed<UdpDatagram> Parse(ByteView bytes, const IpAddress& source,
                                   const IpAddress& destination);
  size_t size() const { return kHeaderSize + data.size(); }
  // Writes size() bytes; the checksum field stays 0. Requires size() <= 65535.
  void Store(uint8_t* out) const;
};

// Computes and stores the checksum of a whole datagram; one that comes out as 0
// is sent as 0xffff.
void StoreUdpChecksum(MutableByteView datagram, const IpAddress& source,
                      const IpAddress& destination);

}  // namespace dualsim::wire
