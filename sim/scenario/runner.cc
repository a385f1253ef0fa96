#include "sim/scenario/runner.h"

#include <algorithm>
#include <utility>

#include "sim/scenario/address_book.h"
#include "sim/scenario/event_expectations.h"
#include "sim/scenario/failure_context.h"
#include "sim/scenario/ping_tracker.h"
#include "sim/scenario/script_player.h"
#include "sim/scenario/state_expectations.h"
#include "sim/scenario/tester_stations.h"
#include "sim/scenario/timeline.h"
#include "sim/scenario/units.h"
#include "sim/scenario/world.h"

namespace dualsim::sim {
namespace {

using Progress = std::function<bool(Time now)>;

// Hands everything on to several observers, and counts frames.
class FanOut final : public WorldObserver {
 public:
  explicit FanOut(std::vector<WorldObserver*> observers) : observers_(std::move(observers)) {}
  uint64_t frames() const { return frames_; }

  void OnFrame(Time now, const FrameEvent& event) override {
    ++frames_;
    for (WorldObserver* o : observers_) o->OnFrame(now, event);
  }
  void OnFrameLoss(Time now, const FrameLossEvent& event) override {
    for (WorldObserver* o : observers_) o->OnFrameLoss(now, event);
  }
  void OnLifecycle(Time now, NodeId node, Lifecycle what) override {
    for (WorldObserver* o : observers_) o->OnLifecycle(now, node, what);
  }
  void OnAddress(Time now, NodeId node, const AddressFact& fact) override {
    for (WorldObserver* o : observers_) o->OnAddress(now, node, fact);
  }
  void OnNeighbor(Time now, NodeId node, const NeighborFact& fact) override {
    for (WorldObserver* o : observers_) o->OnNeighbor(now, node, fact);
  }
  void OnDefaultRouter(Time now, NodeId node, const DefaultRouterFact& fact) override {
    for (WorldObserver* o : observers_) o->OnDefaultRouter(now, node, fact);
  }
  void OnResolver(Time now, NodeId node, const ResolverFact& fact) override {
    for (WorldObserver* o : observers_) o->OnResolver(now, node, fact);
  }
  void OnPrefix(Time now, NodeId node, const PrefixFact& fact) override {
    for (WorldObserver* o : observers_) o->OnPrefix(now, node, fact);
  }
  void OnRoute(Time now, NodeId node, const RouteFact& fact) override {
    for (WorldObserver* o : observers_) o->OnRoute(now, node, fact);
  }
  void OnEcho(Time now, NodeId node, const EchoFact& fact) override {
    for (WorldObserver* o : observers_) o->OnEcho(now, node, fact);
  }
  void OnDrop(Time now, NodeId node, const DropFact& fact) override {
    for (WorldObserver* o : observers_) o->OnDrop(now, node, fact);
  }
  void OnConnection(Time now, NodeId node, const ConnectionFact& fact) override {
    for (WorldObserver* o : observers_) o->OnConnection(now, node, fact);
  }
  void OnPath(Time now, NodeId node, const PathFact& fact) override {
    for (WorldObserver* o : observers_) o->OnPath(now, node, fact);
  }
  void OnRetransmission(Time now, NodeId node, const RetransmissionFact& fact) override {
    for (WorldObserver* o : observers_) o->OnRetransmission(now, node, fact);
  }
  void OnApplication(Time now, NodeId node, const ApplicationFact& fact) override {
    for (WorldObserver* o : observers_) o->OnApplication(now, node, fact);
  }
  void OnLog(Time now, NodeId node, const LogFact& fact) override {
    for (WorldObserver* o : observers_) o->OnLog(now, node, fact);
  }
  void OnQuery(Time now, NodeId node, const QueryFact& fact) override {
    for (WorldObserver* o : observers_) o->OnQuery(now, node, fact);
  }
  void OnLease(Time now, NodeId node, const LeaseFact& fact) override {
    for (WorldObserver* o : observers_) o->OnLease(now, node, fact);
  }
  void OnAction(Time now, std::string_view action) override {
    for (WorldObserver* o : observers_) o->OnAction(now, action);
  }

 private:
  std::vector<WorldObserver*> observers_;
  uint64_t frames_ = 0;
};

// Those who take part in a run beside the nodes.
struct Cast {
  explicit Cast(const Plan& plan) : pings(plan), book(plan) {
    const bool has_testers = std::any_of(plan.nodes.begin(), plan.nodes.end(),
                                         [](const NodePlan& node) { return node.tester; });
    if (has_testers || plan.script) testers.emplace(plan);
    if (plan.script) script.emplace(plan, book, *testers);
  }

  void Join(std::vector<WorldObserver*>* observers) {
    observers->insert(observers->end(), {&pings, &book});
    if (testers) observers->push_back(&*testers);
    if (script) observers->push_back(&*script);
  }

  PingTracker pings;
  AddressBook book;
  std::optional<TesterStations> testers;
  std::optional<ScriptPlayer> script;
};

// Runs the world up to and including `end`, or until the steps of a case are
// done, or until `progress` says no.
class Player {
 public:
  Player(World& world, Timeline& timeline, Cast& cast, Time end, const Progress& progress,
         Pace* pace)
      : world_(world),
        simulation_(world.simulation()),
        timeline_(timeline),
        cast_(cast),
        end_(end),
        progress_(progress),
        pace_(pace),
        // Rounded up, so that even the shortest run moves on.
        stride_(Nanoseconds(end.nanoseconds() / kReports + 1)) {}

  // False: abandoned.
  bool Play() {
    if (cast_.testers && pace_ == nullptr) return PlayStepwise();
    while (timeline_.next() <= end_) {
      if (!RunBefore(timeline_.next())) return false;
      timeline_.Play();
    }
    if (!RunBefore(end_)) return false;
    simulation_.RunUntil(end_);
    return true;
  }

 private:
  static constexpr int64_t kReports = 1000;
  static constexpr uint64_t kStepsPerReport = 4096;

  // Time by time, with a look at testers and steps after each.
  bool PlayStepwise() {
    for (uint64_t steps = 1;; ++steps) {
      if (progress_ && steps % kStepsPerReport == 0 && !progress_(simulation_.now())) return false;
      if (timeline_.next() <= std::min(simulation_.next(), Deadline())) {
        if (timeline_.next() > end_) break;
        simulation_.RunBefore(timeline_.next());
        timeline_.Play();
        continue;
      }
      const Time next = std::min(simulation_.next(), Deadline());
      if (next > end_) break;
      simulation_.RunUntil(next);
      if (cast_.script) {
        cast_.script->Continue(world_, timeline_);
        if (cast_.script->done()) return true;
      } else {
        cast_.testers->SendAnswers(world_);
      }
    }
    simulation_.RunUntil(end_);
    return true;
  }
  Time Deadline() const { return cast_.script ? cast_.script->deadline() : Time::Never(); }

  bool RunBefore(Time time) {
    if (pace_ != nullptr) return pace_->RunBefore(world_, time);
    while (progress_ && simulation_.now() + stride_ < time) {
      simulation_.RunBefore(simulation_.now() + stride_);
      if (!progress_(simulation_.now())) return false;
    }
    simulation_.RunBefore(time);
    return true;
  }

  World& world_;
  Simulation& simulation_;
  Timeline& timeline_;
  Cast& cast_;
  Time end_;
  const Progress& progress_;
  Pace* pace_;
  Duration stride_;
};

// The lines around each failure go to its result.
void AddContext(const Plan& plan, uint64_t seed, Time end, const Progress& progress,
                const std::vector<Decision>& decisions, RunResult* result) {
  std::vector<const Decision*> failures;
  std::vector<size_t> places;
  // What a person reads, and no more.
  constexpr size_t kMostFailures = 20;
  for (size_t i = 0; i < decisions.size() && failures.size() < kMostFailures; ++i) {
    if (decisions[i].verdict != Verdict::kFailed) continue;
    failures.push_back(&decisions[i]);
    places.push_back(i);
  }
  if (failures.empty()) return;
  FailureContext context(plan, failures);
  Cast cast(plan);
  std::vector<WorldObserver*> observers = {&context};
  cast.Join(&observers);
  FanOut fan_out(std::move(observers));
  World world(plan, seed, fan_out);
  Timeline timeline(plan, world, cast.pings, cast.book);
  if (!Player(world, timeline, cast, std::min(end, context.end()), progress, nullptr).Play())
    return;
  for (size_t i = 0; i < places.size(); ++i) {
    result->expectations[places[i]].around = context.Lines(i);
  }
}

}  // namespace

size_t RunResult::failed() const {
  return static_cast<size_t>(
      std::count_if(expectations.begin(), expectations.end(),
                    [](const ExpectationResult& e) { return e.verdict == Verdict::kFailed; }));
}

RunResult Run(const Plan& plan, const RunOptions& options) {
  RunResult result;
  result.seed = options.seed.value_or(plan.seed);
  const Time end = std::min(plan.end, options.until.value_or(plan.end));

  Cast cast(plan);
  StateExpectations states(plan);
  EventExpectations events(plan, cast.pings);
  std::vector<WorldObserver*> observers = options.observers;
  cast.Join(&observers);
  observers.insert(observers.end(), {&states, &events});
  FanOut fan_out(std::move(observers));
  std::vector<Decision> decisions(plan.expectations.size());
  {
    World world(plan, result.seed, fan_out);
    Timeline timeline(plan, world, cast.pings, cast.book);
    if (options.pace != nullptr) options.pace->Begin(world);
    result.complete = Player(world, timeline, cast, end, options.progress, options.pace).Play();
    result.end = world.simulation().now();
    if (options.pace != nullptr) options.pace->End(world);
    const Simulation::Counters& counters = world.simulation().counters();
    result.events = counters.events + counters.wake_ups;
    result.frames = fan_out.frames();
  }
  // What happens at the time at which a run is abandoned is not complete.
  const Time known = result.complete ? result.end : result.end - Nanoseconds(1);
  states.Finish(known, &decisions);
  events.Finish(known, &decisions);
  for (size_t i = 0; i < decisions.size() && cast.script; ++i) {
    if (std::holds_alternative<ScriptCondition>(plan.expectations[i].condition)) {
      decisions[i] = cast.script->Finish(result.end);
    }
  }
  for (size_t i = 0; i < decisions.size(); ++i) {
    ExpectationResult& e = result.expectations.emplace_back();
    e.index = i;
    e.verdict = decisions[i].verdict;
    e.decided = decisions[i].at;
    e.expected = decisions[i].expected.empty() ? plan.expectations[i].text : decisions[i].expected;
    e.where = decisions[i].where.value_or(plan.expectations[i].where);
    e.seen = decisions[i].seen;
    e.since = decisions[i].since;
  }
  // A live run can't be repeated to look closer.
  if (result.complete && options.pace == nullptr) {
    AddContext(plan, result.seed, result.end, options.progress, decisions, &result);
  }
  return result;
}

std::string DescribeFailure(const Plan& plan, const ExpectationResult& result) {
  const Expectation& expectation = plan.expectations[result.index];
  const SourceLocation where = result.where;
  std::string text = plan.file + ":" + std::to_string(where.line) + ":" +
                     std::to_string(where.column) + ": failed at " + TimeText(result.decided);
  if (!expectation.name.empty()) text += ": " + expectation.name;
  text += "\n  expected: " + result.expected;
  text += "\n  seen:     " + result.seen;
  if (result.since) text += "\n  since:    " + TimeText(*result.since);
  text += "\n";
  if (!result.around.empty()) {
    text += "  around it:\n";
    for (const std::string& line : result.around) text += "    " + line + "\n";
  }
  return text;
}

}  // namespace dualsim::sim
