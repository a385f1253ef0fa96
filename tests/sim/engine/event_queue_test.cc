#include "sim/engine/event_queue.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <vector>

#include "stack/base/random_stream.h"

namespace dualsim::sim {
namespace {

Event Make(int64_t time, uint32_t receiver = 0, uint32_t sender = 0, uint64_t count = 0) {
  Event event;
  event.time = Time::FromNanoseconds(time);
  event.receiver = EntityId{receiver};
  event.sender = EntityId{sender};
  event.count = count;
  return event;
}

bool Same(const Event& a, const Event& b) { return !(a < b) && !(b < a); }

std::vector<Event> TakeAll(EventQueue& queue) {
  std::vector<Event> events;
  for (Event event; queue.PopUntil(Time::Never(), event);) events.push_back(event);
  return events;
}

TEST(EventQueue, EventsComeOutByTimeReceiverSenderAndCount) {
  EventQueue queue;
  const std::vector<Event> ordered = {Make(1, 9, 9, 9), Make(5, 1, 7, 8), Make(5, 2, 3, 4),
                                      Make(5, 2, 3, 5), Make(5, 2, 4, 1), Make(6, 0, 0, 0)};
  for (const size_t i : {4, 2, 0, 5, 3, 1}) queue.Push(ordered[i]);
  const std::vector<Event> out = TakeAll(queue);
  ASSERT_EQ(out.size(), ordered.size());
  for (size_t i = 0; i < out.size(); ++i) EXPECT_TRUE(Same(out[i], ordered[i])) << i;
}

TEST(EventQueue, AnEventForTheCurrentTimeTakesItsPlaceAmongThoseThatAreLeft) {
  EventQueue queue;
  for (uint32_t receiver : {1, 3, 5}) queue.Push(Make(7, receiver));
  Event event;
  ASSERT_TRUE(queue.PopUntil(Time::Never(), event));
  ASSERT_EQ(event.receiver, EntityId{1});
  queue.Push(Make(7, 4));
  queue.Push(Make(7, 0));  // Its turn would have been before; it is next.
  std::vector<uint32_t> receivers;
  for (const Event& e : TakeAll(queue)) receivers.push_back(static_cast<uint32_t>(e.receiver));
  EXPECT_EQ(receivers, (std::vector<uint32_t>{0, 3, 4, 5}));
}

TEST(EventQueue, NothingComesOutBeforeItsTime) {
  EventQueue queue;
  queue.Push(Make(100));
  Event event;
  EXPECT_FALSE(queue.PopUntil(Time::FromNanoseconds(99), event));
  EXPECT_EQ(queue.next(), Time::FromNanoseconds(100));
  queue.Push(Make(50));  // Still allowed: nothing later has come out.
  ASSERT_TRUE(queue.PopUntil(Time::FromNanoseconds(100), event));
  EXPECT_EQ(event.time, Time::FromNanoseconds(50));
  EXPECT_EQ(queue.floor(), Time::FromNanoseconds(50));
  EXPECT_EQ(queue.next(), Time::FromNanoseconds(100));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(EventQueue, TheEndsOfTimeAreTimesLikeOthers) {
  EventQueue queue;
  const int64_t last = Time::Never().nanoseconds() - 1;
  queue.Push(Make(last));
  queue.Push(Make(0));
  const std::vector<Event> out = TakeAll(queue);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].time, Time());
  EXPECT_EQ(out[1].time.nanoseconds(), last);
  EXPECT_EQ(queue.next(), Time::Never());
}

// Against a sorted set, with increments of many magnitudes, bursts at one time,
// limits and a queue that empties now and then.
TEST(EventQueue, AgreesWithASortedSetOnRandomWork) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    RandomStream random(seed, "queue", "work");
    EventQueue queue;
    std::set<Event> expected;
    Time now;
    uint64_t count = 0;
    const uint64_t magnitude = 1 + random.Below(40);
    for (int step = 0; step < 3000; ++step) {
      for (uint64_t pushes = random.Below(step % 500 < 250 ? 4 : 2); pushes > 0; --pushes) {
        const uint64_t wide = uint64_t{1} << random.Below(magnitude);
        const auto later = static_cast<int64_t>(random.Below(wide));
        Event event = Make(now.nanoseconds() + later, static_cast<uint32_t>(random.Below(3)),
                           static_cast<uint32_t>(random.Below(3)), count++);
        event.payload = ~event.count;
        queue.Push(event);
        expected.insert(event);
      }
      const Time limit = now + Nanoseconds(static_cast<int64_t>(
                                   random.Below(uint64_t{1} << random.Below(magnitude + 2))));
      Event event;
      const bool any = queue.PopUntil(limit, event);
      const bool expect_any = !expected.empty() && expected.begin()->time <= limit;
      ASSERT_EQ(any, expect_any) << "seed " << seed << " step " << step;
      if (any) {
        ASSERT_TRUE(Same(event, *expected.begin())) << "seed " << seed << " step " << step;
        ASSERT_EQ(event.payload, ~event.count);
        expected.erase(expected.begin());
        now = event.time;
      } else {
        now = limit;
      }
      ASSERT_EQ(queue.next(), expected.empty() ? Time::Never() : expected.begin()->time);
      ASSERT_EQ(queue.size(), expected.size());
    }
    for (const Event& event : TakeAll(queue)) {
      ASSERT_TRUE(Same(event, *expected.begin()));
      expected.erase(expected.begin());
    }
    EXPECT_TRUE(expected.empty());
  }
}

}  // namespace
}  // namespace dualsim::sim
