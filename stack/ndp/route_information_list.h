#pragma once

#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/ndp/arrival.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::ndp {

// The more-specific routes that routers advertised, RFC 4191 §3.1: the part of a
// type C host's Routing Table that is longer than ::/0 (that is the Default
// Router List). A route is known by its prefix and its router.
class RouteInformationList {
 public:
  // What advertisements may add; what comes later is refused, unless MakeRoom() finds
  // some. RFC 4191 §4 has routers send 17 per link at most.
  static constexpr size_t kMaxRoutes = 32;

  struct Entry {
    Ipv6Prefix prefix;
    Ipv6Address router;
    wire::RouterPreference preference = wire::RouterPreference::kMedium;
    Time until = Time::Never();
    Arrival arrival;
  };

  // kRefreshed: its lifetime alone is another; kChanged: its preference too.
  enum class Change { kNone, kAdded, kRefreshed, kChanged, kRemoved, kRefused };
  // A lifetime of 0 takes the route away at once. Requires a prefix that is longer
  // than ::/0.
  Change OnAdvertisement(Time now, const Ipv6Address& router, const wire::RouteInformation& route);
  // After kRefused: takes out the route that goes for the new one, if any does.
  std::optional<Entry> MakeRoom(Time now);
  // It ceased to be a router. False where it had no route.
  bool RemoveRouter(const Ipv6Address& router);

  bool HasRouter(const Ipv6Address& router) const;
  const std::vector<Entry>& entries() const { return entries_; }
  void Clear() { entries_.clear(); }

  Time deadline() const;
  // The next route whose lifetime ended at or before `now`, taken out of the list.
  std::optional<Entry> PopExpired(Time now);

 private:
  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
