#include "tools/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iostream>
#include <string_view>

#include "sim/scenario/near_name.h"
#include "sim/scenario/units.h"
#include "tools/commands/exit_code.h"

namespace dualsim::commands {
namespace {

constexpr const char* kVersion = "dualsim 0.1";

constexpr const char* kExitCodes =
    "Exit codes: 0 all held; 1 an expectation failed; 2 the scenario or the command line is\n"
    "wrong, or an output can't be written; 3 a fault of dualsim's own.";

template <typename Integer>
Integer ReadInteger(const std::string& option, const std::string& text, const char* range) {
  Integer value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) {
    throw CLI::ValidationError(option, "'" + text + "' is not a whole number " + range);
  }
  return value;
}

Duration ReadDurationOption(const std::string& option, const std::string& text) {
  const auto duration = sim::ReadDuration(text);
  if (!duration.value) throw CLI::ValidationError(option, duration.error);
  return *duration.value;
}

void AddSeedAndUntil(CLI::App& app, RunCommand& run) {
  app.add_option_function<std::string>(
         "--seed",
         [&run](const std::string& text) {
           run.seed = ReadInteger<uint64_t>("--seed", text, "from 0 to 18446744073709551615");
         },
         "Seed of the run, instead of the scenario's")
      ->type_name("N");
  app.add_option_function<std::string>(
         "--until",
         [&run](const std::string& text) {
           run.until = Time() + ReadDurationOption("--until", text);
         },
         "End the run at this time ('2.5s'); what is not decided by then stays open")
      ->type_name("TIME");
}

void AddRun(CLI::App& app, RunCommand& run) {
  CLI::App& command = *app.add_subcommand("run", "Run scenarios and check what they expect");
  command.add_option("FILE", run.files, "Scenarios; LIST.tsv: rows that cases are to show")
      ->type_name("");
  AddSeedAndUntil(command, run);
  command.add_option("--out", run.out, "Folder for captures, traces and run.db (default: out)")
      ->type_name("DIR");
  command
      .add_option_function<std::string>(
          "-j,--jobs",
          [&run](const std::string& text) {
            run.jobs = ReadInteger<int>("--jobs", text, "from 1 on");
            if (run.jobs < 1) throw CLI::ValidationError("--jobs", "it takes at least 1");
          },
          "How many scenarios run at once (default: one per processor)")
      ->type_name("N");
  command.add_option("--junit", run.junit, "Write a report for all files in JUnit's XML")
      ->type_name("FILE");
  command
      .add_option("--conformance-page", run.conformance_page,
                  "Write what cases show of a list of requirements, in Markdown")
      ->type_name("FILE");
  command
      .add_option_function<std::string>(
          "--golden",
          [&run](const std::string& text) {
            if (text != "check" && text != "update") {
              throw CLI::ValidationError("--golden", "it is check or update, not '" + text + "'");
            }
            run.golden = text == "check" ? GoldenMode::kCheck : GoldenMode::kUpdate;
          },
          "Compare with, or write, NAME.golden.txt beside FILE")
      ->type_name("check|update");
  command.add_flag_callback(
      "--no-capture", [&run] { run.capture = false; }, "Write no NAME.pcapng");
  command.add_flag_callback(
      "--no-trace", [&run] { run.trace = false; }, "Write no trace.txt");
  command.add_flag_callback(
      "--no-db", [&run] { run.database = false; }, "Write no run.db");
  command.add_flag_callback(
      "--no-db-frames", [&run] { run.database_frames = false; }, "Leave the table of frames empty");
  command.add_flag("-q,--quiet", run.quiet, "Print failures only");
  command.add_flag("-v,--verbose", run.verbose, "Print every expectation, and where outputs are");
  command.footer(kExitCodes);
}

void AddCheck(CLI::App& app, CheckCommand& check) {
  CLI::App& command =
      *app.add_subcommand("check", "Say whether scenarios are right, without running them");
  command.add_option("FILE", check.files, "Scenarios")->type_name("");
  command.add_flag("-q,--quiet", check.quiet, "Print mistakes only");
  command.footer(kExitCodes);
}

void AddInspect(CLI::App& app, InspectCommand& inspect) {
  CLI::App& command =
      *app.add_subcommand("inspect", "Print a capture (pcap or pcapng), a line per packet");
  command.add_option("CAPTURE", inspect.capture, "The file; - is standard input")->type_name("");
  command.add_option("FILTER", inspect.filter, "Only what matches, in libpcap's language: 'icmp6'")
      ->type_name("");
  command.footer(kExitCodes);
}

void AddLive(CLI::App& app, LiveCommand& live) {
  CLI::App& command = *app.add_subcommand(
      "live", "Run a host on a tap device or on this machine's sockets, or a scenario, live");
  command
      .add_option("--tap", live.tap,
                  "Run one host on this Linux tap device, which is made where it is not there")
      ->type_name("NAME");
  command.add_flag(
      "--sockets", live.sockets,
      "Run its applications on this machine's sockets instead: --ipv4 and --ipv6 are "
      "then the one address that each family listens on and sends from (default: all)");
  command.add_option("--mac", live.mac, "The host's address on the link (default: drawn)")
      ->type_name("MAC");
  command
      .add_option("--app", live.applications,
                  "A program on the host, with its arguments; may be given several times")
      ->type_name("NAME=ARGS")
      ->expected(1)
      ->take_all();
  command.add_option("--scenario", live.scenario, "Run this scenario's network instead")
      ->type_name("FILE");
  command
      .add_option("--attach", live.attach,
                  "Make a tap device one more port of a link of the scenario")
      ->type_name("LINK=TAP")
      ->expected(1)
      ->take_all();
  command
      .add_option_function<std::string>(
          "--seed",
          [&live](const std::string& text) {
            live.seed = ReadInteger<uint64_t>("--seed", text, "from 0 to 18446744073709551615");
          },
          "Seed of the scenario's run, instead of its own; with --sockets of the programs' numbers")
      ->type_name("N");
  command.add_option("--capture", live.capture, "Write a capture, which can be read as it grows")
      ->type_name("FILE");
  command
      .add_option_function<std::string>(
          "--for",
          [&live](const std::string& text) { live.duration = ReadDurationOption("--for", text); },
          "End after this time ('30s'; default: with Ctrl-C, the scenario, the last application on "
          "--sockets)")
      ->type_name("TIME");
  command.add_flag("-v,--verbose", live.verbose,
                   "Print routers, prefixes, neighbors, drops too, not addresses and logs alone");
  command.footer(
      "Any other argument is one of the host's boot arguments: --ipv4=192.0.2.2/24\n"
      "--ipv4-gateway=192.0.2.1 --ipv6=2001:db8::2/64 --ipv6-only ...\n" +
      std::string(kExitCodes));
}

// What is wrong with the combination; "" where nothing is.
std::string CheckLive(const LiveCommand& live) {
  if (int{!live.tap.empty()} + int{live.sockets} + int{!live.scenario.empty()} != 1) {
    return "live takes one of --tap, --sockets and --scenario (dualsim live --help says more)";
  }
  if (live.sockets) {
    if (!live.mac.empty()) return "--mac goes with --tap";
    if (!live.capture.empty()) return "--capture goes with --tap and --scenario";
    if (live.applications.empty()) return "--sockets takes an application: --app NAME=ARGS";
  }
  if (live.scenario.empty()) {
    if (!live.attach.empty()) return "--attach goes with --scenario";
    if (live.seed && !live.sockets) return "--seed goes with --scenario";
    return "";
  }
  if (!live.mac.empty()) return "--mac goes with --tap; a scenario says it of its hosts";
  if (!live.applications.empty()) return "--app goes with --tap; a scenario says it of its hosts";
  if (!live.boot_arguments.empty()) {
    return "there is no use for '" + live.boot_arguments.front() +
           "' with --scenario; dualsim live --help lists what there is";
  }
  return "";
}

// The names that were possible where the user wrote something else.
std::vector<std::string> KnownNames(const CLI::App& app, bool options) {
  std::vector<std::string> names;
  if (options) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  } else {
    for (const CLI::App* command : app.get_subcommands(nullptr)) {
      names.push_back(command->get_name());
    }
  }
  return names;
}

int Complain(const std::string& what) {
  std::cerr << "dualsim: " << what << "\n";
  return kRefused;
}

int ComplainOfExtras(const CLI::App& app, const std::vector<std::string>& extras) {
  const std::string& first = extras.front();
  const bool option = first.starts_with('-');
  return Complain((option ? "there is no option '" : "there is no use for '") + first + "'" +
                  sim::DidYouMean(first, KnownNames(app, option)) + "; dualsim " + app.get_name() +
                  " --help lists what there is");
}

}  // namespace

std::variant<Command, int> ParseCommandLine(int argc, const char* const* argv) {
  CLI::App app("Runs virtual hosts and routers with a real IPv6 stack on simulated links.");
  app.name("dualsim");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(0, 1);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.get_formatter()->label("Subcommands", "Commands");
  app.footer("dualsim COMMAND --help says more of each.\n" + std::string(kExitCodes));
  RunCommand run;
  CheckCommand check;
  InspectCommand inspect;
  AddRun(app, run);
  AddCheck(app, check);
  AddInspect(app, inspect);
  LiveCommand live;
  AddLive(app, live);
  for (CLI::App* command : app.get_subcommands(nullptr)) command->allow_extras();
  app.allow_extras();

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return Complain(error.what());
  }
  const auto commands = app.get_subcommands();
  const CLI::App& chosen = commands.empty() ? app : *commands.front();
  if (chosen.get_name() == "live") {
    live.boot_arguments = app.remaining(true);
    if (const std::string wrong = CheckLive(live); !wrong.empty()) return Complain(wrong);
    return Command(live);
  }
  if (const auto extras = app.remaining(true); !extras.empty()) {
    if (!commands.empty() || extras.front().starts_with('-')) {
      return ComplainOfExtras(chosen, extras);
    }
    return Complain("there is no command '" + extras.front() + "'" +
                    sim::DidYouMean(extras.front(), KnownNames(app, false)) +
                    " (dualsim --help lists them)");
  }
  if (commands.empty()) return Complain("it takes a command (dualsim --help lists them)");
  if (run.golden != GoldenMode::kIgnore && (run.seed || run.until)) {
    return Complain(
        "a golden trace belongs to the scenario's own seed and end: "
        "--golden goes with neither --seed nor --until");
  }
  const std::string& name = chosen.get_name();
  if (name == "inspect" ? inspect.capture.empty()
                        : (name == "run" ? run.files : check.files).empty()) {
    return Complain(name + " takes a file (dualsim " + name + " --help says more)");
  }
  if (name == "run") return Command(run);
  if (name == "check") return Command(check);
  return Command(inspect);
}

}  // namespace dualsim::commands
