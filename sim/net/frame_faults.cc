#include "sim/net/frame_faults.h"

#include <algorithm>
#include <utility>

namespace dualsim::sim {
namespace {

RandomStream StreamOf(uint64_t seed, std::string_view link, std::string_view fault,
                      std::string_view sender) {
  return RandomStream(seed, link, std::string(fault) + " of " + std::string(sender));
}

}  // namespace

FaultDice::FaultDice(uint64_t seed, std::string_view link, std::string_view sender)
    : loss_(StreamOf(seed, link, "loss", sender)),
      burst_loss_(StreamOf(seed, link, "burst_loss", sender)),
      duplicate_(StreamOf(seed, link, "duplicate", sender)),
      reorder_(StreamOf(seed, link, "reorder", sender)),
      jitter_(StreamOf(seed, link, "jitter", sender)),
      corrupt_(StreamOf(seed, link, "corrupt", sender)),
      corrupted_bits_(StreamOf(seed, link, "corrupted_bits", sender)) {}

FaultDice::Throw FaultDice::ThrowFor(const LinkFaults& faults) {
  Throw result;
  if (faults.loss > 0) result.lost = loss_.Chance(faults.loss);
  if (faults.burst_loss && ThrowBurstLoss(*faults.burst_loss)) result.lost = true;
  if (faults.duplicate > 0) result.duplicated = duplicate_.Chance(faults.duplicate);
  if (faults.reorder > 0) result.reordered = reorder_.Chance(faults.reorder);
  if (faults.jitter > Duration()) result.jitter = jitter_.Between(Duration(), faults.jitter);
  if (faults.corrupt > 0) result.corrupted = corrupt_.Chance(faults.corrupt);
  return result;
}

bool FaultDice::ThrowBurstLoss(const BurstLoss& burst) {
  if (burst_loss_.Chance(in_burst_ ? burst.leave : burst.enter)) in_burst_ = !in_burst_;
  return burst_loss_.Chance(in_burst_ ? burst.loss_while_bad : burst.loss_while_good);
}

void FaultDice::Corrupt(MutableByteView frame, uint32_t bits) {
  // Floyd's way to draw different numbers: one draw for each.
  const uint64_t all = uint64_t{8} * frame.size();
  places_.clear();
  for (uint64_t last = all - std::min<uint64_t>(bits, all); last < all; ++last) {
    uint64_t place = corrupted_bits_.Below(last + 1);
    if (std::find(places_.begin(), places_.end(), place) != places_.end()) place = last;
    places_.push_back(place);
    frame[place / 8] ^= static_cast<uint8_t>(0x80 >> (place % 8));
  }
}

DropRuleId DropRules::Add(DropRule rule) {
  const auto id = DropRuleId{next_id_++};
  rules_.push_back({id, std::move(rule)});
  return id;
}

bool DropRules::Remove(DropRuleId id) {
  return std::erase_if(rules_, [id](const Entry& entry) { return entry.id == id; }) > 0;
}

bool DropRules::Drops(NodeId sender, ByteView frame) {
  bool drops = false;
  bool used_up = false;
  for (Entry& entry : rules_) {
    const DropRule& rule = entry.rule;
    if (rule.sender && *rule.sender != sender) continue;
    if (rule.filter != nullptr && !rule.filter->Matches(frame)) continue;
    ++entry.seen;
    if (entry.seen < rule.first) continue;
    if (entry.seen - rule.first < rule.count) drops = true;
    if (entry.seen - rule.first + 1 >= rule.count) used_up = true;
  }
  if (used_up) {
    std::erase_if(rules_, [](const Entry& entry) {
      return entry.seen >= entry.rule.first &&
             entry.seen - entry.rule.first + 1 >= entry.rule.count;
    });
  }
  return drops;
}

}  // namespace dualsim::sim
