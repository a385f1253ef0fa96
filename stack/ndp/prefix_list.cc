#include "stack/ndp/prefix_list.h"

#include <algorithm>
#include <iterator>

namespace dualsim::ndp {

std::vector<PrefixList::Entry>::iterator PrefixList::FindEntry(const Ipv6Prefix& prefix) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const Entry& entry) { return entry.prefix == prefix; });
}

const PrefixList::Entry* PrefixList::Find(const Ipv6Prefix& prefix) const {
  const auto found = const_cast<PrefixList*>(this)->FindEntry(prefix);
  return found == entries_.end() ? nullptr : &*found;
}

PrefixList::Change PrefixList::OnAdvertisement(Time now, const Ipv6Prefix& prefix,
                                               Duration valid_lifetime) {
  const auto found = FindEntry(prefix);
  const bool ends = valid_lifetime <= Duration();
  if (found == entries_.end()) {
    if (ends) return Change::kNone;
    if (entries_.size() >= kMaxPrefixes) return Change::kRefused;
    entries_.push_back({prefix, 0, now + valid_lifetime, {.at = now}});
    return Change::kAdded;
  }
  found->arrival.repeated = true;
  found->advertised_until = ends ? std::nullopt : std::optional(now + valid_lifetime);
  if (found->static_addresses > 0) return Change::kNone;
  if (!ends) return Change::kRefreshed;
  entries_.erase(found);
  return Change::kRemoved;
}

std::optional<Ipv6Prefix> PrefixList::MakeRoom(Time now) {
  const auto last = std::find_if(entries_.rbegin(), entries_.rend(),
                                 [](const Entry& entry) { return entry.static_addresses == 0; });
  if (last == entries_.rend() || !last->arrival.makes_room(now)) return std::nullopt;
  const Ipv6Prefix prefix = last->prefix;
  entries_.erase(std::next(last).base());
  return prefix;
}

PrefixList::Change PrefixList::AddStatic(const Ipv6Prefix& prefix) {
  const auto found = FindEntry(prefix);
  if (found == entries_.end()) {
    entries_.push_back({prefix, 1, std::nullopt, {}});
    return Change::kAdded;
  }
  return found->static_addresses++ == 0 ? Change::kRefreshed : Change::kNone;
}

PrefixList::Change PrefixList::RemoveStatic(const Ipv6Prefix& prefix) {
  const auto found = FindEntry(prefix);
  if (found == entries_.end() || found->static_addresses == 0) return Change::kNone;
  if (--found->static_addresses > 0) return Change::kNone;
  if (found->advertised_until) return Change::kRefreshed;
  entries_.erase(found);
  return Change::kRemoved;
}

bool PrefixList::IsOnLink(const Ipv6Address& destination) const {
  if (destination.is_link_local()) return true;
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.prefix.Contains(destination); });
}

Time PrefixList::deadline() const {
  Time next = Time::Never();
  for (const Entry& entry : entries_) next = std::min(next, entry.until());
  return next;
}

std::optional<Ipv6Prefix> PrefixList::PopExpired(Time now) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.until() <= now; });
  if (found == entries_.end()) return std::nullopt;
  const Ipv6Prefix prefix = found->prefix;
  entries_.erase(found);
  return prefix;
}

}  // namespace dualsim::ndp
