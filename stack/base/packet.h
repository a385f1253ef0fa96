#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "stack/base/bytes.h"

namespace dualsim {

class PacketPool;

namespace internal {

// One buffer of a pool: this header, then `capacity` bytes.
struct PacketBuffer {
  PacketPool* pool;
  PacketBuffer* next_free;
  uint32_t references;
  uint32_t capacity;
  uint32_t begin;  // The packet is bytes [begin, end) of the storage.
  uint32_t end;

  uint8_t* storage() { return reinterpret_cast<uint8_t*>(this + 1); }
};

}  // namespace internal

// A handle on a pooled buffer with room in front for headers. Copying a handle
// shares the bytes (a reference count, one thread); writing needs the only
// handle: call MakeUnique() first, which copies when the bytes are shared.
// A default-made or moved-from handle is empty and holds no buffer.
class Packet {
 public:
  // What the headers below IP take at most: Ethernet's 14 bytes, and space for
  // an IPv6 header and extension headers in front of a payload.
  static constexpr size_t kHeadroom = 128;

  Packet() = default;
  Packet(const Packet& other) : buffer_(other.buffer_) {
    if (buffer_ != nullptr) ++buffer_->references;
  }
  Packet(Packet&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
  Packet& operator=(Packet other) noexcept {
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~Packet() { Release(); }

  explicit operator bool() const { return buffer_ != nullptr; }
  size_t size() const { return buffer_->end - buffer_->begin; }
  ByteView bytes() const { return {buffer_->storage() + buffer_->begin, size()}; }

  bool unique() const { return buffer_->references == 1; }
  // Afterwards this handle is the only one on its bytes.
  void MakeUnique();
  // Requires unique().
  MutableByteView mutable_bytes() { return {buffer_->storage() + buffer_->begin, size()}; }

  // Grows by `count` bytes in front and returns them, unset; moves the bytes to
  // a new buffer when the headroom does not suffice. Requires unique().
  MutableByteView Prepend(size_t count);
  // Grows by `count` bytes at the end and returns them, unset; likewise.
  MutableByteView Append(size_t count);
  // Require count <= size() and unique().
  void TrimFront(size_t count) { buffer_->begin += static_cast<uint32_t>(count); }
  void TrimBack(size_t count) { buffer_->end -= static_cast<uint32_t>(count); }

  // For queues that hold plain words: gives the reference away, and takes it back.
  internal::PacketBuffer* Detach() { return std::exchange(buffer_, nullptr); }
  static Packet Attach(internal::PacketBuffer* buffer) { return Packet(buffer); }

 private:
  friend class PacketPool;
  explicit Packet(internal::PacketBuffer* buffer) : buffer_(buffer) {}
  void Release();
  void MoveTo(size_t headroom, size_t size, size_t at);

  internal::PacketBuffer* buffer_ = nullptr;
};

// Buffers in a few sizes, reused last in, first out, so that what is in use
// stays in cache. Allocates only when more packets are alive than ever before.
// One thread; outlives every packet that it made.
class PacketPool {
 public:
  PacketPool() = default;
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;
  ~PacketPool();

  // A packet of `size` bytes, unset, with `headroom` bytes free in front.
  Packet Make(size_t size, size_t headroom = Packet::kHeadroom);
  // A packet that holds a copy of `bytes`.
  Packet Copy(ByteView bytes, size_t headroom = Packet::kHeadroom);

  // Buffers taken from the heap so far, and those in use now.
  size_t allocated() const { return allocated_; }
  size_t in_use() const { return in_use_; }

 private:
  friend class Packet;
  // Neighbour discovery; a full Ethernet frame; a jumbo frame; the largest IP packet.
  static constexpr uint32_t kCapacities[] = {384, 1792, 9472, 66048};
  static constexpr int kClasses = 4;

  internal::PacketBuffer* Take(size_t capacity);
  void Give(internal::PacketBuffer* buffer);

  internal::PacketBuffer* free_[kClasses] = {};
  size_t allocated_ = 0;
  size_t in_use_ = 0;
};

inline void Packet::Release() {
  if (buffer_ != nullptr && --buffer_->references == 0) buffer_->pool->Give(buffer_);
}

}  // namespace dualsim
