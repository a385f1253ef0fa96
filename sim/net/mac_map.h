#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dualsim::sim {

// From 64-bit keys (a MAC address and 16 bits to spare) to small numbers: a hash
// table with open addressing. It has no order and is never walked. Allocates
// only when it holds more than ever before.
class MacMap {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // kNone where there is no such key.
  uint32_t Find(uint64_t key) const {
    if (cells_.empty()) return kNone;
    for (size_t at = Home(key);; at = Next(at)) {
      if (cells_[at].value == kNone || cells_[at].key == key) return cells_[at].value;
    }
  }

  // Requires that the key is not there and that value != kNone.
  void Insert(uint64_t key, uint32_t value) {
    if (2 * (size_ + 1) > cells_.size()) Grow();
    ++size_;
    Place({key, value});
  }

  // Requires that the key is there.
  void Erase(uint64_t key) {
    size_t hole = Home(key);
    while (cells_[hole].key != key || cells_[hole].value == kNone) hole = Next(hole);
    // Moves back what stands behind the hole only because its place was taken.
    for (size_t at = Next(hole); cells_[at].value != kNone; at = Next(at)) {
      const size_t distance = (at - Home(cells_[at].key)) & (cells_.size() - 1);
      if (distance >= ((at - hole) & (cells_.size() - 1))) {
        cells_[hole] = cells_[at];
        hole = at;
      }
    }
    cells_[hole] = Cell();
    --size_;
  }

  void Clear() {
    for (Cell& cell : cells_) cell = Cell();
    size_ = 0;
  }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kSmallest = 16;
  struct Cell {
    uint64_t key = 0;
    uint32_t value = kNone;
  };

  size_t Home(uint64_t key) const {
    const uint64_t hash = key * 0x9e3779b97f4a7c15;
    return static_cast<size_t>(hash ^ (hash >> 32)) & (cells_.size() - 1);
  }
  size_t Next(size_t at) const { return (at + 1) & (cells_.size() - 1); }
  void Place(Cell cell) {
    size_t at = Home(cell.key);
    while (cells_[at].value != kNone) at = Next(at);
    cells_[at] = cell;
  }
  void Grow() {
    std::vector<Cell> old(cells_.empty() ? kSmallest : 2 * cells_.size());
    old.swap(cells_);
    for (const Cell& cell : old) {
      if (cell.value != kNone) Place(cell);
    }
  }

  std::vector<Cell> cells_;  // A power of two of them, at most half in use.
  size_t size_ = 0;
};

}  // namespace dualsim::sim
