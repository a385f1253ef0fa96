#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// RFC 8981 §3.8.
inline constexpr int kTempIdgenRetries = 3;
inline constexpr int kMaxDesyncPercent = 40;  // MAX_DESYNC_FACTOR, of TEMP_PREFERRED_LIFETIME.

struct TemporaryAddressConfig {
  Duration valid_lifetime = Seconds(2 * 86400);  // TEMP_VALID_LIFETIME
  Duration preferred_lifetime = Seconds(86400);  // TEMP_PREFERRED_LIFETIME
};

// REGEN_ADVANCE: how long before a temporary address is deprecated its successor
// is made, so that this one has passed its detection by then.
Duration RegenAdvance(int dup_addr_detect_transmits, Duration retrans_timer);

// How long one temporary address lives, RFC 8981 §3.4: never longer than its
// prefix, nor than the configuration allows counted from its creation.
class TemporaryLifetimes {
 public:
  TemporaryLifetimes(const TemporaryAddressConfig& config, Time creation_time,
                     Duration desync_factor)
      : preferred_limit_(creation_time + config.preferred_lifetime - desync_factor),
        valid_limit_(creation_time + config.valid_lifetime) {}

  Time PreferredUntil(Time prefix_preferred_until) const {
    return std::min(prefix_preferred_until, preferred_limit_);
  }
  Time ValidUntil(Time prefix_valid_until) const {
    return std::min(prefix_valid_until, valid_limit_);
  }

 private:
  Time preferred_limit_;
  Time valid_limit_;
};

// What one interface needs to make temporary addresses: randomness, and the
// memory of the prefixes for which it gave up.
class TemporaryAddresses {
 public:
  // Prefixes that are remembered; of more, the oldest is forgotten.
  static constexpr size_t kMaxGivenUp = 16;

  TemporaryAddresses(const TemporaryAddressConfig& config, RandomStream random)
      : config_(config), random_(random) {}

  // Those of an address that is made now. DESYNC_FACTOR is drawn, and smaller
  // than TEMP_PREFERRED_LIFETIME - `regen_advance`.
  TemporaryLifetimes DrawLifetimes(Time now, Duration regen_advance);

  // A random interface identifier, RFC 8981 §3.3.1; never a reserved one.
  uint64_t DrawInterfaceIdentifier();

  // TEMP_IDGEN_RETRIES addresses in a row were taken: no more of the prefix
  // while the interface stays attached (§3.4 step 7).
  void GiveUp(const Ipv6Prefix& prefix);
  bool GaveUp(const Ipv6Prefix& prefix) const;
  // The interface is attached anew.
  void Clear() { given_up_.clear(); }

 private:
  TemporaryAddressConfig config_;
  RandomStream random_;
  std::vector<Ipv6Prefix> given_up_;
};

}  // namespace dualsim::ndp
