#pragma once

#include "stack/base/bytes.h"
#include "stack/base/packet.h"
#include "stack/wire/icmpv4.h"

namespace dualsim::icmp {

// Whether `invoking`, an IPv4 packet, may be answered with an ICMP error: RFC
// 1122 §3.2.2 and RFC 1812 §4.3.2.7. Not where it is an error or redirect itself,
// a fragment but the first, from a source that names no single host, or came by
// or went to a broadcast or a group: `to_many` says so of what its addresses do
// not show. Requires a header that was checked, and in `invoking` all there is of
// the packet.
bool MayAnswerIpv4(ByteView invoking, bool to_many);

// The message about `invoking` with as much of it as keeps the error's packet
// within 576 bytes (RFC 1812 §4.3.2.3). `error.invoking` is not looked at. Its
// checksum is done.
Packet BuildIcmpv4Error(PacketPool& packets, wire::Icmpv4Error error, ByteView invoking);

}  // namespace dualsim::icmp
