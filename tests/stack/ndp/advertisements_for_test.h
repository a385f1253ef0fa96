#pragma once

#include <string_view>

#include "stack/base/time.h"
#include "stack/wire/ndp.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {

// What the router of DiscoveryForTest says, in tests of what a host makes of it.

inline constexpr Duration kNanosecond = Nanoseconds(1);
inline const Ipv6Prefix kPrefix = *Ipv6Prefix::Parse("2001:db8::/64");
inline const Ipv6Address kAddress = A("2001:db8::ff:fe00:a");  // kPrefix and the EUI-64.

inline wire::RouterAdvertisement FromRouter(Duration lifetime = Seconds(1800)) {
  wire::RouterAdvertisement message{.router_lifetime = lifetime, .options = {}};
  message.options.source_link_layer_address = kRouterMac;
  return message;
}

inline wire::PrefixInformation Option(std::string_view prefix, Duration valid, Duration preferred) {
  const Ipv6Cidr cidr = *Ipv6Cidr::Parse(prefix);
  return {.prefix = cidr.address,
          .prefix_length = static_cast<uint8_t>(cidr.prefix_length),
          .on_link = true,
          .autonomous = true,
          .valid_lifetime = valid,
          .preferred_lifetime = preferred};
}

inline wire::RouterAdvertisement WithPrefix(Duration valid = Seconds(7200),
                                            Duration preferred = Seconds(3600)) {
  wire::RouterAdvertisement message = FromRouter();
  message.options.prefixes.push_back(Option("2001:db8::/64", valid, preferred));
  return message;
}

}  // namespace dualsim::ndp
