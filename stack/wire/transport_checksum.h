#pragma once

#include <cstddef>

#include "stack/base/checksum.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/ipv6.h"

namespace dualsim::wire {

// The pseudo-header of a transport protocol over either family (RFC 9293 §3.1,
// RFC 8200 §8.1), to be summed with the `length` bytes of its packet. Requires
// two addresses of one family.
InternetChecksum TransportPseudoHeader(const IpAddress& source, const IpAddress& destination,
                                       NextHeader protocol, size_t length);

}  // namespace dualsim::wire
