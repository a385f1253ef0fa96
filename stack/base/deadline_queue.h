#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/time.h"

namespace dualsim {

// The deadlines of many slots (a cache's entries, a list's items), each slot a
// small number that its owner chose and keeps dense. One deadline per slot.
//
// A deadline that moves later costs O(1): it stays where it is and is looked at
// again when it comes up. Slots due at one time come out in order of (deadline,
// slot), so the order is a function of the owner's state alone.
class DeadlineQueue {
 public:
  using Slot = uint32_t;

  // Sets, moves or (Time::Never()) removes the deadline of `slot`.
  void Set(Slot slot, Time deadline);
  void Clear(Slot slot) { Set(slot, Time::Never()); }
  Time deadline(Slot slot) const {
    return slot < slots_.size() ? slots_[slot].deadline : Time::Never();
  }

  // A time by which PopDue should be called; never later than the earliest
  // deadline, and earlier only where one moved later since.
  Time next() const { return heap_.empty() ? Time::Never() : heap_.front().when; }

  // Takes out one slot whose deadline is at or before `now`; nullopt when none is.
  std::optional<Slot> PopDue(Time now);

 private:
  static constexpr uint32_t kOutside = ~uint32_t{0};
  struct Node {
    Time when;  // At or before the slot's deadline.
    Slot slot;
    friend auto operator<=>(const Node&, const Node&) = default;
  };
  struct Position {
    Time deadline = Time::Never();
    uint32_t index = kOutside;  // In heap_.
  };

  void SiftUp(size_t index);
  void SiftDown(size_t index);
  void Place(size_t index, Node node);
  void Remove(size_t index);

  std::vector<Node> heap_;
  std::vector<Position> slots_;
};

}  // namespace dualsim
