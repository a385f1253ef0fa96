#pragma once

#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::ndp {

// The Default Router List of one interface, RFC 4861 §5.1 and §6.3.6, with the
// preferences of RFC 4191.
class DefaultRouterList {
 public:
  // What advertisements may add; what comes later is refused.
  static constexpr size_t kMaxRouters = 16;

  struct Entry {
    Ipv6Address address;
    Time until = Time::Never();
    wire::RouterPreference preference = wire::RouterPreference::kMedium;
    bool is_static = false;  // Of the configuration: advertisements don't touch it.
  };

  enum class Change { kNone, kAdded, kRefreshed, kRemoved, kRefused };
  // §6.3.4: a lifetime of 0 takes the router off the list at once.
  Change OnAdvertisement(Time now, const Ipv6Address& router, Duration lifetime,
                         wire::RouterPreference preference);
  void AddStatic(const Ipv6Address& router);
  // It ceased to be a router (§7.2.5). False where it was not on the list.
  bool Remove(const Ipv6Address& router);

  // How much is known of a router's reachability, best first.
  enum class Reachability { kProbablyReachable, kUnknown };

  // The router for off-link destinations, §6.3.6 and RFC 4191 §3.2: of those
  // that are probably reachable the most preferred, the first of equals; where
  // none is, they take turns, so that each gets probed. A static router goes
  // before those that advertise. nullopt where the list is empty.
  template <typename ReachabilityOf>
  std::optional<Ipv6Address> Select(const ReachabilityOf& reachability_of) {
    const Entry* best = nullptr;
    for (const Entry& entry : entries_) {
      if (reachability_of(entry.address) != Reachability::kProbablyReachable) continue;
      if (best == nullptr || Rank(entry) > Rank(*best)) best = &entry;
    }
    if (best == nullptr) best = NextInTurn();
    if (best == nullptr) return std::nullopt;
    return best->address;
  }

  bool empty() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }
  void Clear() { entries_.clear(); }

  Time deadline() const;
  // The next router whose lifetime ended at or before `now`, taken off the list.
  std::optional<Ipv6Address> PopExpired(Time now);

 private:
  static int Rank(const Entry& entry) {
    return entry.is_static ? 2 : static_cast<int>(entry.preference);
  }
  const Entry* NextInTurn();

  std::vector<Entry> entries_;
  size_t turn_ = 0;
};

}  // namespace dualsim::ndp
