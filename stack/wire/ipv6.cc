#include "stack/wire/ipv6.h"

namespace dualsim::wire {

InternetChecksum PseudoHeader(const Ipv6Address& source, const Ipv6Address& destination,
                              NextHeader upper, size_t upper_length) {
  InternetChecksum sum;
  sum.Add(source.bytes()).Add(destination.bytes());
  sum.AddBig32(static_cast<uint32_t>(upper_length));
  sum.AddBig16(static_cast<uint8_t>(upper));
  return sum;
}

}  // namespace dualsim::wire
