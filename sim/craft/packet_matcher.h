#pragma once

#include <cstddef>
#include <string>

#include "sim/craft/packet_dissector.h"
#include "sim/craft/packet_spec.h"
#include "sim/craft/surroundings.h"

namespace dualsim::craft {

// How a frame compares with a pattern.
struct MatchResult {
  bool matches = false;
  // Where it does not: how near it came, so that of several frames the one that
  // was most likely meant can be shown, and why not, as a clause: "ipv6:
  // hop_limit is 64, expected 255".
  size_t nearness = 0;
  std::string reason;
};

// Compares a frame with a pattern as proto/packet.proto says. Names are looked
// up when a frame is compared: one that means nothing matches nothing.
MatchResult Match(const PacketSpec& pattern, const Dissection& frame,
                  const Surroundings& surroundings);

}  // namespace dualsim::craft
