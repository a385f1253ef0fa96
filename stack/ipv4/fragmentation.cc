#include "stack/ipv4/fragmentation.h"

#include <algorithm>
#include <cstring>

namespace dualsim::ipv4 {
namespace {

size_t Room(size_t mtu, size_t header) { return mtu > header ? (mtu - header) / 8 * 8 : 0; }

}  // namespace

Fragmentation::Fragmentation(ByteView packet, size_t mtu)
    : packet_(packet), header_(*wire::Ipv4Header::Parse(packet)), position_(header_.size()) {
  packet_ = packet_.first(header_.total_length);
  wire::Ipv4OptionReader reader(header_.options);
  while (const auto option = reader.Next()) {
    if (!option->copied()) continue;
    const size_t size = option->data.size() + 2;
    std::memcpy(copied_ + copied_size_, packet_.data() + option->offset, size);
    copied_size_ += size;
  }
  copied_size_ = (copied_size_ + 3) / 4 * 4;  // What is left over is End of List.
  first_ = Room(mtu, header_.size());
  later_ = Room(mtu, wire::Ipv4Header::kMinSize + copied_size_);
}

Packet Fragmentation::Next(PacketPool& pool) {
  if (!possible() || position_ >= packet_.size()) return Packet();
  const bool is_first = position_ == header_.size();
  const size_t size = std::min(is_first ? first_ : later_, packet_.size() - position_);
  wire::Ipv4Header header = header_;
  if (!is_first) header.options = ByteView(copied_, copied_size_);
  header.fragment_offset =
      static_cast<uint16_t>(header_.fragment_offset + position_ - header_.size());
  header.more_fragments = header_.more_fragments || position_ + size < packet_.size();
  header.total_length = static_cast<uint16_t>(header.size() + size);
  Packet fragment = pool.Make(header.size() + size);
  uint8_t* out = fragment.mutable_bytes().data();
  header.Store(out);
  std::memcpy(out + header.size(), packet_.data() + position_, size);
  position_ += size;
  return fragment;
}

}  // namespace dualsim::ipv4
