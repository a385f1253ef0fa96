#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.h"
#include "sim/scenario/plan.h"

namespace dualsim::sim {

// A requirement that a node may do without, proto/case.proto.
struct NotApplicable {
  std::string id;
  std::string reason;
  SourceLocation where;
};

// What became of a scenario's text: a plan, the plans of its cases, or at least
// one diagnostic.
struct LoadResult {
  std::optional<Plan> plan;  // Set exactly when all others are empty.
  // Of a file of cases, in the order of the text. One of them may be empty.
  std::vector<Plan> cases;
  std::vector<NotApplicable> not_applicable;
  Diagnostics diagnostics;
};

// A longer text is refused: no scenario is, and parsing must stay cheap.
inline constexpr size_t kMaximumScenarioBytes = 16 << 20;

// Reads, parses and checks a scenario file. Whatever is wrong (no such file, a
// folder, not text, bad values) is in the diagnostics, all of it.
LoadResult LoadScenarioFile(const std::string& path);

// Likewise, of text in memory; `file` is the name to print.
LoadResult LoadScenarioText(const std::string& file, std::string_view text);

}  // namespace dualsim::sim
