#pragma once

#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/wire/icmpv6.h"

namespace dualsim::icmp {

// An ICMPv6 error message without the packet that it is about.
struct ErrorMessage {
  wire::Icmpv6Type type{};
  uint8_t code = 0;
  uint32_t parameter = 0;  // The MTU of Packet Too Big, the Pointer of Parameter Problem.
};

// Whether `invoking`, an IPv6 packet, may be answered with the error: RFC 4443
// §2.4(e). Not where it is an error or a redirect itself, went to a group (but
// for Packet Too Big, and an unknown option whose two highest bits are 10), or
// has a source that names no single node. Requires a whole IPv6 header, and in
// `invoking` all that there is of the packet.
bool MayAnswer(ByteView invoking, bool link_layer_multicast, const ErrorMessage& error);

// The message, with as much of `invoking` as lets the error's packet stay within
// the minimum IPv6 MTU (§2.4(c)), and nothing that follows the packet in its
// frame. Its checksum is still 0. Requires a whole IPv6 header.
Packet BuildError(PacketPool& packets, const ErrorMessage& error, ByteView invoking);

}  // namespace dualsim::icmp
