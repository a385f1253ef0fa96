#include "stack/ndp/prefix_list.h"

#include <algorithm>

namespace dualsim::ndp {

PrefixList::Change PrefixList::OnAdvertisement(Time now, const Ipv6Prefix& prefix,
                                               Duration valid_lifetime) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.prefix == prefix; });
  const bool ends = valid_lifetime <= Duration();
  if (found == entries_.end()) {
    if (ends) return Change::kNone;
    if (entries_.size() >= kMaxPrefixes) return Change::kRefused;
    entries_.push_back({prefix, now + valid_lifetime, false});
    return Change::kAdded;
  }
  if (found->is_static) return Change::kNone;
  if (ends) {
    entries_.erase(found);
    return Change::kRemoved;
  }
  found->until = now + valid_lifetime;
  return Change::kRefreshed;
}

void PrefixList::AddStatic(const Ipv6Prefix& prefix) {
  RemoveStatic(prefix);
  entries_.push_back({prefix, Time::Never(), true});
}

void PrefixList::RemoveStatic(const Ipv6Prefix& prefix) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.prefix == prefix; });
}

bool PrefixList::IsOnLink(const Ipv6Address& destination) const {
  if (destination.is_link_local()) return true;
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.prefix.Contains(destination); });
}

Time PrefixList::deadline() const {
  Time next = Time::Never();
  for (const Entry& entry : entries_) next = std::min(next, entry.until);
  return next;
}

std::optional<Ipv6Prefix> PrefixList::PopExpired(Time now) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.until <= now; });
  if (found == entries_.end()) return std::nullopt;
  const Ipv6Prefix prefix = found->prefix;
  entries_.erase(found);
  return prefix;
}

}  // namespace dualsim::ndp
