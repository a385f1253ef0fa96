#pragma once

#include <cstdint>
#include <string>

#include "stack/wire/ip_address.h"
#include "stack/wire/port.h"

namespace dualsim::tcp {

// What names a connection on a host.
struct Flow {
  IpAddress local;
  IpAddress remote;
  Port local_port{};
  Port remote_port{};
  uint16_t zone = 0;  // Which link a link-local remote is on (RFC 4007 §6); 0 for others.

  // "192.0.2.1:80 > 192.0.2.2:40000", "[2001:db8::1]:80 > ...".
  std::string ToString() const;
  friend bool operator==(const Flow&, const Flow&) = default;
};

}  // namespace dualsim::tcp
