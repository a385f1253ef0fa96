#include "stack/wire/transport_checksum.h"

namespace dualsim::wire {

InternetChecksum TransportPseudoHeader(const IpAddress& source, const IpAddress& destination,
                                       NextHeader protocol, size_t length) {
  InternetChecksum sum;
  // Zero bytes add nothing, and neither does the place of a word: so both
  // families' pseudo-headers are the same sum.
  sum.Add(source.bytes()).Add(destination.bytes());
  sum.AddBig32(static_cast<uint32_t>(length));
  sum.AddBig16(static_cast<uint8_t>(protocol));
  return sum;
}

}  // namespace dualsim::wire
