#include "sim/engine/simulation.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "sim/engine/entity.h"
#include "sim/engine/invariant.h"

namespace dualsim::sim {
namespace {

constexpr Time At(int64_t ns) { return Time::FromNanoseconds(ns); }

// Writes what happens to it into a common list, as "b<a 7" or "b! 7".
class Probe final : public Entity {
 public:
  Probe(Simulation& simulation, std::string_view name, std::vector<std::string>& log)
      : simulation_(simulation), id(*simulation.Find(name)), log_(log) {
    simulation.Attach(id, *this);
  }
  void OnEvent(const Event& event) override {
    Log("<" + simulation_.name(event.sender));
    if (on_event) on_event(event);
  }
  void OnWakeUp() override {
    Log("!");
    if (on_wake_up) on_wake_up();
  }
  void OnDiscard(const Event& event) override { discarded.push_back(event.payload); }

 private:
  void Log(const std::string& what) {
    log_.push_back(simulation_.name(id) + what + " " +
                   std::to_string(simulation_.now().nanoseconds()));
  }
  Simulation& simulation_;

 public:
  const EntityId id;
  std::function<void(const Event&)> on_event;
  std::function<void()> on_wake_up;
  std::vector<uint64_t> discarded;

 private:
  std::vector<std::string>& log_;
};

class SimulationTest : public testing::Test {
 protected:
  using Log = std::vector<std::string>;
  Simulation simulation{42, {"c", "a", "b"}};
  Log log;
  Probe a{simulation, "a", log};
  Probe b{simulation, "b", log};
  Probe c{simulation, "c", log};
};

TEST_F(SimulationTest, EntitiesCompareByName) {
  EXPECT_LT(a.id, b.id);
  EXPECT_LT(b.id, c.id);
  EXPECT_EQ(simulation.name(b.id), "b");
  EXPECT_EQ(simulation.Find("d"), std::nullopt);
}

TEST_F(SimulationTest, EventsOfOneTimeGoByReceiverThenSenderThenCount) {
  simulation.Schedule(c.id, b.id, At(5), 1, 0);
  simulation.Schedule(a.id, c.id, At(5), 0, 0);
  simulation.Schedule(c.id, b.id, At(5), 2, 0);
  simulation.Schedule(a.id, b.id, At(5), 0, 0);
  std::vector<uint64_t> payloads;
  b.on_event = [&](const Event& event) { payloads.push_back(event.payload); };
  simulation.RunUntil(At(5));
  EXPECT_EQ(log, (Log{"b<a 5", "b<c 5", "b<c 5", "c<a 5"}));
  EXPECT_EQ(payloads, (std::vector<uint64_t>{0, 1, 2}));
}

TEST_F(SimulationTest, RunUntilIncludesItsEndAndRunBeforeDoesNot) {
  simulation.Schedule(a.id, a.id, At(5), 0, 0);
  simulation.Schedule(a.id, b.id, At(6), 0, 0);
  simulation.RunBefore(At(5));
  EXPECT_EQ(log, Log{});
  EXPECT_EQ(simulation.now(), At(5));
  simulation.Schedule(b.id, c.id, At(5), 0, 0);
  simulation.RunUntil(At(5));
  EXPECT_EQ(log, (Log{"a<a 5", "c<b 5"}));
  EXPECT_EQ(simulation.next(), At(6));
  simulation.RunUntil(At(100));
  EXPECT_EQ(simulation.now(), At(100));
  EXPECT_EQ(simulation.counters().events, 3u);
}

TEST_F(SimulationTest, AnEventMayBeSentForAnyTimeAfterAPauseBeforeTheNext) {
  simulation.Schedule(a.id, a.id, At(1000), 0, 0);
  simulation.RunUntil(At(10));
  simulation.Schedule(a.id, b.id, At(10), 0, 0);
  simulation.Schedule(a.id, c.id, At(11), 0, 0);
  EXPECT_TRUE(simulation.RunToQuiet(Time::Never()));
  EXPECT_EQ(log, (Log{"b<a 10", "c<a 11", "a<a 1000"}));
  EXPECT_EQ(simulation.now(), At(1000));
}

TEST_F(SimulationTest, StepHandlesOneEvent) {
  simulation.Schedule(a.id, b.id, At(3), 0, 0);
  simulation.SetWakeUp(c.id, At(4));
  EXPECT_TRUE(simulation.Step());
  EXPECT_EQ(log, Log{"b<a 3"});
  EXPECT_TRUE(simulation.Step());
  EXPECT_EQ(log.back(), "c! 4");
  EXPECT_FALSE(simulation.Step());
}

TEST_F(SimulationTest, AWakeUpMovedLaterComesOnceAndAtItsNewTime) {
  simulation.SetWakeUp(a.id, At(5));
  simulation.SetWakeUp(a.id, At(9));
  EXPECT_TRUE(simulation.RunToQuiet(At(100)));
  EXPECT_EQ(log, Log{"a! 9"});
  EXPECT_EQ(simulation.counters().spurious, 1u);
  EXPECT_EQ(simulation.counters().wake_ups, 1u);
}

TEST_F(SimulationTest, AWakeUpMovedEarlierLeavesNothingBehind) {
  simulation.SetWakeUp(a.id, At(9));
  simulation.SetWakeUp(a.id, At(5));
  EXPECT_TRUE(simulation.RunToQuiet(At(100)));
  EXPECT_EQ(log, Log{"a! 5"});
  EXPECT_EQ(simulation.now(), At(5)) << "the event that is stale does not count as pending";
  simulation.RunUntil(At(100));
  EXPECT_EQ(log.size(), 1u);
}

TEST_F(SimulationTest, AWakeUpCanBeCancelledAndSetAgain) {
  simulation.SetWakeUp(a.id, At(5));
  simulation.SetWakeUp(a.id, Time::Never());
  EXPECT_TRUE(simulation.quiet());
  simulation.SetWakeUp(b.id, At(5));
  simulation.SetWakeUp(b.id, Time::Never());
  simulation.SetWakeUp(b.id, At(7));
  simulation.RunUntil(At(100));
  EXPECT_EQ(log, Log{"b! 7"});
}

TEST_F(SimulationTest, AWakeUpIsSpentWhenItComesAndMayBeSetInIt) {
  a.on_wake_up = [&] {
    if (log.size() < 3) simulation.SetWakeUp(a.id, simulation.now() + Nanoseconds(10));
  };
  simulation.SetWakeUp(a.id, At(1));
  EXPECT_TRUE(simulation.RunToQuiet(At(100)));
  EXPECT_EQ(log, (Log{"a! 1", "a! 11", "a! 21"}));
}

TEST_F(SimulationTest, WithoutAnythingNewAWakeUpThatOnlyMovesLaterPutsOneEventInTheQueue) {
  for (int64_t i = 1; i <= 1000; ++i) simulation.SetWakeUp(a.id, At(i));
  simulation.Step();
  EXPECT_EQ(simulation.counters().longest_pending, 1u);
  EXPECT_EQ(log, Log{"a! 1000"});
}

TEST_F(SimulationTest, RunToQuietStopsAtItsLimit) {
  a.on_wake_up = [&] { simulation.SetWakeUp(a.id, simulation.now() + Nanoseconds(10)); };
  simulation.SetWakeUp(a.id, At(10));
  EXPECT_FALSE(simulation.RunToQuiet(At(35)));
  EXPECT_EQ(simulation.now(), At(35));
  EXPECT_EQ(log.size(), 3u);
}

TEST_F(SimulationTest, WhatIsPendingAtTheEndIsHandedBack) {
  simulation.Schedule(a.id, b.id, At(5), 17, 0);
  simulation.SetWakeUp(a.id, At(6));
  simulation.Discard();
  EXPECT_EQ(b.discarded, std::vector<uint64_t>{17});
  EXPECT_TRUE(simulation.quiet());
  EXPECT_EQ(log, Log{});
}

TEST_F(SimulationTest, AStreamDependsOnSeedNameAndPurposeAlone) {
  RandomStream stream = simulation.Stream(b.id, "x");
  RandomStream same(42, "b", "x");
  EXPECT_EQ(stream(), same());
}

// What a violation says, or "" where there is none.
template <typename Act>
std::string Violation(Act act) {
  try {
    act();
  } catch (const InvariantViolation& violation) {
    return violation.what();
  }
  return "";
}

TEST_F(SimulationTest, AnEventInThePastStopsTheProgramWithTheTimeAndTheSeed) {
  simulation.RunUntil(At(1'000'000'005));
  const std::string what =
      Violation([&] { simulation.Schedule(a.id, b.id, At(1'000'000'004), 0, 0); });
  EXPECT_NE(what.find("an event in the past is sent to 'b'"), std::string::npos) << what;
  EXPECT_NE(what.find("sim/engine/simulation.cc:"), std::string::npos) << what;
  EXPECT_NE(what.find("at 1.000000005 s, seed 42"), std::string::npos) << what;
  EXPECT_NE(Violation([&] { simulation.SetWakeUp(a.id, At(1)); }), "");
  EXPECT_NE(Violation([&] { simulation.RunUntil(At(1)); }), "");
}

TEST_F(SimulationTest, AnEventThatNeverHappensOrHasTheReservedTagIsRefused) {
  EXPECT_NE(Violation([&] { simulation.Schedule(a.id, b.id, Time::Never(), 0, 0); }), "");
  EXPECT_NE(Violation([&] { simulation.Schedule(a.id, b.id, At(1), 0, Simulation::kWakeUpTag); }),
            "");
}

TEST_F(SimulationTest, AnEntityThatIsWokenWithoutEndStopsTheProgram) {
  a.on_wake_up = [&] { simulation.SetWakeUp(a.id, simulation.now()); };
  simulation.SetWakeUp(a.id, At(3));
  const std::string what = Violation([&] { simulation.RunUntil(At(10)); });
  EXPECT_NE(what.find("time stands still: 'a'"), std::string::npos) << what;
}

TEST(Simulation, TwoEntitiesOfOneNameAreRefused) {
  EXPECT_THROW(Simulation(1, {"a", "b", "a"}), InvariantViolation);
}

TEST(Simulation, AnEventForANameWithoutAnEntityStopsTheProgram) {
  Simulation simulation(1, {"a"});
  simulation.Schedule(EntityId{0}, EntityId{0}, At(1), 0, 0);
  EXPECT_THROW(simulation.RunUntil(At(1)), InvariantViolation);
}

}  // namespace
}  // namespace dualsim::sim
