#pragma once

#include "stack/base/time.h"

namespace dualsim::ndp {

// How an entry came into a list that router advertisements fill, and whom such a
// list, when it is full, lets go for one that is new: the last that came, where it
// did not come again since. A router that means well says what it says again and
// again, while a flood's entries are said once. So what was there before a flood
// stays, what comes after it finds room, and a list that honest routers fill does
// not go round: of what one advertisement has too much nothing takes the place of
// the rest, and what was repeated stays for as long as it says.
struct Arrival {
  Time at;
  bool repeated = false;

  bool makes_room(Time now) const { return !repeated && at < now; }
};

}  // namespace dualsim::ndp
