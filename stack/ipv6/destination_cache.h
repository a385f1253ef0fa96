#pragma once

#include <cstdint>

#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/ip/destination_cache.h"
#include "stack/ipv6/sent_packets.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/zoned_address.h"

namespace dualsim::ipv6 {

// What a node knows of a destination, RFC 4861 §5.1 and RFC 8201 §5.2.
struct Destination {
  ZonedAddress address;
  InterfaceId interface {};
  Ipv6Address next_hop;
  bool redirected = false;  // The next hop is a redirect's, RFC 4861 §8.3.
  // It is a router that advertises itself; there may be one for each source.
  bool via_advertised_router = false;
  // The path MTU that a Packet Too Big told, until it is forgotten; 0: none did.
  uint32_t path_mtu = 0;
  SentPackets sent;
  Time path_mtu_until = Time::Never();
  uint32_t generation = 0;  // Of the next hop, see DestinationCache::generation().
  bool used = false;        // Looked up again since the last sweep for a victim.
};

// The Destination Cache of a node. A next hop is good while its generation is
// the cache's; whoever changes what next hops depend on calls Invalidate(), and
// each destination is looked up anew when it is next needed (§5.2). What was
// learnt of the path's MTU stays.
class DestinationCache : public ip::DestinationCache<Destination, ZonedAddress> {
 public:
  bool IsCurrent(const Destination& destination) const {
    return destination.generation == generation_;
  }
  void MarkCurrent(Destination& destination) const { destination.generation = generation_; }
  void Invalidate() { ++generation_; }

 private:
  uint32_t generation_ = 1;  // Above a fresh entry's 0.
};

}  // namespace dualsim::ipv6
