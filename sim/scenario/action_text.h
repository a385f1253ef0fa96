#pragma once

#include <string>

#include "sim/scenario/action.h"
#include "sim/scenario/plan.h"

namespace dualsim::sim {

// An action in words, one line: "link lan down". Golden traces hold this text.
std::string DescribeAction(const Plan& plan, const Action& action);

}  // namespace dualsim::sim
