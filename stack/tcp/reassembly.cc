#include "stack/tcp/reassembly.h"

#include <algorithm>

namespace dualsim::tcp {

Reassembly::Outcome Reassembly::Insert(SeqNum begin, ByteView bytes) {
  Outcome outcome;
  const SeqNum end = begin + static_cast<uint32_t>(bytes.size());
  if (begin < next_) {
    duplicate_ = wire::SackBlock{begin, SeqNum::Min(next_, end)};
    outcome.duplicate = true;
    const uint32_t known = next_ - begin;
    if (known >= bytes.size()) return outcome;
    bytes = bytes.subspan(known);
    begin = next_;
  }
  if (bytes.empty()) return outcome;
  if (begin == next_ && islands_.empty()) {
    ring_.Write(ready_, bytes);
    ready_ += bytes.size();
    next_ = end;
    outcome.advanced = static_cast<uint32_t>(bytes.size());
    return outcome;
  }
  Join(begin, end, outcome);
  if (!outcome.hole_limit) ring_.Write(ready_ + (begin - (next_ - outcome.advanced)), bytes);
  ready_ += outcome.advanced;
  return outcome;
}

// Merges [begin, end) into the islands, and what then touches next_ into the
// readable bytes (ready_ is the caller's).
void Reassembly::Join(SeqNum begin, SeqNum end, Outcome& outcome) {
  const auto first = std::find_if(islands_.begin(), islands_.end(),
                                  [&](const Island& island) { return begin <= island.end; });
  auto last = first;
  SeqNum joined_begin = begin;
  SeqNum joined_end = end;
  for (; last != islands_.end() && last->begin <= end; ++last) {
    const SeqNum overlap_begin = SeqNum::Max(begin, last->begin);
    const SeqNum overlap_end = SeqNum::Min(end, last->end);
    if (overlap_begin < overlap_end && !outcome.duplicate) {
      duplicate_ = wire::SackBlock{overlap_begin, overlap_end};
      outcome.duplicate = true;
    }
    joined_begin = SeqNum::Min(joined_begin, last->begin);
    joined_end = SeqNum::Max(joined_end, last->end);
  }
  if (joined_begin == next_) {
    outcome.filled_hole = true;
    outcome.advanced = joined_end - next_;
    next_ = joined_end;
    islands_.erase(islands_.begin(), last);
    return;
  }
  const Island island{joined_begin, joined_end, ++count_};
  if (first == last) {
    if (islands_.size() >= static_cast<size_t>(max_holes_)) {
      outcome.hole_limit = true;
      return;
    }
    islands_.insert(first, island);
  } else {
    *first = island;
    islands_.erase(first + 1, last);
  }
}

void Reassembly::Skip(SeqNum next) {
  Clear();
  next_ = next;
}

void Reassembly::Consume(size_t count) {
  ring_.Drop(count);
  ready_ -= count;
  if (ready_ == 0 && islands_.empty()) ring_.Release();
}

void Reassembly::Clear() {
  ring_.Release();
  ready_ = 0;
  islands_ = {};
}

size_t Reassembly::TakeSackBlocks(std::span<wire::SackBlock> blocks) {
  size_t count = 0;
  if (duplicate_ && !blocks.empty()) {
    blocks[count++] = *duplicate_;
    duplicate_.reset();
  }
  // The latest first; the islands are few.
  for (uint32_t least_age = 0; count < blocks.size();) {
    const Island* latest = nullptr;
    for (const Island& island : islands_) {
      const uint32_t age = count_ - island.touched;
      if (age < least_age) continue;
      if (latest == nullptr || age < count_ - latest->touched) latest = &island;
    }
    if (latest == nullptr) break;
    blocks[count++] = {latest->begin, latest->end};
    least_age = count_ - latest->touched + 1;
  }
  return count;
}

}  // namespace dualsim::tcp
