#include "tools/commands/progress.h"

#include "sim/scenario/units.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

constexpr auto kPatience = std::chrono::seconds(1);
constexpr auto kBetweenChanges = std::chrono::milliseconds(100);

// Whole tenths of a second: more digits than that can't be read as they run by.
std::string Rounded(Time t) {
  const Duration tenth = Milliseconds(100);
  return sim::DurationText(tenth * (t.nanoseconds() / tenth.nanoseconds()));
}

}  // namespace

Progress::Progress(size_t runs, bool wanted)
    : runs_(runs), enabled_(wanted && ErrorIsTerminal()), next_(Clock::now() + kPatience) {}

void Progress::Report(const std::string& name, Time now, Time end) {
  if (!enabled_) return;
  const std::lock_guard lock(mutex_);
  const auto clock = Clock::now();
  if (clock < next_) return;
  next_ = clock + kBetweenChanges;
  std::string line = "\r\x1b[K";
  if (runs_ > 1) line += std::to_string(ended_) + " of " + std::to_string(runs_) + " done; ";
  line += name + ": " + Rounded(now) + " of " + Rounded(end);
  PrintError(line);
  shown_ = true;
}

void Progress::RunEnded() {
  const std::lock_guard lock(mutex_);
  ++ended_;
}

void Progress::Clear() {
  const std::lock_guard lock(mutex_);
  if (shown_) PrintError("\r\x1b[K");
  shown_ = false;
}

}  // namespace dualsim::commands
