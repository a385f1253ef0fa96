#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/tcp/flow.h"
#include "stack/tcp/siphash.h"

namespace dualsim::tcp {

// Which slot holds the connection of a flow: open addressing with linear probing
// under a keyed hash, so that nobody can choose flows that collide. It has no
// iteration: the order of a hash table must not be seen.
class FlowTable {
 public:
  explicit FlowTable(RandomStream& random) : hash_(random) {}

  std::optional<uint32_t> Find(const Flow& flow) const;
  // Requires that the flow is not in the table.
  void Insert(const Flow& flow, uint32_t slot);
  void Erase(const Flow& flow);
  size_t size() const { return size_; }

 private:
  struct Cell {
    Flow flow;
    uint32_t slot = kEmpty;
  };
  static constexpr uint32_t kEmpty = ~uint32_t{0};

  size_t Home(const Flow& flow) const { return hash_(flow) & (cells_.size() - 1); }
  size_t Next(size_t i) const { return (i + 1) & (cells_.size() - 1); }
  // Where the flow is, or the empty cell where it would be.
  size_t Locate(const Flow& flow) const;
  void Grow();

  SipHash hash_;
  std::vector<Cell> cells_;  // A power of two of them, or none.
  size_t size_ = 0;
};

}  // namespace dualsim::tcp
