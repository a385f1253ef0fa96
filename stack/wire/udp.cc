#include "stack/wire/udp.h"

#include <algorithm>

#include "stack/wire/transport_checksum.h"

namespace dualsim::wire {

Parsed<UdpDatagram> UdpDatagram::Parse(ByteView bytes, const IpAddress& source,
                                       const IpAddress& destination) {
  if (bytes.size() < kHeaderSize) return DropReason::UDP_TRUNCATED;
  const uint8_t* p = bytes.data();
  const size_t length = LoadBig16(p + 4);
  if (length < kHeaderSize || length > bytes.size()) return DropReason::UDP_LENGTH;
  bytes = bytes.first(length);
  if (LoadBig16(p + 6) == 0) {
    if (source.is_ipv6()) return DropReason::UDP_NO_CHECKSUM;
  } else {
    InternetChecksum sum = TransportPseudoHeader(source, destination, NextHeader::kUdp, length);
    if (sum.Add(bytes).Value() != 0) return DropReason::UDP_BAD_CHECKSUM;
  }
  return UdpDatagram{Port{LoadBig16(p)}, Port{LoadBig16(p + 2)}, bytes.subspan(kHeaderSize)};
}

void UdpDatagram::Store(uint8_t* out) const {
  StoreBig16(out, Number(source));
  StoreBig16(out + 2, Number(destination));
  StoreBig16(out + 4, static_cast<uint16_t>(size()));
  StoreBig16(out + 6, 0);
  std::copy(data.begin(), data.end(), out + kHeaderSize);
}

void StoreUdpChecksum(MutableByteView datagram, const IpAddress& source,
                      const IpAddress& destination) {
  StoreBig16(datagram.data() + 6, 0);
  InternetChecksum sum =
      TransportPseudoHeader(source, destination, NextHeader::kUdp, datagram.size());
  const uint16_t value = sum.Add(datagram).Value();
  StoreBig16(datagram.data() + 6, value == 0 ? 0xffff : value);
}

}  // namespace dualsim::wire
