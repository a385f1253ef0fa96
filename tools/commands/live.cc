#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/live/attach.h"
#include "sim/live/real_time.h"
#include "sim/record/capture_recorder.h"
#include "sim/record/frame_notes.h"
#include "sim/record/world_names.h"
#include "sim/scenario/load.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/runner.h"
#include "sim/scenario/units.h"
#include "stack/host/boot_arguments.h"
#include "stack/host/boot_configuration.h"
#include "stack/os/tap_device.h"
#include "stack/wire/mac_address.h"
#include "tools/commands/command_line.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/live_arguments.h"
#include "tools/commands/live_report.h"
#include "tools/commands/load_files.h"
#include "tools/commands/names_of_plan.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

using Errors = std::vector<std::string>;

MacAddress DrawMac(uint64_t seed) {
  // Locally administered, and of one station (IEEE 802-2014 §8.2.2).
  constexpr uint64_t kMask = (uint64_t{1} << 40) - 1;
  return MacAddress::FromInteger(uint64_t{0x02} << 40 | (seed & kMask));
}

void AddApplication(const std::string& text, sim::NodePlan& host, Errors& errors) {
  if (auto made = MakeProgram(text, errors)) {
    host.applications.push_back({std::move(made->name), std::move(made->program)});
  }
}

// What is to run, and on which devices.
struct Show {
  sim::Plan plan;
  uint64_t seed = 0;
  sim::NodeId first_outside{};
  std::vector<std::unique_ptr<os::TapDevice>> taps;
  std::vector<sim::TapAttachment> attachments;

  void Attach(std::unique_ptr<os::TapDevice> tap, sim::NodeId node) {
    if (attachments.empty()) first_outside = node;
    attachments.push_back({node, tap.get()});
    taps.push_back(std::move(tap));
  }
};

std::optional<Show> PrepareHost(const LiveCommand& command, Errors& errors) {
  Show show;
  show.seed = DrawSeed();
  host::StackConfig config;
  config.name = "host";
  host::InterfaceConfig& card = config.interfaces.emplace_back();
  card.name = command.tap;
  card.mac = DrawMac(DrawSeed());
  if (!command.mac.empty()) {
    const auto mac = MacAddress::Parse(command.mac);
    if (!mac || mac->is_multicast() || mac->is_zero()) {
      errors.push_back("--mac='" + command.mac + "': allowed is the address of a station, as " +
                       "02:00:00:00:00:0a");
    } else {
      card.mac = *mac;
    }
  }
  const auto parsed = host::ParseBootArguments(BootArgumentsText(command));
  errors.insert(errors.end(), parsed.errors.begin(), parsed.errors.end());
  if (parsed.ok()) {
    const Errors refused = host::ApplyBootArguments(parsed.stacks.front(), &config);
    errors.insert(errors.end(), refused.begin(), refused.end());
  }
  sim::NodePlan programs;
  if (parsed.ok()) programs.settings = host::SettingsOf(parsed.stacks.front());
  for (const std::string& text : command.applications) AddApplication(text, programs, errors);
  if (!errors.empty()) return std::nullopt;

  auto tap = std::make_unique<os::TapDevice>(command.tap);
  config.interfaces.front().mtu = tap->mtu();
  show.plan = sim::PlanOfOneHost(std::move(config));
  show.plan.nodes.front().applications = std::move(programs.applications);
  show.plan.nodes.front().settings = std::move(programs.settings);
  show.plan.nodes.front().boot_delay = parsed.stacks.front().delay;
  show.Attach(std::move(tap), sim::NodeId{1});
  return show;
}

// The plan's taps, named in order.
std::vector<std::pair<std::string, std::string>> ReadAttach(const LiveCommand& command,
                                                            Errors& errors) {
  std::vector<std::pair<std::string, std::string>> taps_and_links;
  for (const std::string& text : command.attach) {
    const size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      errors.push_back("--attach '" + text + "': allowed is LINK=TAP, as lan=tap0");
      continue;
    }
    taps_and_links.emplace_back(text.substr(equals + 1), text.substr(0, equals));
  }
  std::sort(taps_and_links.begin(), taps_and_links.end());
  return taps_and_links;
}

std::optional<Show> PrepareScenario(const LiveCommand& command, Errors& errors) {
  const auto loaded = LoadFiles({command.scenario});
  if (!loaded) return std::nullopt;
  if (loaded->plans.size() != 1 || loaded->plans.front().script) {
    errors.push_back(command.scenario + " holds cases, and no network that could run live");
    return std::nullopt;
  }
  Show show;
  show.plan = loaded->plans.front();
  show.seed = command.seed.value_or(show.plan.seed);
  for (const sim::NodePlan& node : show.plan.nodes) {
    if (!node.tester) continue;
    errors.push_back(command.scenario + " has the tester '" + node.name +
                     "'; there are none in a live network");
  }
  for (const auto& [tap, link] : ReadAttach(command, errors)) {
    std::string wrong;
    const auto node = sim::AttachTap(link, tap, &show.plan, &wrong);
    if (!node) {
      errors.push_back("--attach " + link + "=" + tap + ": " + wrong);
      continue;
    }
    if (errors.empty()) show.Attach(std::make_unique<os::TapDevice>(tap), *node);
  }
  if (show.attachments.empty()) {
    show.first_outside = sim::NodeId{static_cast<uint32_t>(show.plan.nodes.size())};
  }
  if (!errors.empty()) return std::nullopt;
  return show;
}

// What did not come true, and the exit code.
int ReportExpectations(const sim::Plan& plan, const sim::RunResult& result) {
  for (const sim::ExpectationResult& e : result.expectations) {
    if (e.verdict == sim::Verdict::kFailed) Print(sim::DescribeFailure(plan, e));
  }
  return result.passed() ? kAllHeld : kFailed;
}

int Play(const LiveCommand& command, Show& show) {
  if (command.duration) show.plan.end = Time() + *command.duration;
  const sim::WorldNames names = NamesOf(show.plan);
  sim::FrameNotes notes(names);
  LivePrinter printer(names, notes, command.verbose);
  LiveCounters counters(show.first_outside);
  std::optional<sim::CaptureRecorder> capture;
  sim::RealTime real_time({.taps = show.attachments,
                           .interrupted =
                               [&] {
                                 // There is no use in what nobody reads, or can't be kept.
                                 const bool lost = capture && capture->failed();
                                 return Interrupted() || lost || printer.unread();
                               },
                           .idle =
                               [&] {
                                 if (capture) capture->Flush();
                               }});
  sim::RunOptions options;
  options.seed = show.seed;
  options.observers = {&printer, &counters};
  options.pace = &real_time;
  if (!command.capture.empty()) {
    capture.emplace(command.capture, names, notes, sim::Appearance::kGrowing, real_time.epoch());
    options.observers.insert(options.observers.begin(), {&notes, &*capture});
  }
  for (const auto& tap : show.taps) {
    Print("tap " + tap->name() + (tap->made() ? " made" : " attached") + ", MTU " +
          std::to_string(tap->mtu()) + "\n");
  }
  const sim::RunResult result = sim::Run(show.plan, options);
  if (!real_time.failure().empty()) PrintError("dualsim: " + real_time.failure() + "\n");
  std::string text = "ended after " + sim::TimeText(result.end) + "\n" + counters.Text();
  if (real_time.refused() > 0) {
    text += "frames that the kernel did not take: " + std::to_string(real_time.refused()) + "\n";
  }
  text += "behind the clock by at most " + sim::DurationText(real_time.most_behind()) + "\n";
  Print(text);
  if (capture) capture->Commit();
  if (!real_time.failure().empty()) return kRefused;
  if (printer.unread()) {
    PrintError("dualsim: standard output: nobody reads it any more\n");
    return kRefused;
  }
  return ReportExpectations(show.plan, result);
}

}  // namespace

int Live(const LiveCommand& command) {
  if (command.sockets) return LiveOnSockets(command);
  Errors errors;
  try {
    std::optional<Show> show =
        command.tap.empty() ? PrepareScenario(command, errors) : PrepareHost(command, errors);
    for (const std::string& error : errors) PrintError("dualsim: " + error + "\n");
    if (!show) return kRefused;
    return Play(command, *show);
  } catch (const os::TapError& error) {
    PrintError("dualsim: " + std::string(error.what()) + "\n");
    return kRefused;
  }
}

}  // namespace dualsim::commands
