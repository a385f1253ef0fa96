#include <exception>
#include <new>
#include <string>
#include <variant>

#include "sim/record/output_file.h"
#include "tools/commands/command_line.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

int Do(const RunCommand& command) { return Run(command); }
int Do(const CheckCommand& command) { return Check(command); }
int Do(const InspectCommand& command) { return Inspect(command); }
int Do(const LiveCommand& command) { return Live(command); }

int Main(int argc, char** argv) {
  try {
    const auto parsed = ParseCommandLine(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    CatchSignals();
    return std::visit([](const auto& command) { return Do(command); }, std::get<Command>(parsed));
  } catch (const sim::OutputError& error) {
    PrintError("dualsim: " + std::string(error.what()) + "\n");
    return kRefused;
  } catch (const std::bad_alloc&) {
    PrintError("dualsim: out of memory\n");
  } catch (const std::exception& error) {
    PrintError("dualsim: a fault of its own: " + std::string(error.what()) + "\n");
  }
  return kFault;
}

}  // namespace
}  // namespace dualsim::commands

int main(int argc, char** argv) { return dualsim::commands::Main(argc, argv); }
