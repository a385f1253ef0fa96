#pragma once

#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// The routers of one interface that did not answer when last solicited, and when
// each may be probed again, RFC 4191 §3.5. A probe needs traffic that the router
// would have had: so it leaves when a destination's next hop is determined, and
// when the time for the next one has come next hops are to be determined anew.
//
// The caller adds only routers that it knows, and takes those out that it forgets.
class UnreachableRouters {
 public:
  static constexpr Duration kProbeInterval = Seconds(60);

  void Add(Time now, const Ipv6Address& router);
  void Remove(const Ipv6Address& router);
  bool Contains(const Ipv6Address& router) const;
  void Clear() { entries_.clear(); }

  // Another router is chosen in its place. True: send it a probe now.
  [[nodiscard]] bool OnPassedOver(Time now, const Ipv6Address& router);

  // When a router that was passed over may be probed.
  Time deadline() const;
  // Whether that time has come for any; next hops are then to be determined anew.
  [[nodiscard]] bool Advance(Time now);

 private:
  struct Entry {
    Ipv6Address router;
    Time probe_at;
    bool passed_over = false;  // Since the last Advance() that took note of it.
  };
  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
