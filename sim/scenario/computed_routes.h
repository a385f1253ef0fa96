#pragma once

#include "sim/scenario/plan.h"

namespace dualsim::sim {

// Gives every router of a plan routes to the prefixes of the others' interfaces,
// addresses' and advertised ones alike, by the paths of least cost. A route that
// the plan has already stays as it is.
void AddComputedRoutes(Plan* plan);

}  // namespace dualsim::sim
