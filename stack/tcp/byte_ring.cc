#include "stack/tcp/byte_ring.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dualsim::tcp {

void ByteRing::Write(size_t offset, ByteView bytes) {
  if (bytes.empty()) return;
  if (offset + bytes.size() > capacity_) Grow(offset + bytes.size());
  const size_t at = (front_ + offset) & (capacity_ - 1);
  const size_t until_wrap = std::min(bytes.size(), capacity_ - at);
  std::memcpy(block_.get() + at, bytes.data(), until_wrap);
  std::memcpy(block_.get(), bytes.data() + until_wrap, bytes.size() - until_wrap);
}

Pieces ByteRing::Read(size_t offset, size_t count) const {
  if (count == 0) return {};
  const size_t at = (front_ + offset) & (capacity_ - 1);
  const size_t until_wrap = std::min(count, capacity_ - at);
  return {{block_.get() + at, until_wrap}, {block_.get(), count - until_wrap}};
}

void ByteRing::Release() {
  if (capacity_ == 0) return;
  pool_->Give(std::move(block_), capacity_);
  capacity_ = 0;
  front_ = 0;
}

void ByteRing::Grow(size_t needed) {
  const size_t size = BlockPool::BlockSize(needed);
  BlockPool::Block block = pool_->Take(size);
  const Pieces old = Read(0, capacity_);
  if (capacity_ > 0) {
    std::memcpy(block.get(), old.first.data(), old.first.size());
    std::memcpy(block.get() + old.first.size(), old.second.data(), old.second.size());
  }
  Release();
  block_ = std::move(block);
  capacity_ = size;
}

}  // namespace dualsim::tcp
