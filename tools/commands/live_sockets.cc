#include <sys/resource.h>

#include <string>
#include <system_error>
#include <vector>

#include "sim/record/frame_notes.h"
#include "sim/record/world_names.h"
#include "sim/scenario/units.h"
#include "stack/host/boot_arguments.h"
#include "stack/host/boot_configuration.h"
#include "stack/os/event_loop.h"
#include "stack/os/sockets/programs.h"
#include "stack/os/sockets/sockets_config.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/live_arguments.h"
#include "tools/commands/live_report.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

using Errors = std::vector<std::string>;

// What is to run.
struct SocketsShow {
  os::SocketsConfig config;
  application::Settings settings;
  std::vector<NamedProgram> programs;
};

SocketsShow PrepareSockets(const LiveCommand& command, Errors& errors) {
  SocketsShow show;
  const auto parsed = host::ParseBootArguments(BootArgumentsText(command));
  errors.insert(errors.end(), parsed.errors.begin(), parsed.errors.end());
  if (parsed.ok()) {
    const host::BootArguments& arguments = parsed.stacks.front();
    os::SocketsFromArguments made = os::ApplyBootArguments(arguments);
    errors.insert(errors.end(), made.errors.begin(), made.errors.end());
    for (const std::string& note : made.notes) PrintError("dualsim: " + note + "\n");
    show.config = std::move(made.config);
    show.settings = host::SettingsOf(arguments);
    if (show.settings.host_name.empty()) show.settings.host_name = "host";
    const Errors unfit = os::FitToMachine(&show.config);
    errors.insert(errors.end(), unfit.begin(), unfit.end());
    os::AddResolverFile("/etc/resolv.conf", &show.config.name_servers);
  }
  for (const std::string& text : command.applications) {
    if (auto made = MakeProgram(text, errors)) show.programs.push_back(*std::move(made));
  }
  return show;
}

// "IPv4 at 127.0.0.1, IPv6 at every address"
std::string Describe(const os::SocketsConfig& config) {
  std::string text;
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    if (!config.runs(family)) continue;
    const IpAddress at = config.ListenAddress(family);
    text += std::string(text.empty() ? "" : ", ") +
            (family == IpFamily::kIpv4 ? "IPv4 at " : "IPv6 at ") +
            (at.is_unspecified() ? "every address" : at.ToString());
  }
  return text;
}

std::string Text(const os::Programs::Counters& counters) {
  return "TCP: " + std::to_string(counters.connections) + " connections, " +
         std::to_string(counters.failed) + " failures, " + std::to_string(counters.bytes_read) +
         " bytes read, " + std::to_string(counters.bytes_written) +
         " written\nUDP: " + std::to_string(counters.datagrams_received) + " datagrams received, " +
         std::to_string(counters.datagrams_sent) + " sent\n";
}

// Prints what programs log, as the traces have it.
class SocketsPrinter final : public Observer {
 public:
  explicit SocketsPrinter(bool verbose)
      : notes_(names_), printer_(names_, notes_, verbose), verbose_(verbose) {
    names_.nodes.push_back({.name = "host", .is_router = false, .interfaces = {}});
  }
  void OnLog(Time time, const LogFact& fact) override {
    printer_.OnLog(time, sim::NodeId{0}, fact);
  }
  void OnApplication(Time time, const ApplicationFact& fact) override {
    if (verbose_) {
      printer_.OnLog(time, sim::NodeId{0},
                     {.text = fact.running ? "begins" : "ends", .application = fact.name});
    }
  }

 private:
  sim::WorldNames names_;
  sim::FrameNotes notes_;
  LivePrinter printer_;
  const bool verbose_;
};

// As many files as the machine lets one have: each connection is one.
void RaiseFileLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int PlayOnSockets(const LiveCommand& command, SocketsShow& show) {
  RaiseFileLimit();
  os::EventLoop loop;
  SocketsPrinter printer(command.verbose);
  const RandomSource random(command.seed ? *command.seed : DrawSeed(), show.settings.host_name);
  os::Programs programs(show.config, loop, printer, random, show.settings);
  Print("sockets: " + Describe(show.config) + "\n");
  for (NamedProgram& one : show.programs) programs.Start(one.name, std::move(one.program));
  const Time end = command.duration ? loop.now() + *command.duration : Time::Never();
  while (programs.count() > 0 && !Interrupted() && loop.now() < end) programs.Run(end);
  programs.StopAll();
  Print("ended after " + sim::TimeText(loop.now()) + "\n" + Text(programs.counters()));
  return kAllHeld;
}

}  // namespace

int LiveOnSockets(const LiveCommand& command) {
  Errors errors;
  SocketsShow show = PrepareSockets(command, errors);
  for (const std::string& error : errors) PrintError("dualsim: " + error + "\n");
  if (!errors.empty()) return kRefused;
  try {
    return PlayOnSockets(command, show);
  } catch (const std::system_error& error) {
    PrintError("dualsim: the operating system refuses: " + std::string(error.what()) + "\n");
    return kRefused;
  }
}

}  // namespace dualsim::commands
