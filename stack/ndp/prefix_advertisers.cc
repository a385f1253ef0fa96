#include "stack/ndp/prefix_advertisers.h"

#include <algorithm>

namespace dualsim::ndp {

bool PrefixAdvertisers::OnAdvertisement(Time now, const Ipv6Address& router,
                                        const Ipv6Prefix& prefix, Duration valid_lifetime) {
  const auto known = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.router == router && entry.prefix == prefix;
  });
  if (known != entries_.end()) {
    known->until = now + valid_lifetime;
    known->arrival.repeated = true;
    return true;
  }
  if (valid_lifetime == Duration()) return true;
  // Those that ended are looked for when their room is needed.
  if (entries_.size() == kMaxEntries) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.until <= now; });
  }
  const bool full = entries_.size() == kMaxEntries;
  if (full) {
    if (!entries_.back().arrival.makes_room(now)) return false;
    entries_.pop_back();
  }
  entries_.push_back({router, prefix, now + valid_lifetime, {.at = now}});
  return !full;
}

void PrefixAdvertisers::RemoveRouter(const Ipv6Address& router) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.router == router; });
}

bool PrefixAdvertisers::Advertises(Time now, const Ipv6Address& router,
                                   const Ipv6Address& address) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.until > now && entry.router == router && entry.prefix.Contains(address);
  });
}

bool PrefixAdvertisers::HasSeveralRouters() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.router != entries_.front().router; });
}

}  // namespace dualsim::ndp
