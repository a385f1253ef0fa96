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
  Time reachable_time_until = Time();  // When ReachableTime is to be drawn anew.

  // Draws ReachableTime: uniform between MIN_RANDOM_FACTOR and MAX_RANDOM_FACTOR
  // times BaseReachableTime. To be done when the base changes.
  void DrawReachableTime(Time now, RandomStream& random);
  // Draws it where the last draw is a few hours old, §6.3.4: so that hosts which
  // came to probe in step fall out of it. To be called where ReachableTime is
  // about to be used; it needs no timer of its own.
  void RefreshReachableTime(Time now, RandomStream& random) {
    if (now >= reachable_time_until) DrawReachableTime(now, random);
  }
};

}  // namespace dualsim::ndp
