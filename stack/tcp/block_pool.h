#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace dualsim::tcp {

// Memory for the buffers of all connections of an endpoint: blocks of a power of
// two bytes. What a connection gives back the next one takes, so that a steady
// state allocates nothing and an idle connection owns nothing. One thread;
// outlives the buffers that draw on it.
class BlockPool {
 public:
  static constexpr size_t kMinBlock = 2048;

  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  using Block = std::unique_ptr<uint8_t[]>;
  // The size of the block that Take(bytes) makes.
  static size_t BlockSize(size_t bytes);
  // A block of BlockSize(bytes), its content unset.
  Block Take(size_t bytes);
  // Takes back what Take made; `size` is its BlockSize.
  void Give(Block block, size_t size);

  // Bytes in blocks that are taken now, and those kept for the next taker.
  size_t in_use() const { return in_use_; }
  size_t kept() const { return kept_; }

 private:
  static constexpr size_t kMaxKept = size_t{16} << 20;
  static constexpr int kClasses = 24;

  std::vector<Block> free_[kClasses];
  size_t in_use_ = 0;
  size_t kept_ = 0;
};

}  // namespace dualsim::tcp
