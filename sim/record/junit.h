#pragma once

#include <span>
#include <string>

#include "sim/record/run_summary.h"

namespace dualsim::sim {

// The runs of a call as JUnit's XML: a suite per scenario, a case per
// expectation, and one for the golden trace where it was checked and differs. It
// holds simulated times alone: the same runs give the same bytes.
std::string JUnitReport(std::span<const RunSummary> runs);

}  // namespace dualsim::sim
