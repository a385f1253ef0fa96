#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

inline const Ipv6Address kSender = *Ipv6Address::Parse("2001:db8::1");
inline const Ipv6Address kReceiver = *Ipv6Address::Parse("2001:db8::2");

using Bytes = std::vector<uint8_t>;

// Bytes that tell their place: 0, 1, 2, ...
inline Bytes Pattern(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + i / 256);
  return bytes;
}

// An IPv6 packet from kSender to kReceiver.
inline Bytes MakePacket(wire::NextHeader next_header, ByteView payload) {
  Bytes packet(wire::Ipv6Header::kSize + payload.size());
  wire::Ipv6Header header;
  header.payload_length = static_cast<uint16_t>(payload.size());
  header.next_header = next_header;
  header.source = kSender;
  header.destination = kReceiver;
  header.Store(packet.data());
  std::copy(payload.begin(), payload.end(), packet.begin() + wire::Ipv6Header::kSize);
  return packet;
}

}  // namespace dualsim::ipv6
