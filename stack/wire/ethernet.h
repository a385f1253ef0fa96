#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

enum class EtherType : uint16_t { kIpv4 = 0x0800, kArp = 0x0806, kIpv6 = 0x86dd };

// An Ethernet II header. Frames carry no preamble and no check sequence here.
struct EthernetHeader {
  static constexpr size_t kSize = 14;

  MacAddress destination{};
  MacAddress source{};
  EtherType type{};

  static Parsed<EthernetHeader> Parse(ByteView frame);
  // Writes kSize bytes.
  void Store(uint8_t* out) const;
};

inline Parsed<EthernetHeader> EthernetHeader::Parse(ByteView frame) {
  if (frame.size() < kSize) return DropReason::FRAME_TOO_SHORT;
  const uint8_t* p = frame.data();
  EthernetHeader header;
  header.destination = MacAddress::Load(p);
  header.source = MacAddress::Load(p + 6);
  header.type = static_cast<EtherType>(LoadBig16(p + 12));
  return header;
}

inline void EthernetHeader::Store(uint8_t* out) const {
  destination.Store(out);
  source.Store(out + 6);
  StoreBig16(out + 12, static_cast<uint16_t>(type));
}

}  // namespace dualsim::wire
