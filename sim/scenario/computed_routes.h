#pragma once

#include <cstddef>

#include "sim/scenario/plan.h"

namespace dualsim::sim {

// Gives every router of a plan routes to the prefixes of the others' interfaces,
// addresses' and advertised ones alike, by the paths of least cost. A route that
// the plan has already stays as it is. False, and nothing is done, where the
// routers and prefixes are so many that all routes together could be more than
// kMostComputedRoutes.
bool AddComputedRoutes(Plan* plan);

inline constexpr size_t kMostComputedRoutes = 4'000'000;

}  // namespace dualsim::sim
