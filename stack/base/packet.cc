#include "stack/base/packet.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace dualsim {

using internal::PacketBuffer;

void Packet::MoveTo(size_t headroom, size_t size, size_t at) {
  PacketPool& pool = *buffer_->pool;
  Packet fresh = pool.Make(size, headroom);
  std::memcpy(fresh.mutable_bytes().data() + at, bytes().data(), this->size());
  *this = std::move(fresh);
}

void Packet::MakeUnique() {
  if (!unique()) MoveTo(std::max<size_t>(buffer_->begin, kHeadroom), size(), 0);
}

MutableByteView Packet::Prepend(size_t count) {
  if (buffer_->begin < count) {
    MoveTo(kHeadroom, size() + count, count);
  } else {
    buffer_->begin -= static_cast<uint32_t>(count);
  }
  return mutable_bytes().first(count);
}

MutableByteView Packet::Append(size_t count) {
  const size_t old = size();
  if (buffer_->capacity - buffer_->end < count) {
    MoveTo(buffer_->begin, old + count, 0);
  } else {
    buffer_->end += static_cast<uint32_t>(count);
  }
  return mutable_bytes().last(count);
}

PacketPool::~PacketPool() {
  for (PacketBuffer*& head : free_) {
    while (head != nullptr) std::free(std::exchange(head, head->next_free));
  }
}

PacketBuffer* PacketPool::Take(size_t capacity) {
  ++in_use_;
  for (int i = 0; i < kClasses; ++i) {
    if (capacity > kCapacities[i]) continue;
    if (free_[i] != nullptr) return std::exchange(free_[i], free_[i]->next_free);
    capacity = kCapacities[i];
    break;
  }
  // Larger than any class: a buffer of its own, given back to the heap.
  void* memory = std::malloc(sizeof(PacketBuffer) + capacity);
  if (memory == nullptr) throw std::bad_alloc();
  ++allocated_;
  auto* buffer = static_cast<PacketBuffer*>(memory);
  buffer->pool = this;
  buffer->capacity = static_cast<uint32_t>(capacity);
  return buffer;
}

void PacketPool::Give(PacketBuffer* buffer) {
  --in_use_;
  for (int i = 0; i < kClasses; ++i) {
    if (buffer->capacity == kCapacities[i]) {
      buffer->next_free = free_[i];
      free_[i] = buffer;
      return;
    }
  }
  std::free(buffer);
}

Packet PacketPool::Make(size_t size, size_t headroom) {
  PacketBuffer* buffer = Take(size + headroom);
  buffer->next_free = nullptr;
  buffer->references = 1;
  buffer->begin = static_cast<uint32_t>(headroom);
  buffer->end = static_cast<uint32_t>(headroom + size);
  return Packet(buffer);
}

Packet PacketPool::Copy(ByteView bytes, size_t headroom) {
  Packet packet = Make(bytes.size(), headroom);
  if (!bytes.empty()) std::memcpy(packet.mutable_bytes().data(), bytes.data(), bytes.size());
  return packet;
}

}  // namespace dualsim
