#include "stack/icmp/icmpv4_error.h"

#include <algorithm>

#include "stack/wire/ipv4.h"

namespace dualsim::icmp {
namespace {

constexpr size_t kLargestError = 576;  // RFC 1812 §4.3.2.3: with its IP header.
constexpr size_t kTotalLengthField = 2;

// RFC 1122 §3.2.2: "a source address that does not define a single host".
bool NamesOneHost(const Ipv4Address& address) {
  constexpr uint8_t kClassE = 240;
  return !address.is_multicast() && !address.is_loopback() && address.bytes()[0] != 0 &&
         address.bytes()[0] < kClassE;
}

}  // namespace

bool MayAnswerIpv4(ByteView invoking, bool to_many) {
  const auto header = wire::Ipv4Header::Parse(invoking);
  if (!header || to_many || header->fragment_offset != 0) return false;
  if (!NamesOneHost(header->source)) return false;
  if (header->destination.is_multicast() || header->destination.is_broadcast()) return false;
  if (header->protocol != wire::NextHeader::kIcmpv4) return true;
  return invoking.size() > header->size() &&
         !wire::IsError(static_cast<wire::Icmpv4Type>(invoking[header->size()]));
}

Packet BuildIcmpv4Error(PacketPool& packets, wire::Icmpv4Error error, ByteView invoking) {
  constexpr size_t kRoom =
      kLargestError - wire::Ipv4Header::kMinSize - wire::Icmpv4Error::kHeaderSize;
  const size_t whole = LoadBig16(invoking.data() + kTotalLengthField);
  error.invoking = invoking.first(std::min({invoking.size(), whole, kRoom}));
  Packet packet = packets.Make(error.size());
  error.Store(packet.mutable_bytes().data());
  wire::StoreIcmpv4Checksum(packet.mutable_bytes());
  return packet;
}

}  // namespace dualsim::icmp
