#include "stack/ndp/route_information_list.h"

#include <algorithm>

namespace dualsim::ndp {

RouteInformationList::Change RouteInformationList::OnAdvertisement(
    Time now, const Ipv6Address& router, const wire::RouteInformation& route) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.prefix == route.prefix && entry.router == router;
  });
  const bool ends = route.lifetime <= Duration();
  if (found == entries_.end()) {
    if (ends) return Change::kNone;
    if (entries_.size() >= kMaxRoutes) return Change::kRefused;
    entries_.push_back({route.prefix, router, route.preference, now + route.lifetime, {.at = now}});
    return Change::kAdded;
  }
  if (ends) {
    entries_.erase(found);
    return Change::kRemoved;
  }
  found->arrival.repeated = true;
  const bool same = found->preference == route.preference;
  found->until = now + route.lifetime;
  found->preference = route.preference;
  return same ? Change::kRefreshed : Change::kChanged;
}

std::optional<RouteInformationList::Entry> RouteInformationList::MakeRoom(Time now) {
  if (!entries_.back().arrival.makes_room(now)) return std::nullopt;
  const Entry last = entries_.back();
  entries_.pop_back();
  return last;
}

bool RouteInformationList::RemoveRouter(const Ipv6Address& router) {
  return std::erase_if(entries_, [&](const Entry& entry) { return entry.router == router; }) > 0;
}

bool RouteInformationList::HasRouter(const Ipv6Address& router) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.router == router; });
}

Time RouteInformationList::deadline() const {
  Time next = Time::Never();
  for (const Entry& entry : entries_) next = std::min(next, entry.until);
  return next;
}

std::optional<RouteInformationList::Entry> RouteInformationList::PopExpired(Time now) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.until <= now; });
  if (found == entries_.end()) return std::nullopt;
  const Entry entry = *found;
  entries_.erase(found);
  return entry;
}

}  // namespace dualsim::ndp
