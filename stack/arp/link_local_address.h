#pragma once

#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/wire/ipv4_address.h"

namespace dualsim::arp {

// Which IPv4 link-local address an interface tries next, RFC 3927 §2.1 and §2.2.1.
class LinkLocalAddress {
 public:
  // RFC 3927 §9.
  static constexpr int kMaxConflicts = 10;
  static constexpr Duration kRateLimitInterval = Seconds(60);

  explicit LinkLocalAddress(RandomStream random) : random_(random) { Draw(); }

  // In 169.254.1.0 to 169.254.254.255; the same until a conflict, so that a host
  // that comes back asks for what it had.
  Ipv4Cidr address() const { return {Ipv4Address::FromInteger(address_), 16}; }
  // Another has it: the next one.
  void OnConflict() {
    ++conflicts_;
    Draw();
  }
  // How long to wait before the next try: after MAX_CONFLICTS a minute.
  Duration hold_off() const {
    return conflicts_ >= kMaxConflicts ? kRateLimitInterval : Duration();
  }

 private:
  void Draw() {
    constexpr uint32_t kFirst = 0xa9fe0100;
    constexpr uint32_t kCount = 254 * 256;
    address_ = kFirst + static_cast<uint32_t>(random_.Below(kCount));
  }

  RandomStream random_;
  uint32_t address_ = 0;
  int conflicts_ = 0;
};

}  // namespace dualsim::arp
