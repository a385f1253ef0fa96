#pragma once

#include <string>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/text_reader.h"

namespace dualsim {
class Scenario;
}

namespace dualsim::sim {

// Whether the text is a file of cases, proto/case.proto.
bool IsFileOfCases(const dualsim::Scenario& scenario);

// A plan for every case and every variant that it runs on: `base` with the
// network and the steps of the case, its name made longer by theirs. What is
// wrong is reported; the plans are of use only if nothing is.
std::vector<Plan> LoadCases(const dualsim::Scenario& scenario, const TextLocations& locations,
                            const Plan& base, Diagnostics* diagnostics);

}  // namespace dualsim::sim
