// IPv6 packets on their way up: RFC 8200 §3 and §4.

#include <algorithm>

#include "stack/host/stack_implementation.h"
#include "stack/wire/ethernet.h"

namespace dualsim::host {
namespace {

// More headers than any sender has a use for, Fragment headers inside of fragments
// included: past it the packet is dropped (RFC 8504 §5.3 asks hosts for such a limit).
constexpr int kMaxExtensionHeaders = 16;
// More options in a header than any sender has a use for, likewise.
constexpr int kMaxOptions = 64;

// Codes of Parameter Problem, RFC 4443 §3.4.
constexpr uint8_t kErroneousField = 0;
constexpr uint8_t kUnknownNextHeader = 1;
constexpr uint8_t kUnknownOption = 2;

// Of the Next Header field in the IPv6 header.
constexpr size_t kNextHeaderOffset = 6;

}  // namespace

void Stack::Implementation::Receive(Time now, InterfaceId id, Packet frame) {
  if (!running_ || !interface(id).up()) {
    return Drop(now, id, DropReason::INTERFACE_DOWN, frame.bytes());
  }
  const ByteView bytes = frame.bytes();
  const Parsed<wire::EthernetHeader> ethernet = wire::EthernetHeader::Parse(bytes);
  if (!ethernet) return Drop(now, id, ethernet.reason(), bytes);
  const bool multicast = ethernet->destination.is_multicast();
  if (!multicast && ethernet->destination != interface(id).mac()) {
    return Drop(now, id, DropReason::NOT_OUR_MAC, bytes);
  }
  const ByteView packet = bytes.subspan(wire::EthernetHeader::kSize);
  const bool arp = ethernet->type == wire::EtherType::kArp;
  if (interface(id).ipv4() && (arp || ethernet->type == wire::EtherType::kIpv4)) {
    if (ipv4_ == nullptr) return Drop(now, id, DropReason::IPV4_NOT_CONFIGURED, packet);
    if (arp) return ipv4_->ReceiveArp(now, id, packet);
    return ipv4_->Receive(now, id, std::move(frame), multicast);
  }
  if (!interface(id).ipv6() || ethernet->type != wire::EtherType::kIpv6) {
    return Drop(now, id, DropReason::UNKNOWN_ETHER_TYPE, bytes);
  }
  if (!interface(id).enabled()) return Drop(now, id, DropReason::INTERFACE_DOWN, bytes);
  const Parsed<wire::Ipv6Header> header = wire::Ipv6Header::Parse(packet);
  if (!header) return Drop(now, id, header.reason(), packet);
  Received received{.now = now,
                    .interface = id,
                    .frame = std::move(frame),
                    .packet_offset = wire::EthernetHeader::kSize,
                    .packet = packet.first(wire::Ipv6Header::kSize + header->payload_length),
                    .header = *header,
                    .link_layer_multicast = multicast};
  ReceiveIpv6(received);
}

void Stack::Implementation::ReceiveIpv6(Received& received) {
  const Ipv6Address& source = received.header.source;
  const Ipv6Address& destination = received.header.destination;
  if (source.is_multicast()) return Drop(received, DropReason::IPV6_SOURCE_MULTICAST);
  if (destination.is_unspecified()) {
    return Drop(received, DropReason::IPV6_DESTINATION_UNSPECIFIED);
  }
  // RFC 4291 §2.5.3: neither leaves a node, so neither comes from a link.
  if (source.is_loopback() || destination.is_loopback()) {
    return Drop(received, DropReason::IPV6_LOOPBACK_ON_WIRE);
  }
  if (destination.is_multicast()) return ReceiveMulticast(received);
  if (const LocalAddress* local = FindLocal(destination, received.interface)) {
    if (local->assigned) return Deliver(received);
    return Drop(received, DropReason::IPV6_TENTATIVE_DESTINATION);
  }
  if (!config_.forwarding) {
    // What a router would have passed on, or a packet that nobody would.
    const bool passable = !received.link_layer_multicast && !destination.is_link_local();
    return Drop(received, passable ? DropReason::FORWARDING_OFF : DropReason::IPV6_NOT_OUR_ADDRESS);
  }
  if (IsAnycast(destination)) return Deliver(received);
  Forward(received);
}

std::optional<InterfaceId> Stack::Implementation::InterfaceOfAnycast(
    const Ipv6Address& address) const {
  // A subnet of 126 bits or less: nothing else need be looked up.
  if ((address.low() & 3) != 0) return std::nullopt;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    const Interface& interface = *interfaces_[i];
    if (interface.enabled() && interface.discovery().IsAnycast(address))
      return static_cast<InterfaceId>(i);
  }
  return std::nullopt;
}

void Stack::Implementation::Deliver(Received& received) {
  Cursor cursor{.next = received.header.next_header,
                .offset = wire::Ipv6Header::kSize,
                .next_header_offset = kNextHeaderOffset};
  for (; received.extension_headers < kMaxExtensionHeaders; ++received.extension_headers) {
    Verdict verdict = Verdict::kDone;
    switch (cursor.next) {
      case wire::NextHeader::kHopByHop:
        verdict = OnHopByHopOptions(received, cursor);
        break;
      case wire::NextHeader::kDestinationOptions:
        verdict = OnOptions(received, cursor, false);
        break;
      case wire::NextHeader::kRouting:
        verdict = OnRoutingHeader(received, cursor);
        break;
      case wire::NextHeader::kFragment:
        return OnFragment(received, cursor);
      default:
        return DeliverUpper(received, cursor);
    }
    if (verdict == Verdict::kDone) return;
  }
  Drop(received, DropReason::IPV6_TOO_MANY_EXTENSIONS);
}

Stack::Implementation::Verdict Stack::Implementation::OnHopByHopOptions(Received& received,
                                                                        Cursor& cursor) {
  // RFC 8200 §4.1: only straight after the IPv6 header; anywhere else it is a
  // Next Header value that is not known there.
  if (cursor.next_header_offset != kNextHeaderOffset) {
    Drop(received, DropReason::IPV6_HOP_BY_HOP_MISPLACED);
    ParameterProblem(received, kUnknownNextHeader, cursor.next_header_offset);
    return Verdict::kDone;
  }
  return OnOptions(received, cursor, true);
}

Stack::Implementation::Verdict Stack::Implementation::OnOptions(Received& received, Cursor& cursor,
                                                                bool hop_by_hop) {
  const auto header = wire::ExtensionHeader::Parse(received.packet.subspan(cursor.offset));
  if (!header) {
    // RFC 2675 §2: this is how a jumbogram begins, which no node here takes.
    const bool jumbogram = hop_by_hop && received.header.payload_length == 0;
    return OnTruncatedHeader(received, cursor,
                             jumbogram ? DropReason::IPV6_JUMBOGRAM : header.reason());
  }
  wire::Ipv6OptionReader reader(header->bytes);
  for (int count = 0;; ++count) {
    const std::optional<wire::Ipv6Option> option = reader.Next();
    if (!option) break;
    if (count == kMaxOptions) {
      Drop(received, DropReason::IPV6_TOO_MANY_EXTENSIONS);
      return Verdict::kDone;
    }
    if (hop_by_hop && option->type == wire::kOptionRouterAlert) {
      received.router_alert = true;
      continue;
    }
    if (OnOption(received, *option, cursor.offset) == Verdict::kDone) return Verdict::kDone;
  }
  if (reader.truncated()) {
    Drop(received, DropReason::IPV6_EXTENSION_TRUNCATED);
    ParameterProblem(received, kErroneousField, cursor.offset + reader.truncated_at());
    return Verdict::kDone;
  }
  cursor.next = header->next_header;
  cursor.next_header_offset = cursor.offset;
  cursor.offset += header->bytes.size();
  return Verdict::kContinue;
}

Stack::Implementation::Verdict Stack::Implementation::OnTruncatedHeader(const Received& received,
                                                                        const Cursor& cursor,
                                                                        DropReason reason) {
  // RFC 4443 §3.4: the field that is wrong is the header's length, or the packet's
  // where not even the shortest header fits.
  constexpr size_t kPayloadLengthOffset = 4;
  constexpr size_t kShortestHeader = 8;
  const bool has_length = received.packet.size() >= cursor.offset + kShortestHeader;
  Drop(received, reason);
  ParameterProblem(received, kErroneousField,
                   has_length ? cursor.offset + 1 : kPayloadLengthOffset);
  return Verdict::kDone;
}

Stack::Implementation::Verdict Stack::Implementation::OnOption(Received& received,
                                                               const wire::Ipv6Option& option,
                                                               size_t header_offset) {
  using Action = wire::Ipv6Option::Action;
  const Action action = option.action();
  if (action == Action::kSkip) return Verdict::kContinue;
  Drop(received, option.type == wire::kOptionJumboPayload ? DropReason::IPV6_JUMBOGRAM
                                                          : DropReason::IPV6_UNKNOWN_OPTION);
  // RFC 8200 §4.2: 10 reports to multicast destinations too, 11 does not.
  const bool report = action == Action::kReport || (action == Action::kReportUnlessMulticast &&
                                                    !received.header.destination.is_multicast());
  if (report) ParameterProblem(received, kUnknownOption, header_offset + option.offset);
  return Verdict::kDone;
}

Stack::Implementation::Verdict Stack::Implementation::OnRoutingHeader(Received& received,
                                                                      Cursor& cursor) {
  const auto header = wire::RoutingHeader::Parse(received.packet.subspan(cursor.offset));
  if (!header) return OnTruncatedHeader(received, cursor, header.reason());
  // RFC 8200 §4.4: no type is known here (type 0 is abolished, RFC 5095 §3).
  if (header->segments_left != 0) {
    constexpr size_t kRoutingTypeOffset = 2;
    Drop(received, DropReason::IPV6_UNKNOWN_ROUTING_TYPE);
    ParameterProblem(received, kErroneousField, cursor.offset + kRoutingTypeOffset);
    return Verdict::kDone;
  }
  cursor.next = header->next_header;
  cursor.next_header_offset = cursor.offset;
  cursor.offset += header->size;
  return Verdict::kContinue;
}

void Stack::Implementation::OnFragment(Received& received, const Cursor& cursor) {
  now_ = received.now;
  Packet packet = std::move(received.frame);
  packet.MakeUnique();
  const auto before = static_cast<size_t>(received.packet_offset);
  packet.TrimBack(packet.size() - before - received.packet.size());
  packet.TrimFront(before);
  Packet whole = reassembler_.Add(
      received.now, std::move(packet), cursor.offset,
      {.interface = received.interface, .link_layer_group = received.link_layer_multicast},
      environment_.packets, *this);
  if (whole) {
    DeliverPacket(received.now, received.interface, std::move(whole), received.link_layer_multicast,
                  received.extension_headers + 1);
  }
}

void Stack::Implementation::DeliverPacket(Time now, InterfaceId id, Packet packet,
                                          bool link_layer_multicast,
                                          std::optional<int> headers_of_fragments) {
  const ByteView view = packet.bytes();
  const Parsed<wire::Ipv6Header> header = wire::Ipv6Header::Parse(view);
  if (!header) return Drop(now, id, header.reason(), view);
  Received received{.now = now,
                    .interface = id,
                    .frame = std::move(packet),
                    .packet_offset = 0,
                    .packet = view,
                    .header = *header,
                    .link_layer_multicast = link_layer_multicast,
                    .fragmented = headers_of_fragments.has_value(),
                    // A packet that holds fragments that hold fragments ends somewhere.
                    .extension_headers = headers_of_fragments.value_or(0)};
  Deliver(received);
}

void Stack::Implementation::DropFragment(DropReason reason, ByteView packet,
                                         InterfaceId interface) {
  Drop(now_, interface, reason, packet);
}

void Stack::Implementation::SendError(const wire::Icmpv6Error& error,
                                      const ip::FragmentArrival& arrival) {
  SendError(now_, arrival.interface, error.invoking, arrival.link_layer_group,
            {.type = error.type, .code = error.code, .parameter = error.parameter});
}

void Stack::Implementation::DeliverUpper(Received& received, const Cursor& cursor) {
  switch (cursor.next) {
    case wire::NextHeader::kIcmpv6:
      return OnIcmpv6(received, received.packet.subspan(cursor.offset));
    case wire::NextHeader::kUdp:
      return OnUdp(received, received.packet.subspan(cursor.offset));
    case wire::NextHeader::kTcp:
      return OnTcp(received, received.packet.subspan(cursor.offset));
    case wire::NextHeader::kNone:
      return Drop(received, DropReason::IPV6_NO_NEXT_HEADER);
    default:
      Drop(received, DropReason::IPV6_UNKNOWN_NEXT_HEADER);
      return ParameterProblem(received, kUnknownNextHeader, cursor.next_header_offset);
  }
}

void Stack::Implementation::ParameterProblem(const Received& received, uint8_t code,
                                             size_t pointer) {
  SendError(received.now, received.interface, received.packet, received.link_layer_multicast,
            {.type = wire::Icmpv6Type::kParameterProblem,
             .code = code,
             .parameter = static_cast<uint32_t>(pointer)});
}

}  // namespace dualsim::host
