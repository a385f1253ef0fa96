// Packet Too Big messages for this node: RFC 8201 §4 and §5, RFC 4443 §3.2.

#include "stack/host/stack_implementation.h"
#include "stack/host/zone.h"
#include "stack/ndp/constants.h"

namespace dualsim::host {
namespace {

constexpr Duration kPathMtuLifetime = Seconds(600);  // RFC 8201 §5.3 recommends ten minutes.

}  // namespace

std::optional<DropReason> Stack::Implementation::OnPacketTooBig(const Received& received,
                                                                const wire::Icmpv6Error& error,
                                                                const ipv6::QuotedPacket& quoted,
                                                                bool* narrower) {
  // RFC 8201 §4: what is below the IPv6 minimum is no MTU.
  if (error.parameter < ndp::kMinimumMtu) return DropReason::ICMPV6_MTU_BELOW_MINIMUM;
  if (quoted.size <= error.parameter) return DropReason::ICMPV6_TOO_BIG_BUT_FITS;
  ipv6::Destination* known = destinations_.Find(Zoned(quoted.destination, received.interface));
  if (known == nullptr || !known->sent.MayInclude(quoted) ||
      !HasSender(quoted, received.interface)) {
    return DropReason::ICMPV6_ERROR_UNMATCHED;
  }
  // What does not lower the estimate leaves it, but puts off that it is forgotten: RFC 8201
  // §4 counts the time from when a Packet Too Big last came for the path.
  *narrower = error.parameter < PathMtu(received.now, *known);
  if (*narrower) known->path_mtu = error.parameter;
  known->path_mtu_until = received.now + kPathMtuLifetime;
  return std::nullopt;
}

bool Stack::Implementation::HasSender(const ipv6::QuotedPacket& quoted, InterfaceId in) const {
  constexpr size_t kPorts = 4;
  constexpr size_t kPortsAndSequence = 8;
  const ByteView upper = quoted.upper;
  if (quoted.protocol == wire::NextHeader::kUdp && upper.size() >= kPorts) {
    return udp_ports_.Find(Port{LoadBig16(upper.data())}) != nullptr;
  }
  if (quoted.protocol == wire::NextHeader::kTcp && upper.size() >= kPortsAndSequence) {
    const tcp::Flow flow{.local = quoted.source,
                         .remote = quoted.destination,
                         .local_port = Port{LoadBig16(upper.data())},
                         .remote_port = Port{LoadBig16(upper.data() + 2)},
                         .zone = ZoneOf(quoted.destination, in)};
    // RFC 5927 §4.1: the segment is on its way.
    return tcp_ != nullptr &&
           tcp_->endpoint().IsInFlight(flow, SeqNum(LoadBig32(upper.data() + 4)));
  }
  return true;
}

}  // namespace dualsim::host
