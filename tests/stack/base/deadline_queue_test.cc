#include "stack/base/deadline_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace dualsim {
namespace {

constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }

std::vector<DeadlineQueue::Slot> PopAll(DeadlineQueue& queue, Time now) {
  std::vector<DeadlineQueue::Slot> slots;
  while (const auto slot = queue.PopDue(now)) slots.push_back(*slot);
  return slots;
}

TEST(DeadlineQueue, AnEmptyQueueNeverNeedsAttention) {
  DeadlineQueue queue;
  EXPECT_TRUE(queue.next().is_never());
  EXPECT_FALSE(queue.PopDue(At(1'000'000)));
  queue.Clear(17);
  EXPECT_TRUE(queue.deadline(17).is_never());
}

TEST(DeadlineQueue, GivesSlotsInOrderOfDeadlineThenSlot) {
  DeadlineQueue queue;
  queue.Set(4, At(2));
  queue.Set(1, At(3));
  queue.Set(3, At(2));
  queue.Set(0, At(9));
  EXPECT_EQ(queue.next(), At(2));
  EXPECT_TRUE(PopAll(queue, At(1)).empty());
  EXPECT_EQ(PopAll(queue, At(3)), (std::vector<DeadlineQueue::Slot>{3, 4, 1}));
  EXPECT_TRUE(queue.deadline(3).is_never()) << "a slot that came out has no deadline";
  EXPECT_EQ(queue.deadline(0), At(9));
}

TEST(DeadlineQueue, ADeadlineThatMovedLaterIsNotGivenEarly) {
  DeadlineQueue queue;
  queue.Set(0, At(1));
  queue.Set(0, At(5));
  EXPECT_LE(queue.next(), At(5));
  EXPECT_FALSE(queue.PopDue(At(4)));
  EXPECT_EQ(queue.next(), At(5)) << "it was looked at and put where it belongs";
  EXPECT_EQ(queue.PopDue(At(5)), 0u);
}

TEST(DeadlineQueue, ADeadlineThatMovedEarlierIsGivenInTime) {
  DeadlineQueue queue;
  queue.Set(0, At(8));
  queue.Set(1, At(4));
  queue.Set(0, At(2));
  EXPECT_EQ(queue.next(), At(2));
  EXPECT_EQ(queue.PopDue(At(2)), 0u);
}

TEST(DeadlineQueue, AClearedSlotNeverComes) {
  DeadlineQueue queue;
  for (DeadlineQueue::Slot slot = 0; slot < 10; ++slot) queue.Set(slot, At(slot));
  for (const DeadlineQueue::Slot slot : {0u, 9u, 4u}) queue.Clear(slot);
  EXPECT_EQ(PopAll(queue, At(100)), (std::vector<DeadlineQueue::Slot>{1, 2, 3, 5, 6, 7, 8}));
}

// Against a plain ordered map, over a long mix of operations.
TEST(DeadlineQueue, BehavesAsAnOrderedMap) {
  DeadlineQueue queue;
  std::map<DeadlineQueue::Slot, Time> model;
  uint32_t state = 1;
  const auto draw = [&state](uint32_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % bound;
  };
  int64_t now = 0;
  for (int step = 0; step < 20'000; ++step) {
    const DeadlineQueue::Slot slot = draw(40);
    if (draw(4) == 0) {
      queue.Clear(slot);
      model.erase(slot);
    } else {
      const Time deadline = At(now + draw(50));
      queue.Set(slot, deadline);
      model[slot] = deadline;
    }
    if (draw(8) != 0) continue;
    now += draw(20);
    for (;;) {
      std::pair<Time, DeadlineQueue::Slot> first{Time::Never(), 0};
      for (const auto& [s, deadline] : model) first = std::min(first, {deadline, s});
      ASSERT_LE(queue.next(), first.first);
      const auto popped = queue.PopDue(At(now));
      if (first.first > At(now)) {
        ASSERT_FALSE(popped);
        break;
      }
      ASSERT_EQ(popped, first.second);
      model.erase(first.second);
    }
  }
}

}  // namespace
}  // namespace dualsim
