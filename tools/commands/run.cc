#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sim/record/conformance.h"
#include "sim/record/junit.h"
#include "sim/record/output_file.h"
#include "sim/scenario/plan.h"
#include "tools/commands/command_line.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/load_files.h"
#include "tools/commands/run_scenario.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

// Runs the plans on several threads and hands the outcomes over in their order.
class Runs {
 public:
  Runs(const std::vector<sim::Plan>& plans, const RunCommand& command)
      : plans_(plans),
        command_(command),
        outcomes_(plans.size()),
        progress_(plans.size(), !command.quiet) {
    size_t jobs = command.jobs > 0 ? static_cast<size_t>(command.jobs)
                                   : std::max(1u, std::thread::hardware_concurrency());
    jobs = std::min(jobs, plans.size());
    for (size_t i = 0; i < jobs; ++i) threads_.emplace_back([this] { Work(); });
  }

  // The outcome of plan `index`, once it is there; called in order. Throws what
  // the run threw.
  Outcome Take(size_t index) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return outcomes_[index].has_value() || fault_ != nullptr; });
    if (!outcomes_[index]) std::rethrow_exception(fault_);
    progress_.Clear();
    return std::move(*outcomes_[index]);
  }

 private:
  void Work() {
    for (size_t index; (index = next_++) < plans_.size();) {
      std::optional<Outcome> outcome;
      std::exception_ptr fault;
      try {
        if (Interrupted()) {
          outcome.emplace().code = kInterrupted;
        } else {
          outcome = RunScenario(plans_[index], command_, progress_);
        }
      } catch (...) {
        fault = std::current_exception();
        next_ = plans_.size();
      }
      progress_.RunEnded();
      const std::lock_guard lock(mutex_);
      outcomes_[index] = std::move(outcome);
      if (fault) fault_ = fault;
      changed_.notify_all();
    }
  }

  const std::vector<sim::Plan>& plans_;
  const RunCommand& command_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Outcome>> outcomes_;
  std::exception_ptr fault_;
  Progress progress_;
  std::atomic<size_t> next_ = 0;
  std::vector<std::jthread> threads_;  // Last: they end before the rest goes.
};

void WriteJUnit(const std::string& path, const std::vector<sim::RunSummary>& summaries) {
  if (path.empty()) return;
  sim::OutputFile file(path);
  file.Append(sim::JUnitReport(summaries));
  file.Commit();
}

std::string LastLine(size_t runs, size_t passed) {
  return std::to_string(runs) + " scenarios: " + std::to_string(passed) + " passed, " +
         std::to_string(runs - passed) + " did not\n";
}

// Prints what became of cases, and of the rows that they are to show; writes the
// page. The exit code.
int ReportConformance(const RunCommand& command, const LoadedFiles& files,
                      const std::vector<sim::RunSummary>& summaries) {
  const sim::Conformance conformance(files.requirements, summaries, files.reasons);
  if (!command.quiet) Print(conformance.Table());
  if (!command.conformance_page.empty()) {
    sim::OutputFile file(command.conformance_page);
    file.Append(conformance.Page());
    file.Commit();
  }
  return conformance.complete() ? kAllHeld : kFailed;
}

}  // namespace

int Run(const RunCommand& command) {
  const auto files = LoadFiles(command.files);
  if (!files) return kRefused;
  const std::vector<sim::Plan>& plans = files->plans;
  std::vector<sim::RunSummary> summaries;
  size_t passed = 0;
  int code = kAllHeld;
  if (!plans.empty()) {
    Runs runs(plans, command);
    for (size_t i = 0; i < plans.size(); ++i) {
      Outcome outcome = runs.Take(i);
      if (!outcome.report.empty()) Print(outcome.report);
      if (!outcome.complaint.empty()) PrintError(outcome.complaint);
      code = std::max(code, outcome.code);
      if (outcome.code == kAllHeld) ++passed;
      if (outcome.ended) summaries.push_back(std::move(outcome.summary));
    }
  }
  if (code == kInterrupted) return code;
  const auto is_case = [](const sim::Plan& plan) { return plan.of_case.has_value(); };
  const size_t cases = static_cast<size_t>(std::count_if(plans.begin(), plans.end(), is_case));
  if (cases > 0 || !files->requirements.empty()) {
    code = std::max(code, ReportConformance(command, *files, summaries));
  }
  if (plans.size() > 1 && cases < plans.size() && !command.quiet) {
    Print(LastLine(plans.size(), passed));
  }
  WriteJUnit(command.junit, summaries);
  return code;
}

}  // namespace dualsim::commands
