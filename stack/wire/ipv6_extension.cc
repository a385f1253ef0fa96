#include "stack/wire/ipv6_extension.h"

#include <algorithm>

namespace dualsim::wire {
namespace {

constexpr size_t kUnit = 8;  // Extension headers count in 8 bytes.

}  // namespace

Parsed<ExtensionHeader> ExtensionHeader::Parse(ByteView packet_from_here) {
  if (packet_from_here.size() < kUnit) return DropReason::IPV6_EXTENSION_TRUNCATED;
  const size_t size = kUnit * (size_t{packet_from_here[1]} + 1);
  if (packet_from_here.size() < size) return DropReason::IPV6_EXTENSION_TRUNCATED;
  return ExtensionHeader{static_cast<NextHeader>(packet_from_here[0]),
                         packet_from_here.first(size)};
}

std::optional<Ipv6Option> Ipv6OptionReader::Next() {
  while (position_ < header_.size()) {
    const size_t offset = position_;
    const uint8_t type = header_[offset];
    if (type == kOptionPad1) {
      ++position_;
      continue;
    }
    if (header_.size() - offset < 2 || header_.size() - offset - 2 < header_[offset + 1]) {
      truncated_at_ = std::min(offset + 1, header_.size() - 1);
      position_ = header_.size();
      return std::nullopt;
    }
    const size_t length = header_[offset + 1];
    position_ = offset + 2 + length;
    if (type == kOptionPadN) continue;
    return Ipv6Option{type, header_.subspan(offset + 2, length), offset};
  }
  return std::nullopt;
}

Parsed<FragmentHeader> FragmentHeader::Parse(ByteView bytes) {
  if (bytes.size() < kSize) return DropReason::IPV6_EXTENSION_TRUNCATED;
  const uint16_t offset_and_flag = LoadBig16(bytes.data() + 2);
  FragmentHeader header;
  header.next_header = static_cast<NextHeader>(bytes[0]);
  header.offset = offset_and_flag & 0xfff8;
  header.more = (offset_and_flag & 1) != 0;
  header.identification = LoadBig32(bytes.data() + 4);
  return header;
}

void FragmentHeader::Store(uint8_t* out) const {
  out[0] = static_cast<uint8_t>(next_header);
  out[1] = 0;
  StoreBig16(out + 2, static_cast<uint16_t>((offset & 0xfff8) | (more ? 1 : 0)));
  StoreBig32(out + 4, identification);
}

Parsed<RoutingHeader> RoutingHeader::Parse(ByteView bytes) {
  const Parsed<ExtensionHeader> header = ExtensionHeader::Parse(bytes);
  if (!header) return header.reason();
  return RoutingHeader{header->next_header, header->bytes[2], header->bytes[3],
                       header->bytes.size()};
}

}  // namespace dualsim::wire
