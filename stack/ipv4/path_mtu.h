#pragma once

#include <cstdint>

#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ip/destination_cache.h"
#include "stack/wire/ipv4_address.h"

namespace dualsim::ipv4 {

// RFC 1191 §3: no path has less, and what is told below it is wrong.
constexpr uint32_t kMinimumMtu = 68;
// RFC 1191 §6.3: for so long what was learnt is believed.
constexpr Duration kPathMtuLifetime = Seconds(600);

// The MTU to assume after a Fragmentation Needed about a packet of `total_length`
// bytes: what the router told, or, where it told none (0), the next plateau below
// the packet's length (RFC 1191 §5 and §7). Never under kMinimumMtu.
uint32_t PathMtuAfter(uint16_t told, uint16_t total_length);

// What a node learnt of a destination; all else it looks up in its routes.
struct Destination {
  Ipv4Address address;
  uint32_t path_mtu = 0;  // 0: nothing was told.
  Time path_mtu_until = Time::Never();
  // What a redirect said (RFC 1122 §3.3.1.2), while that gateway answers.
  Ipv4Address gateway;  // 0.0.0.0: none did.
  InterfaceId interface {};
  bool used = false;
};

using DestinationCache = ip::DestinationCache<Destination, Ipv4Address>;

}  // namespace dualsim::ipv4
