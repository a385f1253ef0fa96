#include "stack/tcp/flow_table.h"

#include <utility>

namespace dualsim::tcp {

size_t FlowTable::Locate(const Flow& flow) const {
  size_t i = Home(flow);
  while (cells_[i].slot != kEmpty && cells_[i].flow != flow) i = Next(i);
  return i;
}

std::optional<uint32_t> FlowTable::Find(const Flow& flow) const {
  if (cells_.empty()) return std::nullopt;
  const Cell& cell = cells_[Locate(flow)];
  if (cell.slot == kEmpty) return std::nullopt;
  return cell.slot;
}

void FlowTable::Insert(const Flow& flow, uint32_t slot) {
  if ((size_ + 1) * 4 > cells_.size() * 3) Grow();
  cells_[Locate(flow)] = {flow, slot};
  ++size_;
}

void FlowTable::Erase(const Flow& flow) {
  if (cells_.empty()) return;
  size_t hole = Locate(flow);
  if (cells_[hole].slot == kEmpty) return;
  --size_;
  for (size_t i = Next(hole); cells_[i].slot != kEmpty; i = Next(i)) {
    // A cell may fill the hole unless its home lies between the hole and itself.
    const size_t mask = cells_.size() - 1;
    if (((i - Home(cells_[i].flow)) & mask) < ((i - hole) & mask)) continue;
    cells_[hole] = cells_[i];
    hole = i;
  }
  cells_[hole] = {};
}

void FlowTable::Grow() {
  std::vector<Cell> old = std::exchange(cells_, {});
  cells_.resize(old.empty() ? 16 : old.size() * 2);
  for (const Cell& cell : old) {
    if (cell.slot != kEmpty) cells_[Locate(cell.flow)] = cell;
  }
}

}  // namespace dualsim::tcp
