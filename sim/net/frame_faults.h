#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/link_config.h"
#include "sim/net/world_observer.h"
#include "stack/base/bytes.h"
#include "stack/base/random_stream.h"
#include "stack/base/time.h"

namespace dualsim::sim {

// What chance does to the frames of one sender on one link.
class FaultDice {
 public:
  // `sender` names the card among those of the link.
  FaultDice(uint64_t seed, std::string_view link, std::string_view sender);

  struct Throw {
    bool lost = false;
    bool duplicated = false;
    bool reordered = false;
    bool corrupted = false;
    Duration jitter;
  };
  // Throws for the next frame. Each fault that is on draws once or twice from
  // its own stream, whatever the others come to.
  Throw ThrowFor(const LinkFaults& faults);

  // Inverts `bits` different bits of the frame, or all where it has fewer.
  void Corrupt(MutableByteView frame, uint32_t bits);

 private:
  bool ThrowBurstLoss(const BurstLoss& burst);

  RandomStream loss_;
  RandomStream burst_loss_;
  RandomStream duplicate_;
  RandomStream reorder_;
  RandomStream jitter_;
  RandomStream corrupt_;
  RandomStream corrupted_bits_;
  bool in_burst_ = false;
  std::vector<uint64_t> places_;  // Of Corrupt; kept for its capacity.
};

// The drop rules of a link that are not used up.
class DropRules {
 public:
  DropRuleId Add(DropRule rule);
  bool Remove(DropRuleId id);
  bool empty() const { return rules_.empty(); }
  // Shows a frame to every rule. True: one of them drops it.
  bool Drops(NodeId sender, ByteView frame);

 private:
  struct Entry {
    DropRuleId id{};
    DropRule rule;
    uint64_t seen = 0;  // Frames that matched so far.
  };
  std::vector<Entry> rules_;
  uint32_t next_id_ = 0;
};

}  // namespace dualsim::sim
