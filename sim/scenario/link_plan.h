#pragma once

#include <cstdint>
#include <string>

#include "sim/net/link_config.h"
#include "sim/scenario/diagnostics.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// What a link does to frames beside carrying them.
using FaultPlan = LinkFaults;

// What can change on a link while it runs.
struct LinkSettings {
  Duration delay = Microseconds(1);
  uint64_t bits_per_second = 1'000'000'000;  // 0: unlimited, a frame takes no time to send.
  uint64_t queue_bytes = 1'000'000;          // Per direction and port; drop-tail.
  uint32_t mtu = 1500;                       // Largest IP packet; a frame has 14 bytes more.
  FaultPlan faults;
};

struct LinkPlan {
  std::string name;
  LinkKind kind = LinkKind::kSwitched;
  bool up = true;
  uint32_t cost = 1;  // Of routes that are computed.
  LinkSettings settings;
  SourceLocation where;
};

}  // namespace dualsim::sim
