#pragma once

#include <string>

#include "sim/scenario/expectation.h"
#include "sim/scenario/plan.h"

namespace dualsim::sim {

// An expectation in words, one line: "by 2s: a has address fe80::ff:fe00:a
// PREFERRED". Of the plan it needs the names of nodes and links, and the pings.
std::string DescribeExpectation(const Plan& plan, const Expectation& expectation);

}  // namespace dualsim::sim
