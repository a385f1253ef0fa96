#include "stack/ndp/temporary_addresses.h"

#include "stack/ndp/reserved_interface_identifiers.h"

namespace dualsim::ndp {

Duration RegenAdvance(int dup_addr_detect_transmits, Duration retrans_timer) {
  return Seconds(2) + retrans_timer * (kTempIdgenRetries * dup_addr_detect_transmits);
}

TemporaryLifetimes TemporaryAddresses::DrawLifetimes(Time now, Duration regen_advance) {
  const Duration lifetime = config_.preferred_lifetime;
  const Duration limit =
      std::min(lifetime * kMaxDesyncPercent / 100, lifetime - regen_advance - Nanoseconds(1));
  const Duration desync_factor = random_.Between(Duration(), std::max(Duration(), limit));
  return {config_, now, desync_factor};
}

uint64_t TemporaryAddresses::DrawInterfaceIdentifier() {
  uint64_t identifier = random_();
  while (IsReservedInterfaceIdentifier(identifier)) identifier = random_();
  return identifier;
}

void TemporaryAddresses::GiveUp(const Ipv6Prefix& prefix) {
  if (given_up_.size() == kMaxGivenUp) given_up_.erase(given_up_.begin());
  given_up_.push_back(prefix);
}

bool TemporaryAddresses::GaveUp(const Ipv6Prefix& prefix) const {
  return std::find(given_up_.begin(), given_up_.end(), prefix) != given_up_.end();
}

}  // namespace dualsim::ndp
