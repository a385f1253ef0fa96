#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/scenario/diagnostics.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// Probabilities are whole parts per billion, so that nothing is rounded.
using PartsPerBillion = uint32_t;

// Bursts of loss after Gilbert and Elliott: the link is in a good or in a bad
// state; before each frame it may change its state, and then the frame is lost
// with the probability of the state.
struct BurstLoss {
  PartsPerBillion enter = 0;  // From good to bad.
  PartsPerBillion leave = 0;  // From bad to good.
  PartsPerBillion loss_while_good = 0;
  PartsPerBillion loss_while_bad = 1'000'000'000;
  friend bool operator==(const BurstLoss&, const BurstLoss&) = default;
};

// What a link does to frames beside carrying them.
struct FaultPlan {
  PartsPerBillion loss = 0;
  std::optional<BurstLoss> burst_loss;
  PartsPerBillion duplicate = 0;
  PartsPerBillion reorder = 0;  // Frames that are held back by reorder_delay ...
  Duration reorder_delay;       // ... and so overtaken by later ones.
  Duration jitter;              // Added to the delay: uniform in [0, jitter], order kept.
  PartsPerBillion corrupt = 0;  // One bit is flipped.
  friend bool operator==(const FaultPlan&, const FaultPlan&) = default;
};

// What can change on a link while it runs.
struct LinkSettings {
  Duration delay = Microseconds(1);
  uint64_t bits_per_second = 1'000'000'000;  // 0: unlimited, a frame takes no time to send.
  uint64_t queue_bytes = 1'000'000;          // Per direction and port; drop-tail.
  uint32_t mtu = 1500;                       // Largest IP packet; a frame has 14 bytes more.
  FaultPlan faults;
};

enum class LinkKind : uint8_t { kSwitched, kPointToPoint };

struct LinkPlan {
  std::string name;
  LinkKind kind = LinkKind::kSwitched;
  bool up = true;
  uint32_t cost = 1;  // Of routes that are computed.
  LinkSettings settings;
  SourceLocation where;
};

}  // namespace dualsim::sim
