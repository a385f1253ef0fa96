#include "stack/ndp/pref64_list.h"

#include <algorithm>

namespace dualsim::ndp {

bool Pref64List::OnAdvertisement(Time now, const wire::Pref64& option) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.prefix == option.prefix;
  });
  const bool ends = option.lifetime <= Duration();
  if (found != entries_.end()) {
    found->until = now + option.lifetime;
    found->arrival.repeated = true;
    if (ends) entries_.erase(found);
    return true;
  }
  if (ends) return true;
  const bool full = entries_.size() >= kMaxPrefixes;
  if (full) {
    if (!entries_.back().arrival.makes_room(now)) return false;
    entries_.pop_back();
  }
  entries_.push_back({option.prefix, now + option.lifetime, {.at = now}});
  return !full;
}

Time Pref64List::deadline() const {
  Time next = Time::Never();
  for (const Entry& entry : entries_) next = std::min(next, entry.until);
  return next;
}

void Pref64List::Advance(Time now) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.until <= now; });
}

}  // namespace dualsim::ndp
