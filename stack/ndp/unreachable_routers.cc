#include "stack/ndp/unreachable_routers.h"

#include <algorithm>

namespace dualsim::ndp {

void UnreachableRouters::Add(Time now, const Ipv6Address& router) {
  if (!Contains(router)) entries_.push_back({router, now + kProbeInterval, false});
}

void UnreachableRouters::Remove(const Ipv6Address& router) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.router == router; });
}

bool UnreachableRouters::Contains(const Ipv6Address& router) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.router == router; });
}

bool UnreachableRouters::OnPassedOver(Time now, const Ipv6Address& router) {
  for (Entry& entry : entries_) {
    if (entry.router != router) continue;
    entry.passed_over = true;
    if (now < entry.probe_at) return false;
    entry.probe_at = now + kProbeInterval;
    return true;
  }
  return false;
}

Time UnreachableRouters::deadline() const {
  Time next = Time::Never();
  for (const Entry& entry : entries_) {
    if (entry.passed_over) next = std::min(next, entry.probe_at);
  }
  return next;
}

bool UnreachableRouters::Advance(Time now) {
  bool due = false;
  for (Entry& entry : entries_) {
    if (!entry.passed_over || entry.probe_at > now) continue;
    entry.passed_over = false;
    due = true;
  }
  return due;
}

}  // namespace dualsim::ndp
