#pragma once

#include <cstdint>

#include "stack/facts/facts.h"

namespace dualsim::ip {

// The zone of what means something on an interface's link alone, RFC 4007 §6, as a number
// over 0: 0 is that of everything else.
constexpr uint16_t ZoneOfLink(InterfaceId interface) {
  return static_cast<uint16_t>(static_cast<uint16_t>(interface) + 1);
}

}  // namespace dualsim::ip
