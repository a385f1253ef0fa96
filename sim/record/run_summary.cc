#include "sim/record/run_summary.h"

namespace dualsim::sim {

RunSummary::Verdict RunSummary::verdict() const {
  Verdict all = golden_difference ? Verdict::kFailed : Verdict::kHeld;
  for (const Expectation& expectation : expectations) {
    if (expectation.verdict == Verdict::kFailed) return Verdict::kFailed;
    if (all == Verdict::kHeld) all = expectation.verdict;
  }
  return all;
}

std::string_view VerdictName(RunSummary::Verdict verdict) {
  switch (verdict) {
    case RunSummary::Verdict::kHeld:
      return "HELD";
    case RunSummary::Verdict::kFailed:
      return "FAILED";
    case RunSummary::Verdict::kUndecided:
      return "UNDECIDED";
  }
  return "";
}

}  // namespace dualsim::sim
