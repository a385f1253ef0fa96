#pragma once

#include <cstdint>

#include "stack/application/error.h"
#include "stack/wire/ip_address.h"

namespace dualsim::application {

// What an ICMP error's type and code say to a program (RFC 792, RFC 4443 §3.1, §3.2).
Error ErrorOfIcmp(IpFamily family, uint8_t type, uint8_t code);

}  // namespace dualsim::application
