#include "stack/ndp/link_parameters.h"

#include "stack/ndp/constants.h"

namespace dualsim::ndp {
namespace {

constexpr Duration kFewHours = Seconds(2 * 3600);  // §6.3.4's "every few hours".

}  // namespace

void LinkParameters::DrawReachableTime(Time now, RandomStream& random) {
  reachable_time = random.Between(base_reachable_time * kMinRandomFactorPercent / 100,
                                  base_reachable_time * kMaxRandomFactorPercent / 100);
  reachable_time_until = now + kFewHours;
}

}  // namespace dualsim::ndp
