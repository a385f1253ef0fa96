#include "stack/ndp/unsolicited_advertisements.h"

#include <algorithm>

#include "stack/ndp/constants.h"

namespace dualsim::ndp {

void UnsolicitedAdvertisements::Announce(Time start, const Ipv6Address& target, Audience audience) {
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.advertisement.target == target && entry.advertisement.audience == audience;
  });
  entries_.push_back({{target, audience}, kMaxNeighborAdvertisement, start});
}

void UnsolicitedAdvertisements::Withdraw(const Ipv6Address& target) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.advertisement.target == target; });
}

Time UnsolicitedAdvertisements::deadline() const {
  Time next = Time::Never();
  for (const Entry& entry : entries_) next = std::min(next, entry.deadline);
  return next;
}

std::optional<UnsolicitedAdvertisements::Advertisement> UnsolicitedAdvertisements::Next(
    Time now, Duration retrans_timer) {
  const auto due = std::find_if(entries_.begin(), entries_.end(),
                                [&](const Entry& entry) { return entry.deadline <= now; });
  if (due == entries_.end()) return std::nullopt;
  const Advertisement advertisement = due->advertisement;
  due->deadline = now + retrans_timer;
  if (--due->remaining == 0) entries_.erase(due);
  return advertisement;
}

}  // namespace dualsim::ndp
