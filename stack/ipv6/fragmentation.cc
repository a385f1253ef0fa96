#include "stack/ipv6/fragmentation.h"

#include <algorithm>
#include <cstring>

#include "stack/ipv6/header_walk.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::ipv6 {

using wire::FragmentHeader;
using wire::NextHeader;

Fragmentation::Fragmentation(ByteView packet, size_t mtu, uint32_t identification)
    : packet_(packet), identification_(identification), headers_(wire::Ipv6Header::kSize) {
  for (HeaderWalk walk(packet);;) {
    const bool every_hop_reads =
        walk.type() == NextHeader::kHopByHop || walk.type() == NextHeader::kRouting;
    if (!walk.Step()) break;
    if (every_hop_reads) {
      headers_ = walk.offset();
      naming_field_ = walk.naming_field();
    }
  }
  position_ = headers_;
  if (mtu > headers_ + FragmentHeader::kSize) {
    per_fragment_ = (mtu - headers_ - FragmentHeader::kSize) / 8 * 8;
  }
}

Packet Fragmentation::Next(PacketPool& pool) {
  if (!possible() || position_ >= packet_.size()) return Packet();
  const size_t size = std::min(per_fragment_, packet_.size() - position_);
  Packet fragment = pool.Make(headers_ + FragmentHeader::kSize + size);
  uint8_t* out = fragment.mutable_bytes().data();
  std::memcpy(out, packet_.data(), headers_);
  StoreBig16(out + 4,
             static_cast<uint16_t>(fragment.size() - wire::Ipv6Header::kSize));  // Payload Length
  out[naming_field_] = static_cast<uint8_t>(NextHeader::kFragment);
  const FragmentHeader header{.next_header = static_cast<NextHeader>(packet_[naming_field_]),
                              .offset = static_cast<uint16_t>(position_ - headers_),
                              .more = position_ + size < packet_.size(),
                              .identification = identification_};
  header.Store(out + headers_);
  std::memcpy(out + headers_ + FragmentHeader::kSize, packet_.data() + position_, size);
  position_ += size;
  return fragment;
}

}  // namespace dualsim::ipv6
