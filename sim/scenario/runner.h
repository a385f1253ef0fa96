#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/decision.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/plan.h"
#include "stack/base/time.h"

namespace dualsim::sim {

class World;

// How time passes in a run that keeps step with something outside: a real clock,
// real devices. It may throw; nothing is decided then.
class Pace {
 public:
  virtual ~Pace() = default;
  // The world is made, and its time is 0.
  virtual void Begin(World& world) = 0;
  // As Simulation::RunBefore(). False: the run ends where its clock stands now.
  virtual bool RunBefore(World& world, Time time) = 0;
  // The run ended; the nodes that still run may be shut down, and be heard.
  virtual void End(World& world) = 0;
};

struct RunOptions {
  std::optional<uint64_t> seed;  // Instead of the plan's.
  std::optional<Time> until;     // Ends the run earlier than the plan does.
  // Told of all that happens, in this order; they outlive the run.
  std::vector<WorldObserver*> observers;
  // Called now and then, about a thousand times in a run; it changes nothing.
  // Returning false abandons the run.
  std::function<bool(Time now)> progress;
  // Instead of as fast as can be. Neither testers nor steps of cases have a part in
  // it, and `progress` is not asked.
  Pace* pace = nullptr;
};

struct ExpectationResult {
  size_t index = 0;  // In Plan::expectations.
  Verdict verdict{};
  Time decided;          // When it was known.
  SourceLocation where;  // The expectation's place; of a case that failed, the step's.
  // Where it failed:
  std::string expected;             // In words.
  std::string seen;                 // What was true instead: "it is TENTATIVE since 1.2s"
  std::optional<Time> since;        // Since when that was so.
  std::vector<std::string> around;  // Trace lines of packets before and after `decided`.
};

struct RunResult {
  uint64_t seed = 0;
  Time end;              // How far the run came.
  bool complete = true;  // False where `progress` abandoned it.
  uint64_t events = 0;
  uint64_t frames = 0;                          // Handed to links.
  std::vector<ExpectationResult> expectations;  // In the plan's order.

  size_t failed() const;
  bool passed() const { return failed() == 0; }
};

// Builds the world of `plan` and runs it to its end. A pure function of the plan
// and the seed (and of `until`); what it tells the observers likewise.
RunResult Run(const Plan& plan, const RunOptions& options = {});

// The failure as people read it, several lines: where, expected, seen, the
// packets around it.
std::string DescribeFailure(const Plan& plan, const ExpectationResult& result);

}  // namespace dualsim::sim
