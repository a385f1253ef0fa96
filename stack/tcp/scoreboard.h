#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/tcp.h"

namespace dualsim::tcp {

// What is in flight: one record for each segment of [SND.UNA, SND.NXT), with what
// the peer reported about it (RFC 6675 §3) and when it was last sent (RFC 8985
// §5.1). SYN and FIN count as one byte each.
//
// Segments have numbers that go up by one; the number of one that is gone is
// never looked at. A second order, by the time of sending, leads through those
// that may yet be found lost.
class Scoreboard {
 public:
  using Id = uint32_t;
  static constexpr Id kNone = ~Id{0};

  struct Segment {
    SeqNum begin;
    SeqNum end;
    Time sent;  // The last time.
    Id earlier = kNone;
    Id later = kNone;
    bool sacked = false;
    bool lost = false;           // Thought to be lost, once at least.
    bool retransmitted = false;  // And what was lost is in flight again.
    bool ever_retransmitted = false;
    uint32_t size() const { return end - begin; }
  };

  // Nothing is in flight; the next byte to be sent is `next`.
  void Start(SeqNum next);

  bool empty() const { return count_ == 0; }
  size_t count() const { return count_; }
  SeqNum una() const { return una_; }
  SeqNum next() const { return next_; }
  // Bytes between una() and next().
  uint32_t flight() const { return next_ - una_; }
  // Bytes thought to be in the network, RFC 6675 §4.
  uint32_t pipe() const { return pipe_; }
  // Bytes, and segments, that the peer reported.
  uint32_t sacked() const { return sacked_; }
  uint32_t sacked_segments() const { return sacked_segments_; }
  // Bytes that are lost and were not sent again.
  bool has_lost() const { return waiting_ > 0; }

  Id first() const { return first_; }
  Id last() const { return first_ + static_cast<Id>(count_) - 1; }  // Requires !empty().
  const Segment& operator[](Id id) const { return cells_[id & (cells_.size() - 1)]; }

  // [next(), end) was sent for the first time.
  void Append(SeqNum end, Time now);
  void MarkRetransmitted(Id id, Time now);
  void MarkLost(Id id);
  // After a timeout everything that was not reported is lost. Where the peer has
  // taken back its reports (the first segment is reported, yet it never
  // acknowledged it: RFC 2018 §8), they are forgotten.
  void MarkAllLost();
  // The first segment that is lost and not sent again; kNone where there is none.
  Id NextLost() const;

  // The peer acknowledged all before `ack`: una() <= ack <= next(). Calls
  // `delivered(segment)` for each that was not reported before.
  template <typename Delivered>
  void Acknowledge(SeqNum ack, Delivered delivered);
  // The peer holds [begin, end), which lies within what is in flight. Likewise.
  template <typename Delivered>
  void Sack(wire::SackBlock block, Delivered delivered);

  // The first in order of sending of those neither reported nor known lost;
  // kNone at the end. Follow with operator[](id).later.
  Id oldest() const { return oldest_; }

  // Segments in flight become no larger than `size`, after the path's MTU fell;
  // `lost`: those that were larger never arrived.
  void Resegment(uint32_t size, bool lost);

 private:
  Segment& at(Id id) { return cells_[id & (cells_.size() - 1)]; }
  // What a segment adds to the pipe.
  static uint32_t InPipe(const Segment& s) {
    return s.sacked || (s.lost && !s.retransmitted) ? 0 : s.size();
  }
  static bool Waits(const Segment& s) { return s.lost && !s.retransmitted && !s.sacked; }
  void Count(const Segment& s);
  void Discount(const Segment& s);
  void Link(Id id);  // As the one sent last.
  void Unlink(Id id);
  void PopFirst();
  void Grow();
  // The first segment whose end is after `seq`.
  Id FindAfter(SeqNum seq) const;

  std::vector<Segment> cells_;  // A ring; its size is 0 or a power of two.
  Id first_ = 0;
  size_t count_ = 0;
  SeqNum una_;
  SeqNum next_;
  uint32_t pipe_ = 0;
  uint32_t sacked_ = 0;
  uint32_t sacked_segments_ = 0;
  uint32_t waiting_ = 0;      // Segments that Waits() holds for.
  mutable Id lost_from_ = 0;  // None before it waits.
  Id oldest_ = kNone;
  Id newest_ = kNone;
};

template <typename Delivered>
void Scoreboard::Acknowledge(SeqNum ack, Delivered delivered) {
  while (count_ > 0 && at(first_).end <= ack) {
    if (!at(first_).sacked) delivered(static_cast<const Segment&>(at(first_)));
    PopFirst();
  }
  if (count_ > 0 && at(first_).begin < ack) {
    Segment& s = at(first_);
    Discount(s);
    s.begin = ack;
    Count(s);
  }
  una_ = ack;
}

template <typename Delivered>
void Scoreboard::Sack(wire::SackBlock block, Delivered delivered) {
  for (Id id = FindAfter(block.begin); id - first_ < count_; ++id) {
    Segment& s = at(id);
    if (s.end > block.end) return;
    if (s.sacked || s.begin < block.begin) continue;
    Discount(s);
    Unlink(id);
    s.sacked = true;
    Count(s);
    delivered(static_cast<const Segment&>(s));
  }
}

}  // namespace dualsim::tcp
