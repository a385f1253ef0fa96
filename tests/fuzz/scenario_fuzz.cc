// Scenario text: a plan or complaints, never both and never neither; every
// complaint points into the text.

#include <algorithm>
#include <string>
#include <string_view>

#include "sim/scenario/load.h"
#include "tests/fuzz/require.h"

namespace {

using dualsim::sim::Plan;
using dualsim::testing::Require;

void RequireSound(const Plan& plan) {
  for (size_t i = 1; i < plan.nodes.size(); ++i) {
    Require(plan.nodes[i - 1].name < plan.nodes[i].name, "nodes are in order");
  }
  for (const auto& expectation : plan.expectations) {
    Require(expectation.from <= expectation.until, "a window has time in it");
    Require(expectation.until <= plan.end, "expectations can be reached");
    Require(!expectation.text.empty(), "an expectation has a text");
  }
  for (const auto& action : plan.actions) {
    Require(action.time <= plan.end || (plan.script && action.time.is_never()), "actions happen");
    Require(action.times >= 1, "at least once");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::sim::Diagnostic;
  using dualsim::sim::LoadResult;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const LoadResult result = dualsim::sim::LoadScenarioText("fuzz.textproto", text);
  const bool of_cases = !result.cases.empty() || !result.not_applicable.empty();
  Require((result.plan || of_cases) == result.diagnostics.empty(),
          "a plan, cases, or complaints");
  const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  for (const Diagnostic& diagnostic : result.diagnostics.Sorted()) {
    Require(!diagnostic.message.empty(), "a complaint has a text");
    Require(diagnostic.where.line >= 0 && diagnostic.where.line <= lines, "it is in the text");
  }
  if (result.plan) RequireSound(*result.plan);
  for (const Plan& plan : result.cases) {
    Require(plan.script.has_value(), "a case has steps");
    RequireSound(plan);
  }
  return 0;
}
