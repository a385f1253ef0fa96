#include "sim/engine/event_queue.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace dualsim::sim {
namespace {

// A bucket of at most this many events is sorted into the front at once, which
// costs less than to spread it over lower buckets. When more than this many are
// put in beside a front that is so made, it is spread after all.
constexpr uint32_t kSmallBucket = 24;
constexpr size_t kBlocksPerChunk = 64;

// For the standard heaps, which have their largest element first.
bool Later(const Event& a, const Event& b) { return b < a; }

}  // namespace

EventQueue::EventQueue() {
  front_.reserve(kSmallBucket);
  late_.reserve(kSmallBucket + 1);
}

Time EventQueue::next() const {
  Time first = Time::Never();
  if (cursor_ != front_.size()) first = front_[cursor_].time;
  if (!late_.empty()) first = std::min(first, late_.front().time);
  if (first.is_never() && occupied_ != 0) first = buckets_[std::countr_zero(occupied_)].earliest;
  return first;
}

void EventQueue::PushFront(const Event& event) {
  late_.push_back(event);
  std::push_heap(late_.begin(), late_.end(), Later);
  if (front_width_ > 0 && late_.size() > kSmallBucket) NarrowFront();
}

bool EventQueue::PopFront(Time limit, Event& out) {
  const bool from_late =
      cursor_ == front_.size() || (!late_.empty() && late_.front() < front_[cursor_]);
  const Event& first = from_late ? late_.front() : front_[cursor_];
  if (first.time > limit) return false;
  out = first;
  if (from_late) {
    std::pop_heap(late_.begin(), late_.end(), Later);
    late_.pop_back();
  } else {
    ++cursor_;
  }
  floor_ = out.time;
  --size_;
  return true;
}

bool EventQueue::Refill(Time limit) {
  front_.clear();
  cursor_ = 0;
  if (occupied_ == 0) return false;
  const auto index = static_cast<unsigned>(std::countr_zero(occupied_));
  Bucket bucket = buckets_[index];
  if (bucket.earliest > limit) return false;
  buckets_[index] = Bucket();
  occupied_ &= occupied_ - 1;
  base_ = bucket.earliest;
  if (bucket.size <= kSmallBucket) {
    front_width_ = index - 1;  // They have the bits from this one up in common.
    MoveToFront(bucket);
  } else {
    front_width_ = 0;
    Spread(bucket);
  }
  std::sort(front_.begin(), front_.end());
  return true;
}

void EventQueue::MoveToFront(Bucket& bucket) {
  uint32_t count = bucket.in_head;
  for (Block* block = bucket.head; block != nullptr; count = kBlockSize) {
    front_.insert(front_.end(), block->events.begin(), block->events.begin() + count);
    Block* const done = std::exchange(block, block->next);
    FreeBlock(done);
  }
}

void EventQueue::Spread(Bucket& bucket) {
  uint32_t count = bucket.in_head;
  for (Block* block = bucket.head; block != nullptr; count = kBlockSize) {
    for (uint32_t i = 0; i < count; ++i) {
      const Event& event = block->events[i];
      const unsigned index = BucketOf(event.time);
      if (index == 0) {
        front_.push_back(event);
      } else {
        PushBucket(index, event);
      }
    }
    Block* const done = std::exchange(block, block->next);
    FreeBlock(done);
  }
}

void EventQueue::NarrowFront() {
  base_ = floor_;
  front_width_ = 0;
  // What is due now stays; `late_` becomes the front, so that it is not read
  // and written at once.
  late_.insert(late_.end(), front_.begin() + static_cast<std::ptrdiff_t>(cursor_), front_.end());
  front_.clear();
  cursor_ = 0;
  for (const Event& event : late_) {
    const unsigned index = BucketOf(event.time);
    if (index == 0) {
      front_.push_back(event);
    } else {
      PushBucket(index, event);
    }
  }
  late_.clear();
  std::sort(front_.begin(), front_.end());
}

void EventQueue::AddBlock(Bucket& bucket) {
  if (free_blocks_ == nullptr) {
    blocks_.push_back(std::make_unique<Block[]>(kBlocksPerChunk));
    for (size_t i = 0; i < kBlocksPerChunk; ++i) FreeBlock(&blocks_.back()[i]);
  }
  Block* const block = std::exchange(free_blocks_, free_blocks_->next);
  block->next = bucket.head;
  bucket.head = block;
  bucket.in_head = 0;
}

void EventQueue::FreeBlock(Block* block) {
  block->next = free_blocks_;
  free_blocks_ = block;
}

}  // namespace dualsim::sim
