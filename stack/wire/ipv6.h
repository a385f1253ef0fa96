#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/checksum.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

// Next Header values, and those of IPv4's Protocol field: IANA's "Assigned Internet
// Protocol Numbers".
enum class NextHeader : uint8_t {
  kHopByHop = 0,
  kIcmpv4 = 1,
  kIgmp = 2,
  kTcp = 6,
  kUdp = 17,
  kIpv6 = 41,
  kRouting = 43,
  kFragment = 44,
  kEncapsulatingSecurityPayload = 50,  // RFC 4303
  kAuthentication = 51,                // RFC 4302
  kIcmpv6 = 58,
  kNone = 59,
  kDestinationOptions = 60,
  kMobility = 135,      // RFC 6275
  kHostIdentity = 139,  // RFC 7401
  kShim6 = 140,         // RFC 5533
};

// The IPv6 header, RFC 8200 §3.
struct Ipv6Header {
  static constexpr size_t kSize = 40;

  uint8_t traffic_class = 0;
  uint32_t flow_label = 0;  // 20 bits
  uint16_t payload_length = 0;
  NextHeader next_header{};
  uint8_t hop_limit = 64;
  Ipv6Address source{};
  Ipv6Address destination{};

  // Checks the version, and that the packet holds what Payload Length says;
  // bytes after that (Ethernet padding) are not the packet's.
  static Parsed<Ipv6Header> Parse(ByteView packet);
  // Writes kSize bytes.
  void Store(uint8_t* out) const;
};

// The pseudo-header of RFC 8200 §8.1, to be summed with the upper-layer packet.
InternetChecksum PseudoHeader(const Ipv6Address& source, const Ipv6Address& destination,
                              NextHeader upper, size_t upper_length);

inline Parsed<Ipv6Header> Ipv6Header::Parse(ByteView packet) {
  if (packet.size() < kSize) return DropReason::IPV6_HEADER_TRUNCATED;
  const uint8_t* p = packet.data();
  const uint32_t first = LoadBig32(p);
  if (first >> 28 != 6) return DropReason::IPV6_BAD_VERSION;
  Ipv6Header header;
  header.payload_length = LoadBig16(p + 4);
  if (packet.size() - kSize < header.payload_length) return DropReason::IPV6_TRUNCATED;
  header.traffic_class = static_cast<uint8_t>(first >> 20);
  header.flow_label = first & 0xfffff;
  header.next_header = static_cast<NextHeader>(p[6]);
  header.hop_limit = p[7];
  header.source = Ipv6Address::Load(p + 8);
  header.destination = Ipv6Address::Load(p + 24);
  return header;
}

inline void Ipv6Header::Store(uint8_t* out) const {
  StoreBig32(
      out, uint32_t{6} << 28 | static_cast<uint32_t>(traffic_class) << 20 | (flow_label & 0xfffff));
  StoreBig16(out + 4, payload_length);
  out[6] = static_cast<uint8_t>(next_header);
  out[7] = hop_limit;
  source.Store(out + 8);
  destination.Store(out + 24);
}

}  // namespace dualsim::wire
