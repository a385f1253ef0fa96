#include "stack/arp/address_conflict_detection.h"

#include <algorithm>

namespace dualsim::arp {

AddressConflictDetection::AddressConflictDetection(const ConflictDetectionConfig& config, Time now,
                                                   RandomStream& random, Duration hold_off)
    : config_(config), deadline_(now) {
  if (config_.probe_num == 0) {
    verdict_ = Verdict::kInUse;
    return;
  }
  deadline_ = now + std::max(hold_off, random.Between(Duration(), config_.probe_wait));
}

AddressConflictDetection::Action AddressConflictDetection::Advance(Time now, RandomStream& random) {
  if (now < deadline_) return Action::kNothing;
  if (verdict_ == Verdict::kProbing) {
    if (sent_ < config_.probe_num) {
      ++sent_;
      // §2.1.1: after the last probe ANNOUNCE_WAIT passes.
      deadline_ =
          now + (sent_ < config_.probe_num ? random.Between(config_.probe_min, config_.probe_max)
                                           : config_.announce_wait);
      return Action::kProbe;
    }
    verdict_ = Verdict::kInUse;
    sent_ = 0;
    return Action::kUse;
  }
  if (sent_ < config_.announce_num) {
    ++sent_;
    deadline_ = now + config_.announce_interval;
    return Action::kAnnounce;
  }
  established_ = true;
  deadline_ = Time::Never();
  return Action::kNothing;
}

bool AddressConflictDetection::OnConflict(Time now) {
  if (verdict_ == Verdict::kConflict) return false;
  const bool recent = !defended_.is_never() && now - defended_ < config_.defend_interval;
  if (verdict_ == Verdict::kInUse && config_.defend_always) {
    if (recent) return false;
    defended_ = now;
    return true;
  }
  if (verdict_ == Verdict::kProbing || !established_ || recent) {
    verdict_ = Verdict::kConflict;
    deadline_ = Time::Never();
    return false;
  }
  defended_ = now;
  return true;
}

void AddressConflictDetection::Announce(Time now) {
  if (verdict_ != Verdict::kInUse) return;
  sent_ = 0;
  deadline_ = now;
}

}  // namespace dualsim::arp
