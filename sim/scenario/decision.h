#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/diagnostics.h"
#include "stack/base/time.h"

namespace dualsim::sim {

enum class Verdict : uint8_t {
  kHeld,
  kFailed,
  kUndecided,  // The run ended before it could be told.
};

// What was found about one expectation.
struct Decision {
  Verdict verdict = Verdict::kUndecided;
  Time at;                    // When it was known.
  std::string seen;           // Of a failure: what was true instead.
  std::optional<Time> since;  // Of a state: since when that is so.
  // Of a failed step of a case: what it expects, and its place.
  std::string expected;
  std::optional<SourceLocation> where;

  // Where to look for the packets around a failure, and around which time.
  std::vector<NodeId> nodes;
  std::vector<LinkId> links;
  Time around;
};

}  // namespace dualsim::sim
