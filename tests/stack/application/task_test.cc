#include "stack/application/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "stack/application/channel.h"
#include "stack/application/event.h"
#include "stack/application/scope.h"
#include "stack/application/when_any.h"

namespace dualsim::application {
namespace {

// Counts what lives in frames, so that a leak shows.
struct Alive {
  explicit Alive(int& count) : count(count) { ++count; }
  Alive(const Alive&) = delete;
  ~Alive() { --count; }
  int& count;
};

class TaskTest : public ::testing::Test {
 protected:
  void RunUntil(Time end) {
    scheduler.Run(scheduler.now());
    while (scheduler.deadline() <= end) scheduler.Run(scheduler.deadline());
    scheduler.Run(end);
  }
  static Time At(int64_t seconds) { return Time() + Seconds(seconds); }

  Scheduler scheduler;
  std::vector<std::string> log;
  int alive = 0;

  Task<int> Add(int a, int b) { co_return a + b; }
  Task<int> Later(int value, Duration pause) {
    Alive here(alive);
    co_await scheduler.Sleep(pause);
    co_return value;
  }
  Task<> Note(std::string text, Duration pause) {
    Alive here(alive);
    co_await scheduler.Sleep(pause);
    log.push_back(text);
  }
};

TEST_F(TaskTest, DoesNothingUntilItIsAwaited) {
  bool ran = false;
  auto body = [](bool& flag) -> Task<> {
    flag = true;
    co_return;
  };
  {
    Task<> task = body(ran);
    EXPECT_FALSE(ran);
  }
  Scope scope(scheduler);
  scope.Start(body(ran));
  EXPECT_FALSE(ran);  // Not before the scheduler's turn.
  scheduler.Run(Time());
  EXPECT_TRUE(ran);
  EXPECT_EQ(scope.running(), 0u);
}

TEST_F(TaskTest, GivesItsValueToWhoAwaitsIt) {
  Scope scope(scheduler);
  int sum = 0;
  auto body = [&]() -> Task<> { sum = co_await Add(1, 2) + co_await Later(4, Seconds(1)); };
  scope.Start(body());
  RunUntil(At(0));
  EXPECT_EQ(sum, 0);
  RunUntil(At(1));
  EXPECT_EQ(sum, 7);
}

TEST_F(TaskTest, AMillionThatEndAtOnceNeedNoStack) {
  Scope scope(scheduler);
  int64_t sum = 0;
  auto body = [&]() -> Task<> {
    for (int i = 0; i < 1'000'000; ++i) sum += co_await Add(i, 1);
  };
  scope.Start(body());
  scheduler.Run(Time());
  EXPECT_EQ(sum, 500'000'500'000);
}

TEST_F(TaskTest, ValuesThatOnlyMoveDoMove) {
  Scope scope(scheduler);
  int seen = 0;
  auto make = [](int value) -> Task<std::unique_ptr<int>> {
    co_return std::make_unique<int>(value);
  };
  auto body = [&]() -> Task<> { seen = *co_await make(7); };
  scope.Start(body());
  scheduler.Run(Time());
  EXPECT_EQ(seen, 7);
}

TEST_F(TaskTest, WakesInTheOrderOfTimeAndThenOfSleeping) {
  Scope scope(scheduler);
  scope.Start(Note("b", Seconds(2)));
  scope.Start(Note("a", Seconds(1)));
  scope.Start(Note("c", Seconds(2)));
  EXPECT_EQ(scheduler.deadline(), Time::Never());
  scheduler.Run(Time());
  EXPECT_EQ(scheduler.deadline(), At(1));
  RunUntil(At(3));
  EXPECT_EQ(log, (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(TaskTest, AScopeThatEndsCancelsWhatRunsInIt) {
  {
    Scope scope(scheduler);
    scope.Start(Note("never", Seconds(10)));
    scope.Start(Note("not even begun", Seconds(10)));
    scheduler.Run(Time());
    EXPECT_EQ(alive, 2);
    scope.Start(Note("not even begun", Seconds(10)));
  }
  EXPECT_EQ(alive, 0);
  RunUntil(At(20));
  EXPECT_TRUE(log.empty());
}

TEST_F(TaskTest, AScopeIsJoined) {
  Scope outer(scheduler);
  auto body = [&]() -> Task<> {
    Scope inner(scheduler);
    inner.Start(Note("first", Seconds(1)));
    inner.Start(Note("second", Seconds(2)));
    co_await inner.Join();
    log.push_back("joined");
  };
  outer.Start(body());
  RunUntil(At(5));
  EXPECT_EQ(log, (std::vector<std::string>{"first", "second", "joined"}));
  EXPECT_EQ(alive, 0);
}

TEST_F(TaskTest, CancellingReachesWhatIsAwaitedInside) {
  Event never(scheduler);
  auto wait = [&]() -> Task<int> {
    Alive here(alive);
    co_await never.Wait();
    co_return 1;
  };
  auto outer = [&]() -> Task<> {
    Alive here(alive);
    co_await wait();
  };
  {
    Scope scope(scheduler);
    scope.Start(outer());
    scheduler.Run(Time());
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 0);
  never.Set();  // Wakes nobody.
  scheduler.Run(Time());
}

TEST_F(TaskTest, TheFirstOfSeveralEndsTheOthers) {
  Scope scope(scheduler);
  FirstOf<int> first;
  auto body = [&]() -> Task<> {
    std::vector<Task<int>> tasks;
    tasks.push_back(Later(1, Seconds(3)));
    tasks.push_back(Later(2, Seconds(1)));
    tasks.push_back(Later(3, Seconds(2)));
    first = co_await WhenAny(scheduler, std::move(tasks));
  };
  scope.Start(body());
  RunUntil(At(1));
  EXPECT_EQ(first.index, 1u);
  EXPECT_EQ(first.value, 2);
  EXPECT_EQ(alive, 0);
}

TEST_F(TaskTest, ATimeoutGivesNothing) {
  Scope scope(scheduler);
  std::vector<int> seen;
  auto body = [&]() -> Task<> {
    const auto late = co_await WithTimeout(scheduler, Seconds(1), Later(1, Seconds(2)));
    seen.push_back(late.value_or(-1));
    const auto early = co_await WithTimeout(scheduler, Seconds(2), Later(2, Seconds(1)));
    seen.push_back(early.value_or(-1));
    const auto none = co_await WithTimeout(scheduler, Seconds(2), Note("done", Seconds(1)));
    seen.push_back(none.has_value() ? 3 : -1);
  };
  scope.Start(body());
  RunUntil(At(10));
  EXPECT_EQ(seen, (std::vector<int>{-1, 2, 3}));
  EXPECT_EQ(alive, 0);
}

TEST_F(TaskTest, AChannelKeepsItsOrderAndItsLimit) {
  Scope scope(scheduler);
  Channel<int> channel(scheduler, 2);
  std::vector<int> seen;
  auto body = [&]() -> Task<> {
    while (const auto value = co_await channel.Receive()) seen.push_back(*value);
    seen.push_back(-1);
  };
  EXPECT_TRUE(channel.TrySend(1));
  EXPECT_TRUE(channel.TrySend(2));
  EXPECT_FALSE(channel.TrySend(3));
  scope.Start(body());
  scheduler.Run(Time());
  EXPECT_TRUE(channel.TrySend(4));
  channel.Close();
  EXPECT_FALSE(channel.TrySend(5));
  scheduler.Run(Time());
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 4, -1}));
}

}  // namespace
}  // namespace dualsim::application
