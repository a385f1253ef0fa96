#include "stack/ipv6/header_walk.h"

#include <cstdint>

#include "stack/wire/ipv6_extension.h"

namespace dualsim::ipv6 {
namespace {

using wire::NextHeader;

constexpr size_t kNextHeaderField = 6;  // Of the IPv6 header.

}  // namespace

HeaderWalk::HeaderWalk(ByteView packet)
    : packet_(packet),
      type_(static_cast<NextHeader>(packet[kNextHeaderField])),
      naming_field_(kNextHeaderField) {}

bool HeaderWalk::on_extension_header() const {
  switch (type_) {
    case NextHeader::kHopByHop:
    case NextHeader::kRouting:
    case NextHeader::kDestinationOptions:
    case NextHeader::kFragment:
    case NextHeader::kAuthentication:
    case NextHeader::kMobility:
    case NextHeader::kHostIdentity:
    case NextHeader::kShim6:
      return true;
    default:
      return false;
  }
}

bool HeaderWalk::Step() {
  if (!on_extension_header()) return false;
  const size_t left = packet_.size() - offset_;
  if (left < wire::FragmentHeader::kSize) return false;
  size_t size = (size_t{packet_[offset_ + 1]} + 1) * 8;
  if (type_ == NextHeader::kAuthentication)
    size = (size_t{packet_[offset_ + 1]} + 2) * 4;  // RFC 4302 §2.2
  if (type_ == NextHeader::kFragment) {
    size = wire::FragmentHeader::kSize;
    if (wire::FragmentHeader::Parse(packet_.subspan(offset_))->offset > 0) return false;
  }
  if (size > left) return false;
  type_ = static_cast<NextHeader>(packet_[offset_]);
  naming_field_ = offset_;
  offset_ += size;
  return true;
}

}  // namespace dualsim::ipv6
