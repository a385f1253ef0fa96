#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sim/record/junit.h"
#include "sim/record/output_file.h"
#include "sim/scenario/load.h"
#include "tools/commands/command_line.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/run_scenario.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

// Every plan of the call, or nothing where any of the files is wrong; what is
// wrong has then been said.
std::optional<std::vector<sim::Plan>> LoadAll(const std::vector<std::string>& files) {
  std::vector<sim::Plan> plans;
  std::map<std::string, std::string> file_of;  // By the name of the outputs.
  std::string complaints;
  for (const std::string& file : files) {
    sim::LoadResult loaded = sim::LoadScenarioFile(file);
    complaints += loaded.diagnostics.ToString();
    if (loaded.plan) loaded.cases.push_back(std::move(*loaded.plan));
    for (sim::Plan& plan : loaded.cases) {
      const auto [other, fresh] = file_of.emplace(plan.name, file);
      if (!fresh) {
        complaints += "dualsim: " + other->second + " and " + file + " would both write '" +
                      plan.name + "': run them one after the other, each with its own --out\n";
      }
      plans.push_back(std::move(plan));
    }
  }
  if (complaints.empty()) return plans;
  PrintError(complaints);
  return std::nullopt;
}

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

}  // namespace

int Run(const RunCommand& command) {
  const auto plans = LoadAll(command.files);
  if (!plans) return kRefused;
  std::vector<sim::RunSummary> summaries;
  size_t passed = 0;
  int code = kAllHeld;
  {
    Runs runs(*plans, command);
    for (size_t i = 0; i < plans->size(); ++i) {
      Outcome outcome = runs.Take(i);
      if (!outcome.report.empty()) Print(outcome.report);
      if (!outcome.complaint.empty()) PrintError(outcome.complaint);
      code = std::max(code, outcome.code);
      if (outcome.code == kAllHeld) ++passed;
      if (outcome.ended) summaries.push_back(std::move(outcome.summary));
    }
  }
  if (code == kInterrupted) return code;
  if (plans->size() > 1 && !command.quiet) Print(LastLine(plans->size(), passed));
  WriteJUnit(command.junit, summaries);
  return code;
}

}  // namespace dualsim::commands
