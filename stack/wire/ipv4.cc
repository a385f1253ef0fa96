#include "stack/wire/ipv4.h"

#include <algorithm>

#include "stack/base/checksum.h"

namespace dualsim::wire {
namespace {

constexpr size_t kChecksumField = 10;
constexpr uint16_t kDontFragment = 0x4000;
constexpr uint16_t kMoreFragments = 0x2000;
constexpr uint16_t kOffsetMask = 0x1fff;

}  // namespace

Parsed<Ipv4Header> Ipv4Header::Parse(ByteView packet) {
  if (packet.size() < kMinSize) return DropReason::IPV4_HEADER_TRUNCATED;
  const uint8_t* p = packet.data();
  if (p[0] >> 4 != 4) return DropReason::IPV4_BAD_VERSION;
  const size_t size = size_t{p[0] & 0x0fu} * 4;
  if (size < kMinSize) return DropReason::IPV4_HEADER_LENGTH;
  if (size > packet.size()) return DropReason::IPV4_HEADER_TRUNCATED;
  if (InternetChecksum().Add(packet.first(size)).Value() != 0) {
    return DropReason::IPV4_BAD_CHECKSUM;
  }
  Ipv4Header header;
  header.total_length = LoadBig16(p + 2);
  if (header.total_length < size) return DropReason::IPV4_HEADER_LENGTH;
  if (header.total_length > packet.size()) return DropReason::IPV4_TRUNCATED;
  const uint16_t fragment = LoadBig16(p + 6);
  header.type_of_service = p[1];
  header.identification = LoadBig16(p + 4);
  header.dont_fragment = (fragment & kDontFragment) != 0;
  header.more_fragments = (fragment & kMoreFragments) != 0;
  header.fragment_offset = static_cast<uint16_t>((fragment & kOffsetMask) << 3);
  header.ttl = p[8];
  header.protocol = static_cast<NextHeader>(p[9]);
  header.source = Ipv4Address::Load(p + 12);
  header.destination = Ipv4Address::Load(p + 16);
  header.options = packet.subspan(kMinSize, size - kMinSize);
  return header;
}

void Ipv4Header::Store(uint8_t* out) const {
  out[0] = static_cast<uint8_t>(4 << 4 | size() / 4);
  out[1] = type_of_service;
  StoreBig16(out + 2, total_length);
  StoreBig16(out + 4, identification);
  StoreBig16(out + 6, static_cast<uint16_t>((dont_fragment ? kDontFragment : 0) |
                                            (more_fragments ? kMoreFragments : 0) |
                                            (fragment_offset >> 3 & kOffsetMask)));
  out[8] = ttl;
  out[9] = static_cast<uint8_t>(protocol);
  source.Store(out + 12);
  destination.Store(out + 16);
  std::copy(options.begin(), options.end(), out + kMinSize);
  StoreIpv4Checksum({out, size()});
}

void StoreIpv4Checksum(MutableByteView header) {
  StoreBig16(header.data() + kChecksumField, 0);
  StoreBig16(header.data() + kChecksumField, InternetChecksum().Add(header).Value());
}

std::optional<Ipv4Option> Ipv4OptionReader::Next() {
  while (!malformed_ && position_ < options_.size()) {
    const auto type = static_cast<Ipv4OptionType>(options_[position_]);
    if (type == Ipv4OptionType::kEndOfList) return std::nullopt;
    if (type == Ipv4OptionType::kNoOperation) {
      ++position_;
      continue;
    }
    const size_t left = options_.size() - position_;
    if (left < 2 || options_[position_ + 1] < 2 || options_[position_ + 1] > left) {
      malformed_ = true;
      break;
    }
    const size_t length = options_[position_ + 1];
    const Ipv4Option option{type, options_.subspan(position_ + 2, length - 2),
                            Ipv4Header::kMinSize + position_};
    position_ += length;
    return option;
  }
  return std::nullopt;
}

}  // namespace dualsim::wire
