#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace dualsim::router {

// RFC 3810 §9; what is not here follows from it.
struct MulticastQuerierConfig {
  uint8_t robustness_variable = 2;
  Duration query_interval = Seconds(125);
  Duration query_response_interval = Seconds(10);
  Duration last_listener_query_interval = Seconds(1);
  // Queries are those of version 1, RFC 3810 §8.3.1: for a link that has routers
  // which know no other.
  bool version1 = false;
};

}  // namespace dualsim::router
