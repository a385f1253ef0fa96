#pragma once

#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/ndp/arrival.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::ndp {

// The Default Router List of one interface, RFC 4861 §5.1, with the preferences
// of RFC 4191. Which of its routers a packet takes is RouterSelection's matter.
class DefaultRouterList {
 public:
  // Entries past which advertisements add none (§6.3.4 asks for two at least),
  // unless MakesRoom() goes.
  static constexpr size_t kMaxRouters = 16;

  struct Entry {
    Ipv6Address address;
    Time until = Time::Never();
    wire::RouterPreference preference = wire::RouterPreference::kMedium;
    bool is_static = false;  // Of the configuration: what the router says does not touch it.
    Arrival arrival;
  };

  // kRefreshed: its lifetime alone is another; kChanged: its preference too.
  enum class Change { kNone, kAdded, kRefreshed, kChanged, kRemoved, kRefused };
  // §6.3.4: a lifetime of 0 takes the router off the list at once.
  Change OnAdvertisement(Time now, const Ipv6Address& router, Duration lifetime,
                         wire::RouterPreference preference);
  // After kRefused: the router that may be removed for the new one. nullptr: none.
  const Entry* MakesRoom(Time now) const;
  void AddStatic(const Ipv6Address& router);
  // It ceased to be a router (§7.2.5). False where it was not on the list, or is
  // of the configuration.
  bool Remove(const Ipv6Address& router);

  const Entry* Find(const Ipv6Address& router) const;
  bool empty() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }
  void Clear() { entries_.clear(); }

  Time deadline() const;
  // The next router whose lifetime ended at or before `now`, taken off the list.
  std::optional<Ipv6Address> PopExpired(Time now);

 private:
  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
