#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/record/trace_digest.h"
#include "sim/record/trace_text.h"

namespace dualsim::sim {

// Collects the golden text of a run: its whole trace, or the trace's digest.
class GoldenText : public LineSink {
 public:
  GoldenText(bool digest, std::string_view scenario, uint64_t seed);

  void OnLine(Time time, LineKind kind, std::string_view line) override;
  // The text of a run that ended at `end`. Called once.
  std::string Finish(Time end);

 private:
  bool digest_;
  std::string text_;
  TraceDigest in_figures_;
};

// nullopt where the texts are the same. Otherwise where they first differ, for
// people: "line 12 differs:", the lines before it, what was expected ("-") and
// what was seen ("+"), a few lines of each.
std::optional<std::string> DescribeDifference(std::string_view expected, std::string_view seen);

}  // namespace dualsim::sim
