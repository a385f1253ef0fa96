#pragma once

#include <cstddef>
#include <vector>

#include "stack/base/time.h"
#include "stack/ndp/arrival.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// Which router advertised which prefix, RFC 8028 §3.1: that a packet can go to a
// router which knows its source, and come from a prefix which its router knows.
class PrefixAdvertisers {
 public:
  // Pairs of router and prefix past which none is added, or one takes the place of
  // another as Arrival has it.
  static constexpr size_t kMaxEntries = 64;

  // A Prefix Information option, whatever its flags. A lifetime of 0 takes it back.
  // False: there was no room.
  bool OnAdvertisement(Time now, const Ipv6Address& router, const Ipv6Prefix& prefix,
                       Duration valid_lifetime);
  void RemoveRouter(const Ipv6Address& router);
  void Clear() { entries_.clear(); }

  // Whether the router advertised a prefix that holds the address, still valid.
  bool Advertises(Time now, const Ipv6Address& router, const Ipv6Address& address) const;
  // Whether there are two routers to choose from at all.
  bool HasSeveralRouters() const;

 private:
  struct Entry {
    Ipv6Address router;
    Ipv6Prefix prefix;
    Time until;
    Arrival arrival;
  };
  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
