#include "stack/ndp/link_parameters.h"

#include "stack/ndp/constants.h"

namespace dualsim::ndp {

void LinkParameters::DrawReachableTime(RandomStream& random) {
  reachable_time = random.Between(base_reachable_time * kMinRandomFactorPercent / 100,
                                  base_reachable_time * kMaxRandomFactorPercent / 100);
}

}  // namespace dualsim::ndp
