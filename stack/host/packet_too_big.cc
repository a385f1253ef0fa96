// Packet Too Big messages for this node: RFC 8201 §4 and §5, RFC 4443 §3.2.

#include "stack/host/stack_implementation.h"
#include "stack/ndp/constants.h"

namespace dualsim::host {
namespace {

constexpr Duration kPathMtuLifetime = Seconds(600);  // RFC 8201 §5.3 recommends ten minutes.

}  // namespace

std::optional<DropReason> Stack::Implementation::OnPacketTooBig(const Received& received,
                                                                const wire::Icmpv6Error& error,
                                                                const ipv6::QuotedPacket& quoted) {
  // RFC 8201 §4: what is below the IPv6 minimum is no MTU.
  if (error.parameter < ndp::kMinimumMtu || quoted.size <= error.parameter) {
    return DropReason::ICMPV6_ERROR_UNMATCHED;
  }
  ipv6::Destination* known = destinations_.Find(quoted.destination);
  if (known == nullptr || !known->sent.MayInclude(quoted) || !HasSender(quoted)) {
    return DropReason::ICMPV6_ERROR_UNMATCHED;
  }
  // What does not lower the estimate changes nothing.
  if (error.parameter < PathMtu(received.now, *known)) {
    known->path_mtu = error.parameter;
    known->path_mtu_until = received.now + kPathMtuLifetime;
  }
  return std::nullopt;
}

bool Stack::Implementation::HasSender(const ipv6::QuotedPacket& quoted) const {
  constexpr size_t kPorts = 4;
  if (quoted.protocol != wire::NextHeader::kUdp || quoted.upper.size() < kPorts) return true;
  return udp_ports_.Find(static_cast<Port>(LoadBig16(quoted.upper.data()))) != nullptr;
}

}  // namespace dualsim::host
