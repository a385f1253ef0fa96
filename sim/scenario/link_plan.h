#pragma once

#include <cstdint>
#include <string>

#include "sim/net/link_config.h"
#include "sim/scenario/diagnostics.h"

namespace dualsim::sim {

struct LinkPlan {
  std::string name;
  LinkKind kind = LinkKind::kSwitched;
  bool up = true;     // At the start.
  uint32_t cost = 1;  // Of routes that are computed.
  LinkParameters parameters;
  LinkFaults faults;
  SourceLocation where;
};

}  // namespace dualsim::sim
