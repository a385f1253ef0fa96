#pragma once

#include "stack/base/time.h"

namespace dualsim::ndp {

// Protocol constants of hosts, RFC 4861 §10.
inline constexpr int kMaxMulticastSolicit = 3;
inline constexpr int kMaxUnicastSolicit = 3;
inline constexpr int kMaxNeighborAdvertisement = 3;
inline constexpr Duration kDelayFirstProbeTime = Seconds(5);
inline constexpr Duration kMaxAnycastDelayTime = Seconds(1);
// ReachableTime is drawn between these times BaseReachableTime: 0.5 and 1.5.
inline constexpr int kMinRandomFactorPercent = 50;
inline constexpr int kMaxRandomFactorPercent = 150;

// RFC 8200 §5: every link carries packets of this size.
inline constexpr uint32_t kMinimumMtu = 1280;

}  // namespace dualsim::ndp
