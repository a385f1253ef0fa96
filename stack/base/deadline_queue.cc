#include "stack/base/deadline_queue.h"

namespace dualsim {

void DeadlineQueue::Place(size_t index, Node node) {
  heap_[index] = node;
  slots_[node.slot].index = static_cast<uint32_t>(index);
}

void DeadlineQueue::SiftUp(size_t index) {
  const Node node = heap_[index];
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (!(node < heap_[parent])) break;
    Place(index, heap_[parent]);
    index = parent;
  }
  Place(index, node);
}

void DeadlineQueue::SiftDown(size_t index) {
  const Node node = heap_[index];
  for (;;) {
    size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
    if (!(heap_[child] < node)) break;
    Place(index, heap_[child]);
    index = child;
  }
  Place(index, node);
}

void DeadlineQueue::Remove(size_t index) {
  slots_[heap_[index].slot].index = kOutside;
  const Node last = heap_.back();
  heap_.pop_back();
  if (index == heap_.size()) return;
  Place(index, last);
  SiftUp(index);
  SiftDown(slots_[last.slot].index);
}

void DeadlineQueue::Set(Slot slot, Time deadline) {
  if (slot >= slots_.size()) {
    if (deadline.is_never()) return;
    slots_.resize(slot + 1);
  }
  Position& position = slots_[slot];
  position.deadline = deadline;
  if (deadline.is_never()) {
    if (position.index != kOutside) Remove(position.index);
  } else if (position.index == kOutside) {
    heap_.push_back({deadline, slot});
    SiftUp(heap_.size() - 1);
  } else if (deadline < heap_[position.index].when) {
    heap_[position.index].when = deadline;
    SiftUp(position.index);
  }
}

std::optional<DeadlineQueue::Slot> DeadlineQueue::PopDue(Time now) {
  while (!heap_.empty() && heap_.front().when <= now) {
    const Slot slot = heap_.front().slot;
    const Time deadline = slots_[slot].deadline;
    if (heap_.front().when < deadline) {
      // It moved later since: put it where it belongs now.
      heap_.front().when = deadline;
      SiftDown(0);
      continue;
    }
    Remove(0);
    slots_[slot].deadline = Time::Never();
    return slot;
  }
  return std::nullopt;
}

}  // namespace dualsim
