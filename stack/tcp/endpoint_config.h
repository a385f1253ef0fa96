#pragma once

#include <cstddef>

#include "stack/tcp/config.h"

namespace dualsim::tcp {

// The limits of a host, beside those of each connection and listener.
struct EndpointConfig {
  Config connection;
  size_t max_connections = 131072;  // Beyond, SYNs are dropped and Connect() is refused.
  size_t max_time_wait = 32768;     // Beyond, the oldest makes room. At least 1.
};

}  // namespace dualsim::tcp
