#include <string>

#include "sim/scenario/load.h"
#include "tools/commands/command_line.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/load_files.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {

int Check(const CheckCommand& command) {
  int code = kAllHeld;
  for (const std::string& file : command.files) {
    if (Interrupted()) return kInterrupted;
    if (IsRequirementsFile(file)) {
      if (!LoadRequirements(file)) {
        code = kRefused;
      } else if (!command.quiet) {
        Print(file + ": fine\n");
      }
      continue;
    }
    const sim::LoadResult loaded = sim::LoadScenarioFile(file);
    if (!loaded.diagnostics.empty()) {
      PrintError(loaded.diagnostics.ToString());
      code = kRefused;
    } else if (!command.quiet) {
      Print(file + ": fine\n");
    }
  }
  return code;
}

}  // namespace dualsim::commands
