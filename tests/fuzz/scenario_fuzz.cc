// Scenario text: a plan or complaints, never both and never neither; every
// complaint points into the text.

#include <algorithm>
#include <string>
#include <string_view>

#include "sim/scenario/load.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::sim::Diagnostic;
  using dualsim::sim::LoadResult;
  using dualsim::testing::Require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const LoadResult result = dualsim::sim::LoadScenarioText("fuzz.textproto", text);
  Require(result.plan.has_value() == result.diagnostics.empty(), "a plan or complaints");
  const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  for (const Diagnostic& diagnostic : result.diagnostics.Sorted()) {
    Require(!diagnostic.message.empty(), "a complaint has a text");
    Require(diagnostic.where.line >= 0 && diagnostic.where.line <= lines, "it is in the text");
  }
  if (!result.plan) return 0;
  for (size_t i = 1; i < result.plan->nodes.size(); ++i) {
    Require(result.plan->nodes[i - 1].name < result.plan->nodes[i].name, "nodes are in order");
  }
  for (const auto& expectation : result.plan->expectations) {
    Require(expectation.from <= expectation.until, "a window has time in it");
    Require(expectation.until <= result.plan->end, "expectations can be reached");
    Require(!expectation.text.empty(), "an expectation has a text");
  }
  for (const auto& action : result.plan->actions) {
    Require(action.time <= result.plan->end, "actions happen");
    Require(action.times >= 1, "at least once");
  }
  return 0;
}
