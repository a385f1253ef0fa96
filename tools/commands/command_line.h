#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "stack/base/time.h"

namespace dualsim::commands {

enum class GoldenMode : uint8_t { kIgnore, kCheck, kUpdate };

struct RunCommand {
  std::vector<std::string> files;
  std::optional<uint64_t> seed;
  std::optional<Time> until;
  std::string out = "out";
  int jobs = 0;                    // 0: as many as there are processors.
  std::string junit;               // "": none.
  std::string conformance_page{};  // Likewise.
  GoldenMode golden = GoldenMode::kIgnore;
  bool quiet = false;
  bool verbose = false;
  bool capture = true;
  bool trace = true;
  bool database = true;
  bool database_frames = true;
};

struct CheckCommand {
  std::vector<std::string> files;
  bool quiet = false;
};

struct InspectCommand {
  std::string capture;
  std::string filter;
};

using Command = std::variant<RunCommand, CheckCommand, InspectCommand>;

// What the command line asks for. Where there is nothing to do but to say
// something (--help, --version, a mistake), it has said so, and the answer is
// the exit code.
std::variant<Command, int> ParseCommandLine(int argc, const char* const* argv);

// Each does what its command says and answers with the exit code. OutputError
// and what the standard library throws pass through.
int Run(const RunCommand& command);
int Check(const CheckCommand& command);
int Inspect(const InspectCommand& command);

}  // namespace dualsim::commands
