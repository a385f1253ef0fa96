#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "stack/wire/ipv6_address.h"

namespace dualsim {

// A hash map from addresses of one family to small values: open addressing, linear
// probing, erasure by moving back, so that a look-up touches one or two cache
// lines. It has no iteration: the order of a hash table must not be seen.
// Pointers to values hold until the next Insert or Erase. Empty, it owns nothing.
template <typename Value, typename Address = Ipv6Address>
class AddressMap {
 public:
  Value* Find(const Address& key) {
    const size_t i = IndexOf(key);
    return i == kNowhere ? nullptr : &cells_[i].value;
  }
  const Value* Find(const Address& key) const { return const_cast<AddressMap*>(this)->Find(key); }

  // Adds the key or replaces its value.
  Value& Insert(const Address& key, Value value) {
    if (Value* found = Find(key)) return *found = std::move(value);
    if ((size_ + 1) * 4 > cells_.size() * 3) Grow();
    ++size_;
    return Place(key, std::move(value));
  }

  bool Erase(const Address& key) {
    size_t hole = IndexOf(key);
    if (hole == kNowhere) return false;
    for (size_t i = Next(hole); cells_[i].used; i = Next(i)) {
      // A cell may fill the hole unless its home lies between the hole and itself.
      const size_t home = Home(cells_[i].key);
      if (((i - home) & (cells_.size() - 1)) < ((i - hole) & (cells_.size() - 1))) continue;
      cells_[hole] = std::move(cells_[i]);
      hole = i;
    }
    cells_[hole] = Cell();
    --size_;
    return true;
  }

  size_t size() const { return size_; }
  void Clear() {
    cells_ = {};
    size_ = 0;
  }

 private:
  struct Cell {
    Value value{};
    Address key;
    bool used = false;
  };

  static constexpr size_t kNowhere = ~size_t{0};

  size_t IndexOf(const Address& key) const {
    if (cells_.empty()) return kNowhere;
    for (size_t i = Home(key); cells_[i].used; i = Next(i)) {
      if (cells_[i].key == key) return i;
    }
    return kNowhere;
  }
  size_t Home(const Address& key) const { return std::hash<Address>()(key) & (cells_.size() - 1); }
  size_t Next(size_t i) const { return (i + 1) & (cells_.size() - 1); }

  Value& Place(const Address& key, Value value) {
    size_t i = Home(key);
    while (cells_[i].used) i = Next(i);
    cells_[i] = Cell{std::move(value), key, true};
    return cells_[i].value;
  }

  void Grow() {
    std::vector<Cell> old = std::exchange(cells_, {});
    cells_.resize(old.empty() ? 4 : old.size() * 2);
    for (Cell& cell : old) {
      if (cell.used) Place(cell.key, std::move(cell.value));
    }
  }

  std::vector<Cell> cells_;  // A power of two of them, or none.
  size_t size_ = 0;
};

}  // namespace dualsim
