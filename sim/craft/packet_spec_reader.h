#pragma once

#include <string>
#include <vector>

#include "sim/craft/packet_spec.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/text_reader.h"

namespace dualsim {
class Frame;
}

namespace dualsim::craft {

// The names that a frame may use.
struct NameScope {
  std::vector<std::string> nodes;
  std::vector<std::string> links;
  std::vector<std::string> packets;  // Sent or seen before.
};

// What a frame is described for: to be sent, or as a pattern.
enum class FrameUse { kSend, kPattern };

inline constexpr size_t kMaximumLayers = 64;

// Reads a description as the scenario has it. Whatever is wrong is reported at
// its place: values that fit no field, names that nobody has, fields that mean
// nothing for this use, and, of a frame to send, what lacks a default.
PacketSpec ReadPacketSpec(const dualsim::Frame& frame, const sim::TextLocations& locations,
                          const NameScope& names, FrameUse use, sim::Diagnostics* diagnostics);

}  // namespace dualsim::craft
