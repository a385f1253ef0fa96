#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stack/tcp/byte_ring.h"
#include "stack/wire/tcp.h"

namespace dualsim::tcp {

// The bytes that came: those in order wait for the program, those after a hole
// wait for the hole to fill. One ring holds both, and the receive window bounds
// it; holes are bounded too.
class Reassembly {
 public:
  Reassembly(BlockPool& pool, int max_holes) : ring_(pool), max_holes_(max_holes) {}

  // The stream begins at `first`.
  void Start(SeqNum first) { next_ = first; }

  struct Outcome {
    uint32_t advanced = 0;     // By how much RCV.NXT moved.
    bool duplicate = false;    // Some of the bytes had come before: see duplicate_block().
    bool filled_hole = false;  // RCV.NXT moved while bytes waited beyond it.
    bool hole_limit = false;   // Refused: one hole too many.
  };
  // Takes in a segment's bytes that lie within the window: [begin, begin +
  // bytes.size()) with begin >= next() or partly before it.
  Outcome Insert(SeqNum begin, ByteView bytes);
  // Moves RCV.NXT over the FIN.
  void PassFin() { next_ += 1; }
  // Moves RCV.NXT to `next` without bytes, which the program no longer wants.
  void Skip(SeqNum next);

  SeqNum next() const { return next_; }  // RCV.NXT
  size_t readable() const { return ready_; }
  bool has_holes() const { return !islands_.empty(); }

  // What can be read now. Valid until the next call that is not const.
  Pieces Peek() const { return ring_.Read(0, ready_); }
  // Requires count <= readable().
  void Consume(size_t count);
  // Drops what waits, in order or not.
  void Clear();

  // The blocks to report, RFC 2018 §4: that with the segment that came last
  // first, then those reported before. Led by the duplicate block, once, where
  // there is one (RFC 2883). Writes at most blocks.size(); returns how many.
  size_t TakeSackBlocks(std::span<wire::SackBlock> blocks);
  bool has_sack_blocks() const { return has_holes() || duplicate_.has_value(); }

 private:
  // Bytes after a hole.
  struct Island {
    SeqNum begin;
    SeqNum end;
    uint32_t touched;  // When a segment last went into it, in segments.
  };
  void Join(SeqNum begin, SeqNum end, Outcome& outcome);

  ByteRing ring_;
  SeqNum next_;
  size_t ready_ = 0;
  std::vector<Island> islands_;  // In order of sequence; none touches another, or next_.
  std::optional<wire::SackBlock> duplicate_;
  uint32_t count_ = 0;
  int max_holes_;
};

}  // namespace dualsim::tcp
