#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// Neighbor Advertisements that nobody asked for: so that first-hop routers know a
// new address (RFC 9131 §6.1.2), and neighbours a new link-layer address (RFC
// 4861 §7.2.6). Each is sent MAX_NEIGHBOR_ADVERTISEMENT times, RetransTimer apart.
class UnsolicitedAdvertisements {
 public:
  enum class Audience : uint8_t {
    kRouters,    // Of a new address; without Override, whose owner may be another.
    kNeighbors,  // Of a new link-layer address; with Override.
  };
  struct Advertisement {
    Ipv6Address target;
    Audience audience{};
  };
  // Those of several addresses follow one another at this distance, §7.2.6.
  static constexpr Duration kSeparation = Milliseconds(10);

  // The first is due at `start`. What is still due of the same kind ends.
  void Announce(Time start, const Ipv6Address& target, Audience audience);
  // The address went away.
  void Withdraw(const Ipv6Address& target);
  void Clear() { entries_.clear(); }

  // When Next() is next needed; Time::Never(): nothing is left to say.
  Time deadline() const;
  // One that is due; the next of its kind is due RetransTimer from now. Those that
  // are due together come out in the order in which they were announced.
  std::optional<Advertisement> Next(Time now, Duration retrans_timer);

 private:
  struct Entry {
    Advertisement advertisement;
    int remaining = 0;
    Time deadline;
  };
  std::vector<Entry> entries_;
};

}  // namespace dualsim::ndp
