#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/application/registry.h"
#include "tools/commands/command_line.h"

namespace dualsim::commands {

// The machine's randomness: nobody is to guess what a live host draws.
uint64_t DrawSeed();

// The boot arguments as one text again, which the shell took apart.
std::string BootArgumentsText(const LiveCommand& command);

// What --app asks for.
struct NamedProgram {
  std::string name;
  application::Program program;
};
// "echo=--port=8" as a program; nullopt where `errors` got lines that say why not.
std::optional<NamedProgram> MakeProgram(const std::string& text, std::vector<std::string>& errors);

// `dualsim live --sockets`: the exit code.
int LiveOnSockets(const LiveCommand& command);

}  // namespace dualsim::commands
