#pragma once

#include <cstddef>

#include "stack/base/bytes.h"
#include "stack/wire/ipv6.h"

namespace dualsim::ipv6 {

// Walks the header chain of an IPv6 packet, RFC 8200 §4, without judging it. It
// stands on one header at a time, first on the one after the IPv6 header.
class HeaderWalk {
 public:
  // Requires at least an IPv6 header; looks at no byte after `packet`'s end.
  explicit HeaderWalk(ByteView packet);

  // The header that it stands on, and where it begins: perhaps at the end.
  wire::NextHeader type() const { return type_; }
  size_t offset() const { return offset_; }
  // Where the byte is that names type().
  size_t naming_field() const { return naming_field_; }

  // Steps past an extension header. False, and nothing changes, where it stands
  // on another header, on one that the packet does not hold whole, or on the
  // Fragment header of a fragment that is not the first.
  bool Step();

  // Whether it stands on an extension header.
  bool on_extension_header() const;

 private:
  ByteView packet_;
  wire::NextHeader type_;
  size_t offset_ = wire::Ipv6Header::kSize;
  size_t naming_field_;
};

}  // namespace dualsim::ipv6
