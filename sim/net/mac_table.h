#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/net/mac_map.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// What a switch has learned: behind which port a station was heard last (the
// dynamic filtering entries of IEEE 802.1D-2004 §7.9). Stations that were silent
// for the ageing time count as forgotten. The table holds at most `capacity`
// stations; a new one then takes the place of that which was silent longest.
class MacTable {
 public:
  using Port = uint32_t;

  MacTable(size_t capacity, Duration ageing) : capacity_(capacity), ageing_(ageing) {}

  // Changes the limits; forgets what does not fit, the longest silent first.
  void SetLimits(size_t capacity, Duration ageing);

  // A station was heard. `key` is its address, and what else tells it apart.
  // Times never go backwards.
  void Learn(uint64_t key, Port port, Time now);
  std::optional<Port> Find(uint64_t key, Time now) const;
  void ForgetPort(Port port);
  void Clear();
  // Aged entries that nothing has replaced yet included.
  size_t size() const { return index_.size(); }

 private:
  static constexpr uint32_t kNone = MacMap::kNone;
  struct Entry {
    uint64_t key = 0;
    Time heard;
    Port port = 0;
    uint32_t older = kNone;  // Neighbours in the order of `heard`; `newer` also chains free ones.
    uint32_t newer = kNone;
  };

  uint32_t Take();
  void Unlink(uint32_t at);
  void LinkNewest(uint32_t at);
  void Forget(uint32_t at);

  size_t capacity_;
  Duration ageing_;
  MacMap index_;  // Key to place in entries_.
  std::vector<Entry> entries_;
  uint32_t oldest_ = kNone;
  uint32_t newest_ = kNone;
  uint32_t free_ = kNone;
};

}  // namespace dualsim::sim
