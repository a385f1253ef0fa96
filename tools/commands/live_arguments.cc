#include "tools/commands/live_arguments.h"

#include <random>
#include <utility>
#include <variant>

namespace dualsim::commands {

uint64_t DrawSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

std::string BootArgumentsText(const LiveCommand& command) {
  std::string text;
  for (const std::string& word : command.boot_arguments) {
    const char quote = word.find('\'') == std::string::npos ? '\'' : '"';
    text += quote + word + quote + " ";
  }
  return text;
}

std::optional<NamedProgram> MakeProgram(const std::string& text, std::vector<std::string>& errors) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const std::string arguments = equals == std::string::npos ? "" : text.substr(equals + 1);
  auto made = application::Registry::Make(name, arguments);
  if (const auto* wrong = std::get_if<application::ArgumentErrors>(&made)) {
    for (const std::string& line : *wrong) errors.push_back("--app " + name + ": " + line);
    return std::nullopt;
  }
  return NamedProgram{name, std::get<application::Program>(std::move(made))};
}

}  // namespace dualsim::commands
