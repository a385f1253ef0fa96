#include "stack/ndp/default_router_list.h"

#include <algorithm>

namespace dualsim::ndp {

DefaultRouterList::Change DefaultRouterList::OnAdvertisement(Time now, const Ipv6Address& router,
                                                             Duration lifetime,
                                                             wire::RouterPreference preference) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.address == router; });
  const bool ends = lifetime <= Duration();
  if (found == entries_.end()) {
    if (ends) return Change::kNone;
    if (entries_.size() >= kMaxRouters) return Change::kRefused;
    entries_.push_back({router, now + lifetime, preference, false, {.at = now}});
    return Change::kAdded;
  }
  if (found->is_static) return Change::kNone;
  if (ends) {
    entries_.erase(found);
    return Change::kRemoved;
  }
  found->arrival.repeated = true;
  const bool same = found->preference == preference;
  found->until = now + lifetime;
  found->preference = preference;
  return same ? Change::kRefreshed : Change::kChanged;
}

const DefaultRouterList::Entry* DefaultRouterList::MakesRoom(Time now) const {
  const auto last = std::find_if(entries_.rbegin(), entries_.rend(),
                                 [](const Entry& entry) { return !entry.is_static; });
  return last != entries_.rend() && last->arrival.makes_room(now) ? &*last : nullptr;
}

void DefaultRouterList::AddStatic(const Ipv6Address& router) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.address == router; });
  entries_.push_back({router, Time::Never(), wire::RouterPreference::kMedium, true, {}});
}

bool DefaultRouterList::Remove(const Ipv6Address& router) {
  return std::erase_if(entries_, [&](const Entry& entry) {
           return entry.address == router && !entry.is_static;
         }) > 0;
}

const DefaultRouterList::Entry* DefaultRouterList::Find(const Ipv6Address& router) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.address == router; });
  return found == entries_.end() ? nullptr : &*found;
}

Time DefaultRouterList::deadline() const {
  Time next = Time::Never();
  for (const Entry& entry : entries_) next = std::min(next, entry.until);
  return next;
}

std::optional<Ipv6Address> DefaultRouterList::PopExpired(Time now) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.until <= now; });
  if (found == entries_.end()) return std::nullopt;
  const Ipv6Address router = found->address;
  entries_.erase(found);
  return router;
}

}  // namespace dualsim::ndp
