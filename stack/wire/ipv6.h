#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// Next Header values, of IANA's "Assigned Internet Protocol Numbers".
enum class NextHeader : uint8_t {
  kHopByHop = 0,
  kTcp = 6,
  kUdp = 17,
  kRouting = 43,
  kFragment = 44,
  kIcmpv6 = 58,
  kNone = 59,
  kDestinationOptions = 60,
};

// The IPv6 header, RFC 8200 §3.
struct Ipv6Header {
  static constexpr size_t kSize = 40;

  uint8_t traffic_class = 0;
  uint32_t flow_label = 0;  // 20 bits
  uint16_t payload_length = 0;
  NextHeader next_header{};
  uint8_t hop_limit = 64;
  Ipv6Address source;
  Ipv6Address destination;

  // Checks the version, and that the packet holds what Payload Length says;
  // bytes after that (Ethernet padding) are not the packet's.
  static Parsed<Ipv6Header> Parse(ByteView packet);
  // Writes kSize bytes.
  void Store(uint8_t* out) const;
};

// The pseudo-header of RFC 8200 §8.1, to be summed with the upper-layer packet.
InternetChecksum PseudoHeader(const Ipv6Address& source, const Ipv6Address& destination,
                              NextHeader upper, size_t upper_length);

}  // namespace dualsim::wire
