#include "tools/commands/recordings.h"

#include "tools/commands/names_of_plan.h"

namespace dualsim::commands {
Recordings::Recordings(const sim::Plan& plan, uint64_t seed, const RunCommand& command)
    : names_(NamesOf(plan)), notes_(names_) {
  const std::string folder = command.out + "/" + plan.name + "/";
  if (command.capture || command.trace || command.database) sim::MakeFolder(folder);
  if (command.capture) capture_.emplace(folder + plan.name + ".pcapng", names_, notes_);
  std::vector<sim::LineSink*> sinks;
  if (command.trace) {
    sinks.push_back(&trace_file_.emplace(folder + "trace.txt", plan.name, seed));
  }
  if (command.golden != GoldenMode::kIgnore) {
    const bool digest = plan.golden == sim::GoldenKind::kDigest;
    sinks.push_back(&golden_.emplace(digest, plan.name, seed));
  }
  if (!sinks.empty()) trace_.emplace(names_, notes_, sinks);
  if (command.database) {
    database_.emplace(folder + "run.db", names_, notes_, command.database_frames);
  }
}

std::vector<sim::WorldObserver*> Recordings::observers() {
  std::vector<sim::WorldObserver*> observers;
  if (capture_) observers.push_back(&*capture_);
  if (trace_) observers.push_back(&*trace_);
  if (database_) observers.push_back(&*database_);
  // The notes come first: the others ask them.
  if (!observers.empty()) observers.insert(observers.begin(), &notes_);
  return observers;
}

bool Recordings::failed() const {
  return (capture_ && capture_->failed()) || (trace_file_ && trace_file_->failed()) ||
         (database_ && database_->failed());
}

std::optional<std::string> Recordings::FinishGolden(Time end) {
  if (!golden_) return std::nullopt;
  return golden_->Finish(end);
}

void Recordings::Commit(const sim::RunSummary& summary) {
  if (capture_) capture_->Commit();
  if (trace_file_) trace_file_->Commit(summary.end);
  if (database_) database_->Commit(summary);
}

}  // namespace dualsim::commands
