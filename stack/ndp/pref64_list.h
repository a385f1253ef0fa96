#pragma once

#include <cstddef>
#include <vector>

#include "stack/base/time.h"
#include "stack/ndp/arrival.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::ndp {

// The NAT64 prefixes that the routers of one interface advertise, RFC 8781, in
// the order in which they came: what an IPv6-only host builds addresses of IPv4
// destinations from (RFC 6052).
class Pref64List {
 public:
  // What advertisements may add; what comes later is refused, or takes the place of
  // another as Arrival has it.
  static constexpr size_t kMaxPrefixes = 8;

  struct Entry {
    Ipv6Prefix prefix;  // Of 96, 64, 56, 48, 40 or 32 bits.
    Time until = Time::Never();
    Arrival arrival;
  };

  // An option of a valid advertisement. A lifetime of 0 ends the prefix at once.
  // False where there was no room for it.
  bool OnAdvertisement(Time now, const wire::Pref64& option);

  const std::vector<Entry>& entries() const { return entries_; }
  void Clear() { entries_.clear(); }

  // The next time at which an entry ends, and what takes those out that did.
  Time deadline() const;
  void Advance(Time now);

 private:
  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
