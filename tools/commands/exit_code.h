#pragma once

namespace dualsim::commands {

// What the shell sees.
enum ExitCode : int {
  kAllHeld = 0,
  kFailed = 1,         // An expectation did not hold, or a golden trace differs.
  kRefused = 2,        // The scenario or the command line is wrong, or an output can't be written.
  kFault = 3,          // A fault of dualsim's own.
  kInterrupted = 130,  // Ctrl-C, as shells have it.
};

}  // namespace dualsim::commands
