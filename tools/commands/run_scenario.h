#pragma once

#include <string>

#include "sim/record/run_summary.h"
#include "sim/scenario/plan.h"
#include "tools/commands/command_line.h"
#include "tools/commands/progress.h"

namespace dualsim::commands {

// What became of one scenario of a call.
struct Outcome {
  int code = 0;             // An ExitCode.
  std::string report;       // What to print, every line ended; "" for nothing.
  std::string complaint;    // What to say on standard error, likewise.
  sim::RunSummary summary;  // Only where the run came to its end.
  bool ended = false;
};

// Runs one scenario, records it, and compares or writes its golden trace. It
// prints nothing and throws nothing but what is a fault of dualsim's own.
Outcome RunScenario(const sim::Plan& plan, const RunCommand& command, Progress& progress);

}  // namespace dualsim::commands
