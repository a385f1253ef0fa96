#pragma once

#include <cstdint>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"

namespace dualsim::ndp {

// The host variables of one interface, RFC 4861 §6.3.2, under their names there.
struct LinkParameters {
  uint32_t link_mtu = 1500;
  uint8_t cur_hop_limit = 64;
  Duration base_reachable_time = Seconds(30);
  Duration reachable_time = Seconds(30);
  Duration retrans_timer = Seconds(1);

  // Draws ReachableTime anew: uniform between MIN_RANDOM_FACTOR and
  // MAX_RANDOM_FACTOR times BaseReachableTime. To be done when the base changes,
  // and every few hours.
  void DrawReachableTime(RandomStream& random);
};

}  // namespace dualsim::ndp
