#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/engine/event.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// The pending events of a world, taken out in the order of Event's operator<.
//
// A radix heap: a queue for events that are never earlier than the last one
// taken out. An event waits in the bucket that is named by the highest bit in
// which its time differs from the queue's floor, and moves to lower buckets only
// when its turn comes near, so that putting in costs a few instructions however
// many are pending. Events of the lowest bucket stand sorted in the front; those
// that are put in beside them while they are taken out find their place there.
//
// Allocates only when more events are pending than ever before.
class EventQueue {
 public:
  EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  // Requires floor() <= event.time < Time::Never().
  void Push(const Event& event) {
    ++size_;
    const unsigned bucket = BucketOf(event.time);
    if (bucket <= front_width_) {
      PushFront(event);
    } else {
      PushBucket(bucket, event);
    }
  }

  // Takes out the first event, if its time is at or before `limit`. Then its
  // time is the new floor.
  bool PopUntil(Time limit, Event& out) {
    if (cursor_ == front_.size() && late_.empty() && !Refill(limit)) return false;
    return PopFront(limit, out);
  }

  // The time of the first event; Time::Never() when there is none.
  Time next() const;
  // Nothing earlier may be put in: the time of the last event that came out.
  Time floor() const { return floor_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr unsigned kBuckets = 64;  // Times are below 2^63: bits 1 to 63, and the front.
  static constexpr uint32_t kBlockSize = 32;

  // Buckets are chains of blocks out of one store: what all buckets hold
  // together decides how much memory there is, not what each once held.
  struct Block {
    Block* next = nullptr;
    std::array<Event, kBlockSize> events;
  };
  struct Bucket {
    Block* head = nullptr;          // All blocks behind the head are full.
    uint32_t in_head = kBlockSize;  // Events in the head; full where there is none.
    uint32_t size = 0;
    Time earliest = Time::Never();
  };

  unsigned BucketOf(Time time) const {
    return static_cast<unsigned>(
        std::bit_width(static_cast<uint64_t>(time.nanoseconds() ^ base_.nanoseconds())));
  }
  void PushBucket(unsigned index, const Event& event) {
    Bucket& bucket = buckets_[index];
    if (bucket.in_head == kBlockSize) AddBlock(bucket);
    bucket.head->events[bucket.in_head++] = event;
    ++bucket.size;
    if (event.time < bucket.earliest) bucket.earliest = event.time;
    occupied_ |= uint64_t{1} << index;
  }
  void PushFront(const Event& event);
  bool PopFront(Time limit, Event& out);
  // Fills the empty front from the lowest bucket, unless all is after `limit`.
  bool Refill(Time limit);
  void MoveToFront(Bucket& bucket);
  void Spread(Bucket& bucket);
  void NarrowFront();
  void AddBlock(Bucket& bucket);
  void FreeBlock(Block* block);

  Time floor_;
  Time base_;  // What times are compared with: at or before floor_, in the front's range.
  unsigned front_width_ = 0;  // Times that differ from base_ in these low bits belong in the front.
  uint64_t occupied_ = 0;     // Bit i: bucket i is not empty.
  size_t size_ = 0;
  std::array<Bucket, kBuckets> buckets_;

  std::vector<Event> front_;  // Sorted; those before cursor_ are gone.
  size_t cursor_ = 0;
  std::vector<Event> late_;  // A heap: put in since the front was filled.

  Block* free_blocks_ = nullptr;
  std::vector<std::unique_ptr<Block[]>> blocks_;
};

}  // namespace dualsim::sim
