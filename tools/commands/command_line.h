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

// One of --tap, --sockets and --scenario; the other fields are those of one of them, or of
// several.
struct LiveCommand {
  std::string tap{};
  std::string mac{};  // "": drawn.
  bool sockets = false;
  std::vector<std::string> boot_arguments{};
  std::vector<std::string> applications{};  // NAME or NAME=ARGUMENTS.

  std::string scenario{};
  std::vector<std::string> attach{};  // LINK=TAP.
  std::optional<uint64_t> seed{};     // Instead of the scenario's.

  std::string capture{};               // "": none.
  std::optional<Duration> duration{};  // Unset: until a signal, or the scenario's.
  bool verbose = false;
};

using Command = std::variant<RunCommand, CheckCommand, InspectCommand, LiveCommand>;

// What the command line asks for. Where there is nothing to do but to say
// something (--help, --version, a mistake), it has said so, and the answer is
// the exit code.
std::variant<Command, int> ParseCommandLine(int argc, const char* const* argv);

// Each does what its command says and answers with the exit code. OutputError
// and what the standard library throws pass through.
int Run(const RunCommand& command);
int Check(const CheckCommand& command);
int Inspect(const InspectCommand& command);
int Live(const LiveCommand& command);

}  // namespace dualsim::commands
