// ICMPv6 messages for this node: RFC 4443, and neighbour and listener discovery
// handed to their interface.

#include "stack/host/stack_implementation.h"
#include "stack/host/zone.h"
#include "stack/wire/ndp.h"

namespace dualsim::host {

void Stack::Implementation::OnIcmpv6(const Received& received, ByteView message) {
  const auto header =
      wire::Icmpv6Header::Parse(message, received.header.source, received.header.destination);
  if (!header) return Drop(received, header.reason());
  switch (header->type) {
    case wire::Icmpv6Type::kEchoRequest:
      return OnEchoRequest(received, message);
    case wire::Icmpv6Type::kEchoReply:
      return OnEchoReply(received, message);
    case wire::Icmpv6Type::kMulticastListenerQuery:
    case wire::Icmpv6Type::kMulticastListenerReportV1:
    case wire::Icmpv6Type::kMulticastListenerDone:
    case wire::Icmpv6Type::kMulticastListenerReportV2:
    case wire::Icmpv6Type::kRouterSolicitation:
    case wire::Icmpv6Type::kRouterAdvertisement:
    case wire::Icmpv6Type::kNeighborSolicitation:
    case wire::Icmpv6Type::kNeighborAdvertisement:
    case wire::Icmpv6Type::kRedirect:
      return OnDiscovery(received, header->type, message);
    default:
      if (wire::IsError(header->type)) return OnIcmpv6Error(received, message);
      return Drop(received, DropReason::ICMPV6_UNKNOWN_TYPE);
  }
}

void Stack::Implementation::OnDiscovery(const Received& received, wire::Icmpv6Type type,
                                        ByteView message) {
  Interface& here = interface(received.interface);
  std::optional<DropReason> dropped;
  if (type == wire::Icmpv6Type::kMulticastListenerQuery ||
      type == wire::Icmpv6Type::kMulticastListenerReportV1 ||
      type == wire::Icmpv6Type::kMulticastListenerDone ||
      type == wire::Icmpv6Type::kMulticastListenerReportV2) {
    dropped =
        here.OnListenerMessage(received.now, received.header, received.router_alert, type, message);
  } else if (received.fragmented) {
    // RFC 6980 §5.
    dropped = DropReason::NDP_FRAGMENTED;
  } else {
    const wire::NdpContext context{.source = received.header.source,
                                   .destination = received.header.destination,
                                   .hop_limit = received.header.hop_limit};
    dropped = type == wire::Icmpv6Type::kRedirect
                  ? OnRedirect(received, context, message)
                  : here.OnNdpMessage(received.now, context, type, message);
    TellNameServers(received.now);
  }
  if (dropped) Drop(received, *dropped);
}

std::optional<DropReason> Stack::Implementation::OnRedirect(const Received& received,
                                                            const wire::NdpContext& context,
                                                            ByteView message) {
  const auto redirect = wire::Redirect::Parse(message, context);
  if (!redirect) return redirect.reason();
  const Ipv6Address destination = redirect->destination;
  std::optional<Ipv6Address> first_hop;
  const ipv6::Destination* known = FindDestination(received.now, destination, received.interface);
  if (known != nullptr) {
    // The redirect went to the source of the packet that caused it.
    const NextHop hop = NextHopFor(received.now, *known, received.header.destination);
    if (hop.interface == received.interface) first_hop = hop.address;
  }
  const auto next_hop = interface(received.interface)
                            .discovery()
                            .OnRedirect(received.now, context, *redirect, first_hop);
  if (!next_hop) return next_hop.reason();
  // RFC 4861 §8.3: from now on it is the next hop, until its target is given up.
  ipv6::Destination& entry = destinations_.FindOrAdd(Zoned(destination, received.interface));
  entry.interface = received.interface;
  entry.next_hop = *next_hop;
  entry.redirected = true;
  destinations_.MarkCurrent(entry);
  return std::nullopt;
}

void Stack::Implementation::OnEchoRequest(const Received& received, ByteView message) {
  const auto request = wire::EchoMessage::Parse(message);
  if (!request) return Drop(received, request.reason());
  if (!config_.answer_echo) return Drop(received, DropReason::ICMPV6_ECHO_UNWANTED);
  // An answer to :: would go nowhere.
  if (received.header.source.is_unspecified()) {
    return Drop(received, DropReason::NO_SOURCE_ADDRESS);
  }
  wire::EchoMessage reply = *request;
  reply.type = wire::Icmpv6Type::kEchoReply;
  Packet payload = environment_.packets.Make(reply.size());
  reply.Store(payload.mutable_bytes().data());
  // RFC 4443 §4.2: from the address that was asked; where a group or an anycast
  // address was, from one of the interface that the request came in on.
  Outgoing outgoing{.destination = received.header.source,
                    .interface = received.interface,
                    .next_header = wire::NextHeader::kIcmpv6,
                    .flow = reply.identifier};
  const LocalAddress* asked = FindLocal(received.header.destination, received.interface);
  if (asked != nullptr && asked->assigned) {
    outgoing.source = received.header.destination;
  } else if (const auto source = SourceOfInterface(received)) {
    outgoing.source = *source;
  } else {
    return Drop(received, DropReason::NO_SOURCE_ADDRESS);
  }
  if (const auto failed = SendUpper(received.now, outgoing, std::move(payload))) {
    Drop(received, *failed);
  }
}

std::optional<Ipv6Address> Stack::Implementation::SourceOfInterface(const Received& received) {
  const InterfaceId here = received.interface;
  const Ipv6Address& destination = received.header.source;
  const ipv6::Destination* back = FindDestination(received.now, destination, here);
  std::optional<Ipv6Address> next_hop;
  if (back != nullptr && back->interface == here) next_hop = back->next_hop;
  return SelectSource(received.now, destination, here, next_hop, here);
}

void Stack::Implementation::OnEchoReply(const Received& received, ByteView message) {
  const auto reply = wire::EchoMessage::Parse(message);
  if (!reply) return Drop(received, reply.reason());
  environment_.observer.OnEcho(received.now, {.identifier = reply->identifier,
                                              .sequence = reply->sequence,
                                              .from = received.header.source,
                                              .reply = true,
                                              .data_size = reply->data.size()});
}

void Stack::Implementation::OnIcmpv6Error(const Received& received, ByteView message) {
  const auto error = wire::Icmpv6Error::Parse(message);
  if (!error) return Drop(received, error.reason());
  // RFC 4443 §5.2 and RFC 8201 §4: only what quotes a packet of ours is believed.
  const auto quoted = ipv6::QuotedPacket::Parse(error->invoking);
  if (!quoted) return Drop(received, DropReason::ICMPV6_TRUNCATED);
  const LocalAddress* local = FindLocal(quoted->source, received.interface);
  if (local == nullptr || !local->assigned) {
    return Drop(received, DropReason::ICMPV6_ERROR_UNMATCHED);
  }
  bool narrower = false;
  if (error->type == wire::Icmpv6Type::kPacketTooBig) {
    if (const auto dropped = OnPacketTooBig(received, *error, *quoted, &narrower)) {
      return Drop(received, *dropped);
    }
  }
  if (quoted->protocol == wire::NextHeader::kIcmpv6) {
    ReportEchoError(received, *error, quoted->upper);
  } else if (quoted->protocol == wire::NextHeader::kUdp) {
    ReportUdpError(received, *error, *quoted);
  } else if (quoted->protocol == wire::NextHeader::kTcp) {
    ReportTcpError(received, *error, *quoted);
  }
  // RFC 8201 §5.2: the connections on this path too, whatever the packet was. Last, so
  // that the one whose segment was lost sends it again.
  if (narrower && tcp_ != nullptr) tcp_->OnPathMtuChange(quoted->destination);
}

void Stack::Implementation::ReportEchoError(const Received& received,
                                            const wire::Icmpv6Error& error, ByteView upper) {
  if (upper.size() < wire::EchoMessage::kHeaderSize ||
      static_cast<wire::Icmpv6Type>(upper[0]) != wire::Icmpv6Type::kEchoRequest) {
    return;
  }
  environment_.observer.OnEcho(received.now,
                               {.identifier = LoadBig16(upper.data() + 4),
                                .sequence = LoadBig16(upper.data() + 6),
                                .from = received.header.source,
                                .reply = false,
                                .error_type = static_cast<uint8_t>(error.type),
                                .error_code = error.code,
                                .data_size = upper.size() - wire::EchoMessage::kHeaderSize});
}

}  // namespace dualsim::host
