#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/record/world_names.h"
#include "stack/base/bytes.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {

// A small world to record: hosts a and b and router r on "lan", r on "wan" too.
inline WorldNames SmallWorld() {
  WorldNames names;
  names.links = {"lan", "wan"};
  names.nodes = {{"a", false, {{"lan0", LinkId{0}}}},
                 {"b", false, {{"lan0", LinkId{0}}}},
                 {"r", true, {{"lan0", LinkId{0}}, {"wan0", LinkId{1}}}}};
  return names;
}
inline constexpr NodeId kA{0}, kB{1}, kR{2};
inline constexpr LinkId kLan{0}, kWan{1};

inline Ipv6Address Address(const char* text) { return *Ipv6Address::Parse(text); }

// An Ethernet frame with a Neighbor Solicitation (135) or Advertisement (136) for
// `target`; without checksum, which no recorder looks at.
inline std::vector<uint8_t> ClaimFrame(uint8_t type, const Ipv6Address& source,
                                       const Ipv6Address& target) {
  std::vector<uint8_t> frame(14 + 40 + 24);
  frame[12] = 0x86;
  frame[13] = 0xdd;
  frame[14] = 0x60;
  frame[14 + 5] = 24;
  frame[14 + 6] = 58;
  frame[14 + 7] = 255;
  source.Store(&frame[14 + 8]);
  (type == 135 ? target.SolicitedNode() : Ipv6Address::AllNodes()).Store(&frame[14 + 24]);
  frame[54] = type;
  target.Store(&frame[62]);
  return frame;
}

inline FrameEvent EventOf(const std::vector<uint8_t>& frame, LinkId link, NodeId sender) {
  FrameEvent event;
  event.link = link;
  event.sender = sender;
  event.frame = frame;
  return event;
}

}  // namespace dualsim::sim
