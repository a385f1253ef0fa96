#pragma once

#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// The Prefix List of one interface, RFC 4861 §5.1: what is on link. The
// link-local prefix is on it always and not stored. RFC 5942: nothing else is
// on link unless it was told so, an address's own prefix included.
class PrefixList {
 public:
  // What advertisements may add; what comes later is refused.
  static constexpr size_t kMaxPrefixes = 32;

  enum class Change { kNone, kAdded, kRefreshed, kRemoved, kRefused };
  // A prefix with the L flag, §6.3.4: a lifetime of 0 takes it away.
  Change OnAdvertisement(Time now, const Ipv6Prefix& prefix, Duration valid_lifetime);
  // A prefix that the configuration says is on link, for ever.
  void AddStatic(const Ipv6Prefix& prefix);
  void RemoveStatic(const Ipv6Prefix& prefix);

  bool IsOnLink(const Ipv6Address& destination) const;

  Time deadline() const;
  // The next prefix that ended at or before `now`, taken out of the list.
  std::optional<Ipv6Prefix> PopExpired(Time now);

  struct Entry {
    Ipv6Prefix prefix;
    Time until = Time::Never();
    bool is_static = false;
  };
  const std::vector<Entry>& entries() const { return entries_; }
  void Clear() { entries_.clear(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
