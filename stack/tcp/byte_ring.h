#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/tcp/block_pool.h"

namespace dualsim::tcp {

// Bytes that lie in at most two pieces, in order.
struct Pieces {
  ByteView first{};
  ByteView second{};
  size_t size() const { return first.size() + second.size(); }
};

// A window of bytes that moves forward over a stream: places are counted from
// its front, written in any order, read in pieces, and dropped from the front.
// Room grows by doubling; empty, it owns nothing once Release() was called.
class ByteRing {
 public:
  explicit ByteRing(BlockPool& pool) : pool_(&pool) {}
  ByteRing(const ByteRing&) = delete;
  ByteRing& operator=(const ByteRing&) = delete;
  ~ByteRing() { Release(); }

  // Copies `bytes` to the places [offset, offset + bytes.size()).
  void Write(size_t offset, ByteView bytes);
  // Requires that the places were written.
  Pieces Read(size_t offset, size_t count) const;
  // Moves the front by `count` places.
  void Drop(size_t count) { front_ = (front_ + count) & (capacity_ - 1); }
  // Gives the memory back; all places are unwritten then.
  void Release();

  size_t capacity() const { return capacity_; }

 private:
  void Grow(size_t needed);

  BlockPool* pool_;
  BlockPool::Block block_;
  size_t capacity_ = 0;  // 0 or a power of two.
  size_t front_ = 0;
};

}  // namespace dualsim::tcp
