#include "tools/commands/run_scenario.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>

#include "sim/record/golden.h"
#include "sim/record/output_file.h"
#include "sim/scenario/runner.h"
#include "sim/scenario/units.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/recordings.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

using Verdict = sim::RunSummary::Verdict;

Verdict VerdictOf(sim::Verdict verdict) {
  switch (verdict) {
    case sim::Verdict::kHeld:
      return Verdict::kHeld;
    case sim::Verdict::kFailed:
      return Verdict::kFailed;
    case sim::Verdict::kUndecided:
      break;
  }
  return Verdict::kUndecided;
}

sim::RunSummary Summarize(const sim::Plan& plan, const sim::RunResult& result) {
  sim::RunSummary summary;
  summary.scenario = plan.name;
  summary.file = plan.file;
  if (plan.of_case) {
    summary.case_name = plan.of_case->name;
    summary.variant = plan.of_case->variant;
  }
  summary.seed = result.seed;
  summary.end = result.end;
  summary.events = result.events;
  summary.frames = result.frames;
  // Files in other folders: the reports of two machines are to be the same.
  const std::string file = plan.file.substr(plan.file.rfind('/') + 1);
  for (const sim::ExpectationResult& e : result.expectations) {
    const sim::Expectation& planned = plan.expectations[e.index];
    auto& row = summary.expectations.emplace_back();
    row.name = planned.name;
    row.text = planned.text;
    row.place = file + ":" + std::to_string(planned.where.line) + ":" +
                std::to_string(planned.where.column);
    row.verdict = VerdictOf(e.verdict);
    row.decided = e.decided;
    row.seen = e.seen;
    row.since = e.since;
    if (e.verdict == sim::Verdict::kFailed) row.report = sim::DescribeFailure(plan, e);
  }
  return summary;
}

// "x/NAME.golden.txt" for "x/NAME.textproto".
std::string GoldenPath(const sim::Plan& plan) {
  return plan.file.substr(0, plan.file.rfind('/') + 1) + plan.name + ".golden.txt";
}

std::optional<std::string> CompareGolden(const std::string& path, const std::string& text) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return path + " is not there; --golden update writes it\n";
  const std::string expected{std::istreambuf_iterator<char>(in), {}};
  const auto difference = sim::DescribeDifference(expected, text);
  if (!difference) return std::nullopt;
  return path + ", " + *difference + "  if the new trace (+) is right, --golden update writes it\n";
}

void AppendIndented(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    out.append("  ").append(text.substr(0, end)).append("\n");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

class Report {
 public:
  Report(const sim::RunSummary& summary, const RunCommand& command)
      : summary_(summary), command_(command) {}

  // `wall`: how long it took; shown to people only.
  std::string Text(std::chrono::nanoseconds wall) const {
    const Verdict verdict = summary_.verdict();
    if (command_.quiet && verdict != Verdict::kFailed) return "";
    // Of cases, a table tells.
    if (!summary_.case_name.empty() && verdict == Verdict::kHeld && !command_.verbose) return "";
    std::string text;
    Headline(verdict, wall, text);
    for (const auto& e : summary_.expectations) Expectation(e, text);
    if (summary_.golden_difference) AppendIndented(*summary_.golden_difference, text);
    if (command_.verbose) Outputs(text);
    return text;
  }

 private:
  void Outputs(std::string& text) const {
    std::string names;
    if (command_.capture) names += " " + summary_.scenario + ".pcapng";
    if (command_.trace) names += " trace.txt";
    if (command_.database) names += " run.db";
    if (names.empty()) return;
    text += "  wrote into " + command_.out + "/" + summary_.scenario + ":" + names + "\n";
  }

  void Headline(Verdict verdict, std::chrono::nanoseconds wall, std::string& text) const {
    const bool failed = verdict == Verdict::kFailed;
    const bool open = verdict == Verdict::kUndecided;
    Painted(failed ? Color::kRed
            : open ? Color::kYellow
                   : Color::kGreen,
            failed ? "FAIL"
            : open ? "OPEN"
                   : "PASS")
        .AppendTo(text);
    text += " " + summary_.scenario + "  " + sim::TimeText(summary_.end) + ", " +
            std::to_string(summary_.events) + " events, " + std::to_string(summary_.frames) +
            " frames";
    if (command_.verbose && OutputIsTerminal()) {
      const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
      text += ", took " + std::to_string(ms) + " ms";
    }
    text += "\n";
  }

  void Expectation(const sim::RunSummary::Expectation& e, std::string& text) const {
    if (e.verdict == Verdict::kFailed) {
      AppendIndented(e.report, text);
    } else if (e.verdict == Verdict::kUndecided) {
      AppendIndented(e.place + ": open, the run ended before it could be told: " + e.text, text);
    } else if (command_.verbose) {
      AppendIndented(e.place + ": held, known at " + sim::TimeText(e.decided) + ": " + e.text,
                     text);
    }
  }

  const sim::RunSummary& summary_;
  const RunCommand& command_;
};

Outcome Interrupt(const sim::Plan& plan, Time end) {
  Outcome outcome;
  outcome.code = kInterrupted;
  outcome.complaint = "dualsim: " + plan.name + ": interrupted at " + sim::TimeText(end) + " of " +
                      sim::TimeText(plan.end) + "; nothing of it was written\n";
  return outcome;
}

// Compares, or writes where nothing failed; says what it wrote.
std::string HandleGolden(const sim::Plan& plan, const RunCommand& command, const std::string& text,
                         sim::RunSummary& summary) {
  const std::string path = GoldenPath(plan);
  if (command.golden == GoldenMode::kCheck) {
    summary.golden_difference = CompareGolden(path, text);
    return "";
  }
  if (summary.verdict() == Verdict::kFailed) return "  " + path + " stays as it is\n";
  if (!CompareGolden(path, text)) return "";
  sim::OutputFile file(path);
  file.Append(text);
  file.Commit();
  return "  wrote " + path + "\n";
}

Outcome RunAndRecord(const sim::Plan& plan, const RunCommand& command, Progress& progress) {
  const auto begin = std::chrono::steady_clock::now();
  const uint64_t seed = command.seed.value_or(plan.seed);
  Recordings recordings(plan, seed, command);
  sim::RunOptions options;
  options.seed = seed;
  options.until = command.until;
  options.observers = recordings.observers();
  options.progress = [&](Time now) {
    progress.Report(plan.name, now, plan.end);
    return !Interrupted() && !recordings.failed();
  };
  const sim::RunResult result = sim::Run(plan, options);
  if (!result.complete && !recordings.failed()) return Interrupt(plan, result.end);

  Outcome outcome;
  outcome.summary = Summarize(plan, result);
  std::string golden_note;
  if (result.complete) {
    if (const auto golden = recordings.FinishGolden(result.end)) {
      golden_note = HandleGolden(plan, command, *golden, outcome.summary);
    }
  }
  recordings.Commit(outcome.summary);  // Throws where it failed on the way.
  outcome.ended = true;
  outcome.code = outcome.summary.verdict() == Verdict::kFailed ? kFailed : kAllHeld;
  outcome.report = Report(outcome.summary, command).Text(std::chrono::steady_clock::now() - begin);
  if (!command.quiet) outcome.report += golden_note;
  return outcome;
}

}  // namespace

Outcome RunScenario(const sim::Plan& plan, const RunCommand& command, Progress& progress) {
  try {
    return RunAndRecord(plan, command, progress);
  } catch (const sim::OutputError& error) {
    Outcome outcome;
    outcome.code = kRefused;
    outcome.complaint = "dualsim: " + plan.name + ": " + error.what() + "\n";
    return outcome;
  }
}

}  // namespace dualsim::commands
