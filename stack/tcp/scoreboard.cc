#include "stack/tcp/scoreboard.h"

#include <algorithm>
#include <utility>

namespace dualsim::tcp {

void Scoreboard::Start(SeqNum next) {
  *this = Scoreboard();
  una_ = next;
  next_ = next;
}

void Scoreboard::Append(SeqNum end, Time now) {
  if (count_ == cells_.size()) Grow();
  const Id id = first_ + static_cast<Id>(count_++);
  at(id) = Segment{.begin = next_, .end = end, .sent = now};
  next_ = end;
  Count(at(id));
  Link(id);
}

void Scoreboard::MarkRetransmitted(Id id, Time now) {
  Segment& s = at(id);
  Discount(s);
  Unlink(id);
  s.sent = now;
  s.retransmitted = true;
  s.ever_retransmitted = true;
  Count(s);
  Link(id);
}

void Scoreboard::MarkLost(Id id) {
  Segment& s = at(id);
  if (s.sacked) return;
  Discount(s);
  Unlink(id);
  s.lost = true;
  s.retransmitted = false;
  Count(s);
  if (id - first_ < lost_from_ - first_) lost_from_ = id;
}

void Scoreboard::MarkAllLost() {
  if (count_ == 0) return;
  const bool reneged = at(first_).sacked;
  for (Id id = first_; id - first_ < count_; ++id) {
    Segment& s = at(id);
    if (s.sacked && reneged) {
      Discount(s);
      s.sacked = false;
      Count(s);
    }
    MarkLost(id);
  }
}

Scoreboard::Id Scoreboard::NextLost() const {
  if (waiting_ == 0) return kNone;
  // first_ may have passed the mark.
  if (lost_from_ - first_ >= count_) lost_from_ = first_;
  while (!Waits((*this)[lost_from_])) {
    if (++lost_from_ - first_ >= count_) lost_from_ = first_;
  }
  return lost_from_;
}

void Scoreboard::Resegment(uint32_t size, bool lost) {
  std::vector<Segment> old;
  for (Id id = first_; id - first_ < count_; ++id) old.push_back(at(id));
  const SeqNum una = una_;
  Start(una);
  for (const Segment& segment : old) {
    for (SeqNum begin = segment.begin; begin < segment.end;) {
      const SeqNum end = SeqNum::Min(segment.end, begin + size);
      Append(end, segment.sent);
      Segment& piece = at(last());
      Discount(piece);
      piece.sacked = segment.sacked;
      piece.lost = segment.lost;
      piece.retransmitted = segment.retransmitted;
      piece.ever_retransmitted = segment.ever_retransmitted;
      Count(piece);
      if (piece.sacked || Waits(piece)) Unlink(last());
      if (lost && segment.size() > size) MarkLost(last());
      begin = end;
    }
  }
}

void Scoreboard::Count(const Segment& s) {
  pipe_ += InPipe(s);
  if (s.sacked) {
    sacked_ += s.size();
    ++sacked_segments_;
  }
  if (Waits(s)) ++waiting_;
}

void Scoreboard::Discount(const Segment& s) {
  pipe_ -= InPipe(s);
  if (s.sacked) {
    sacked_ -= s.size();
    --sacked_segments_;
  }
  if (Waits(s)) --waiting_;
}

void Scoreboard::Link(Id id) {
  at(id).earlier = newest_;
  at(id).later = kNone;
  (newest_ == kNone ? oldest_ : at(newest_).later) = id;
  newest_ = id;
}

void Scoreboard::Unlink(Id id) {
  Segment& s = at(id);
  if (s.earlier == kNone && oldest_ != id) return;  // It is not linked.
  (s.earlier == kNone ? oldest_ : at(s.earlier).later) = s.later;
  (s.later == kNone ? newest_ : at(s.later).earlier) = s.earlier;
  s.earlier = kNone;
  s.later = kNone;
}

void Scoreboard::PopFirst() {
  Discount(at(first_));
  Unlink(first_);
  ++first_;
  --count_;
}

void Scoreboard::Grow() {
  std::vector<Segment> larger(std::max<size_t>(8, cells_.size() * 2));
  for (Id id = first_; id - first_ < count_; ++id) {
    larger[id & (larger.size() - 1)] = at(id);
  }
  cells_ = std::move(larger);
}

Scoreboard::Id Scoreboard::FindAfter(SeqNum seq) const {
  Id low = 0;
  auto high = static_cast<Id>(count_);
  while (low < high) {
    const Id middle = low + (high - low) / 2;
    if ((*this)[first_ + middle].end <= seq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return first_ + low;
}

}  // namespace dualsim::tcp
