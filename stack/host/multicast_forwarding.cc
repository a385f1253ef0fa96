// Packets to groups: for this node, and on a multicast router for those who listen
// on its other links. RFC 4291 §2.7, RFC 7346, RFC 4443 §2.4(e).

#include "stack/host/stack_implementation.h"
#include "stack/wire/ipv6_extension.h"

namespace dualsim::host {
namespace {

constexpr size_t kHopLimitOffset = 7;

// Scopes, RFC 7346 §2. Realm-Local (3) and wider ones leave a link; what is beyond
// Global (15) is treated like it, RFC 4291 §2.7.
constexpr int kReservedScope = 0;
constexpr int kInterfaceLocalScope = 1;
constexpr int kLinkLocalScope = 2;

// Whether it is a message of listener discovery behind a Hop-by-Hop Options
// header, whatever group it went to. What it is worth is checked later.
bool IsListenerMessage(ByteView packet, wire::NextHeader next) {
  if (next != wire::NextHeader::kHopByHop) return false;
  const auto options = wire::ExtensionHeader::Parse(packet.subspan(wire::Ipv6Header::kSize));
  if (!options || options->next_header != wire::NextHeader::kIcmpv6) return false;
  const size_t at = wire::Ipv6Header::kSize + options->bytes.size();
  if (at >= packet.size()) return false;
  switch (static_cast<wire::Icmpv6Type>(packet[at])) {
    case wire::Icmpv6Type::kMulticastListenerQuery:
    case wire::Icmpv6Type::kMulticastListenerReportV1:
    case wire::Icmpv6Type::kMulticastListenerDone:
    case wire::Icmpv6Type::kMulticastListenerReportV2:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Stack::Implementation::ReceiveMulticast(Received& received) {
  const Ipv6Address& group = received.header.destination;
  // RFC 4291 §2.7: such packets are silently dropped; and interface-local ones
  // can't come from a link (its erratum 3480).
  if (group.multicast_scope() == kReservedScope) {
    return Drop(received, DropReason::MULTICAST_RESERVED_SCOPE);
  }
  if (group.multicast_scope() == kInterfaceLocalScope) {
    return Drop(received, DropReason::MULTICAST_INTERFACE_LOCAL);
  }
  const Interface& here = interface(received.interface);
  // RFC 3810 §5.1.15 and §7: queries for a group, and reports of version 1, go to the
  // group that they are about. Who listens to it takes them whatever the sources that
  // it wants to hear, a multicast router always.
  if (IsListenerMessage(received.packet, received.header.next_header) &&
      (here.learns_groups() || here.IsMember(group))) {
    return Deliver(received);
  }
  const bool listening = here.IsListeningTo(group, received.header.source);
  DropReason reason = DropReason::IPV6_GROUP_NOT_JOINED;
  if (config_.multicast_routing && group.multicast_scope() > kLinkLocalScope) {
    const GroupForwarding forwarded = ForwardToGroup(received, &reason);
    if (forwarded == GroupForwarding::kRefused) return;
    if (forwarded == GroupForwarding::kSent && !listening) return;
  }
  if (!listening) return Drop(received, reason);
  Deliver(received);
}

Stack::Implementation::GroupForwarding Stack::Implementation::ForwardToGroup(
    Received& received, DropReason* why_nowhere) {
  const auto nowhere = [&](DropReason reason) {
    *why_nowhere = reason;
    return GroupForwarding::kNowhere;
  };
  const Time now = received.now;
  const Ipv6Address group = received.header.destination;
  const Ipv6Address source = received.header.source;
  // RFC 4291 §2.5.2 and §2.5.6: such a source leaves no link.
  if (source.is_unspecified() || source.is_link_local()) return nowhere(DropReason::BEYOND_SCOPE);
  // No error tells of it: RFC 4443 §2.4(e.3).
  if (received.header.hop_limit <= 1) return nowhere(DropReason::HOP_LIMIT_EXCEEDED);
  // Against loops: from where the source is, and from nowhere else.
  const std::optional<NextHop> back = FindRoute(now, source);
  if (!back || back->interface != received.interface) {
    return nowhere(DropReason::MULTICAST_WRONG_INTERFACE);
  }
  if (received.header.next_header == wire::NextHeader::kHopByHop) {
    Cursor cursor{.next = wire::NextHeader::kHopByHop,
                  .offset = wire::Ipv6Header::kSize,
                  .next_header_offset = 6};
    if (OnOptions(received, cursor, true) == Verdict::kDone) return GroupForwarding::kRefused;
  }
  Packet copy;
  bool sent = false;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    Interface& out = *interfaces_[i];
    if (static_cast<InterfaceId>(i) == received.interface || !out.enabled() ||
        !out.ForwardsGroup(group, source)) {
      continue;
    }
    sent = true;
    if (received.packet.size() > out.mtu()) {
      Drop(received, DropReason::PACKET_TOO_BIG);
      SendError(now, received.interface, received.packet, received.link_layer_multicast,
                {.type = wire::Icmpv6Type::kPacketTooBig, .code = 0, .parameter = out.mtu()});
      continue;
    }
    if (!copy) {
      copy = environment_.packets.Copy(received.packet);
      --copy.mutable_bytes()[kHopLimitOffset];
    }
    out.SendToGroup(now, group, copy);  // Which copies it once more where it is needed again.
  }
  return sent ? GroupForwarding::kSent : nowhere(DropReason::MULTICAST_NO_LISTENER);
}

}  // namespace dualsim::host
