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

  MacAddress destination;
  MacAddress source;
  EtherType type{};

  static Parsed<EthernetHeader> Parse(ByteView frame);
  // Writes kSize bytes.
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
