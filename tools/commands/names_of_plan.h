#pragma once

#include "sim/record/world_names.h"
#include "sim/scenario/plan.h"

namespace dualsim::commands {

// The names behind the ids of the plan's world, for recorders.
sim::WorldNames NamesOf(const sim::Plan& plan);

}  // namespace dualsim::commands
