#pragma once

#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/ndp/arrival.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// The Prefix List of one interface, RFC 4861 §5.1: what is on link. The
// link-local prefix is on it always and not stored. RFC 5942: nothing else is
// on link unless it was told so, an address's own prefix included.
class PrefixList {
 public:
  // Entries past which advertisements add none, unless MakeRoom() finds some.
  static constexpr size_t kMaxPrefixes = 32;

  // What a call did to the list. A prefix of the configuration stays whatever
  // advertisements say, and an advertised one outlives its configuration.
  enum class Change { kNone, kAdded, kRefreshed, kRemoved, kRefused };
  // A prefix with the L flag, §6.3.4: a lifetime of 0 takes it away.
  Change OnAdvertisement(Time now, const Ipv6Prefix& prefix, Duration valid_lifetime);
  // After kRefused: takes out the prefix that goes for the new one, if any does.
  std::optional<Ipv6Prefix> MakeRoom(Time now);
  // A prefix that the configuration says is on link, for ever: once per address
  // that says so. kAdded, or kRefreshed where it was on the list.
  Change AddStatic(const Ipv6Prefix& prefix);
  // Takes one such back. kRefreshed where advertisements keep the prefix.
  Change RemoveStatic(const Ipv6Prefix& prefix);

  bool IsOnLink(const Ipv6Address& destination) const;

  Time deadline() const;
  // The next prefix that ended at or before `now`, taken out of the list.
  std::optional<Ipv6Prefix> PopExpired(Time now);

  struct Entry {
    Ipv6Prefix prefix;
    int static_addresses = 0;  // How many of the configuration's say that it is on link.
    std::optional<Time> advertised_until;
    Arrival arrival;  // By an advertisement.

    Time until() const { return static_addresses > 0 ? Time::Never() : *advertised_until; }
  };
  const Entry* Find(const Ipv6Prefix& prefix) const;
  const std::vector<Entry>& entries() const { return entries_; }
  void Clear() { entries_.clear(); }

 private:
  std::vector<Entry>::iterator FindEntry(const Ipv6Prefix& prefix);

  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
