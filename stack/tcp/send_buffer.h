#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "stack/tcp/byte_ring.h"
#include "stack/wire/seq_num.h"

namespace dualsim::tcp {

// The bytes that a program wrote and the peer has not acknowledged, sent or not.
// A place is a sequence number; the first byte of the stream has that given to
// Start().
class SendBuffer {
 public:
  SendBuffer(BlockPool& pool, size_t limit) : ring_(pool), limit_(limit) {}

  void Start(SeqNum first) { begin_ = first; }

  SeqNum begin() const { return begin_; }
  SeqNum end() const { return begin_ + static_cast<uint32_t>(size_); }
  size_t size() const { return size_; }
  size_t free() const { return limit_ > size_ ? limit_ - size_ : 0; }
  // What was taken already stays.
  void SetLimit(size_t limit) { limit_ = limit; }
  size_t limit() const { return limit_; }

  // Takes as much of `bytes` as fits; returns how much.
  size_t Append(ByteView bytes) {
    bytes = bytes.first(std::min(bytes.size(), free()));
    ring_.Write(size_, bytes);
    size_ += bytes.size();
    return bytes.size();
  }
  // Requires that [from, from + count) lies within the buffer.
  Pieces Read(SeqNum from, size_t count) const { return ring_.Read(from - begin_, count); }
  // Forgets the bytes before `ack`. Requires begin() <= ack <= end().
  void Acknowledge(SeqNum ack) {
    const uint32_t count = ack - begin_;
    if (count == 0) return;
    ring_.Drop(count);
    size_ -= count;
    begin_ = ack;
    if (size_ == 0) ring_.Release();
  }
  void Clear() {
    begin_ = end();
    size_ = 0;
    ring_.Release();
  }

 private:
  ByteRing ring_;
  size_t limit_;
  size_t size_ = 0;
  SeqNum begin_;
};

}  // namespace dualsim::tcp
