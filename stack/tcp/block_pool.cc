#include "stack/tcp/block_pool.h"

#include <algorithm>
#include <bit>

namespace dualsim::tcp {
namespace {

int ClassOf(size_t size) { return std::countr_zero(size) - std::countr_zero(BlockPool::kMinBlock); }

}  // namespace

size_t BlockPool::BlockSize(size_t bytes) { return std::bit_ceil(std::max(bytes, kMinBlock)); }

BlockPool::Block BlockPool::Take(size_t bytes) {
  const size_t size = BlockSize(bytes);
  in_use_ += size;
  std::vector<Block>& free = free_[ClassOf(size)];
  if (free.empty()) return std::make_unique_for_overwrite<uint8_t[]>(size);
  Block block = std::move(free.back());
  free.pop_back();
  kept_ -= size;
  return block;
}

void BlockPool::Give(Block block, size_t size) {
  in_use_ -= size;
  if (kept_ + size > kMaxKept) return;
  kept_ += size;
  free_[ClassOf(size)].push_back(std::move(block));
}

}  // namespace dualsim::tcp
