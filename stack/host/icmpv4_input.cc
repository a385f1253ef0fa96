// ICMP messages for this node: RFC 792, RFC 1122 §3.2.2.

#include <algorithm>

#include "stack/host/ipv4_stack.h"

namespace dualsim::host {

void Ipv4Stack::OnIcmp(const Received& received) {
  const auto header = wire::Icmpv4Header::Parse(received.payload());
  if (!header) return Drop(received, header.reason());
  if (header->type == wire::Icmpv4Type::kEchoRequest) return OnEchoRequest(received);
  if (header->type == wire::Icmpv4Type::kEchoReply) return OnEchoReply(received);
  if (wire::IsError(header->type)) return OnIcmpError(received);
  Drop(received, DropReason::ICMPV4_UNKNOWN_TYPE);
}

void Ipv4Stack::OnEchoRequest(const Received& received) {
  const auto request = wire::Icmpv4Echo::Parse(received.payload());
  if (!request) return Drop(received, request.reason());
  if (!config_.answer_echo) return Drop(received, DropReason::ICMPV4_ECHO_UNWANTED);
  // An answer to 0.0.0.0 would go nowhere.
  if (received.header.source.is_unspecified()) {
    return Drop(received, DropReason::NO_SOURCE_ADDRESS);
  }
  wire::Icmpv4Echo reply = *request;
  reply.type = wire::Icmpv4Type::kEchoReply;
  Packet message = environment_.packets.Make(reply.size());
  reply.Store(message.mutable_bytes().data());
  // RFC 1122 §3.2.2.6: from the address that was asked; where many were asked, from
  // one of the interface's.
  Outgoing outgoing{.destination = received.header.source,
                    .interface = received.interface,
                    .protocol = wire::NextHeader::kIcmpv4,
                    .type_of_service = received.header.type_of_service};
  if (!received.to_many) outgoing.source = received.header.destination;
  if (const auto failed = SendUpper(received.now, outgoing, std::move(message))) {
    Drop(received, *failed);
  }
}

void Ipv4Stack::OnEchoReply(const Received& received) {
  const auto reply = wire::Icmpv4Echo::Parse(received.payload());
  if (!reply) return Drop(received, reply.reason());
  environment_.observer.OnEcho(received.now, {.identifier = reply->identifier,
                                              .sequence = reply->sequence,
                                              .from = received.header.source,
                                              .reply = true,
                                              .data_size = reply->data.size()});
}

void Ipv4Stack::OnIcmpError(const Received& received) {
  const auto error = wire::Icmpv4Error::Parse(received.payload());
  if (!error) return Drop(received, error.reason());
  // The quote may end anywhere behind the header, which tells whose packet it was.
  // RFC 1122 §3.2.2: only what quotes a packet of ours is believed.
  if (error->invoking.size() < wire::Ipv4Header::kMinSize) {
    return Drop(received, DropReason::ICMPV4_TRUNCATED);
  }
  const uint8_t* p = error->invoking.data();
  const size_t header_size = size_t{p[0] & 0x0fu} * 4;
  if (p[0] >> 4 != 4 || header_size < wire::Ipv4Header::kMinSize ||
      header_size > error->invoking.size()) {
    return Drop(received, DropReason::ICMPV4_TRUNCATED);
  }
  wire::Ipv4Header quoted;
  quoted.total_length = LoadBig16(p + 2);
  quoted.fragment_offset = static_cast<uint16_t>((LoadBig16(p + 6) & 0x1fff) << 3);
  quoted.protocol = static_cast<wire::NextHeader>(p[9]);
  quoted.source = Ipv4Address::Load(p + 12);
  quoted.destination = Ipv4Address::Load(p + 16);
  if (!IsAssigned(quoted.source)) return Drop(received, DropReason::ICMPV4_ERROR_UNMATCHED);
  if (error->type == wire::Icmpv4Type::kRedirect) return OnRedirect(received, *error, quoted);
  // RFC 6633 §3: hosts ignore Source Quench.
  if (error->type == wire::Icmpv4Type::kSourceQuench) {
    return Drop(received, DropReason::ICMPV4_UNKNOWN_TYPE);
  }
  if (error->is_fragmentation_needed()) OnFragmentationNeeded(received, *error, quoted);
  if (quoted.fragment_offset != 0) return;
  ReportError(received, *error, quoted, error->invoking.subspan(header_size));
}

void Ipv4Stack::OnRedirect(const Received& received, const wire::Icmpv4Error& error,
                           const wire::Ipv4Header& quoted) {
  // RFC 1812 §5.2.7.2: a router has its routes.
  if (config_.forwarding) return Drop(received, DropReason::ICMPV4_REDIRECT_NOT_ACCEPTED);
  const auto current = FindNextHop(quoted.destination);
  // RFC 1122 §3.2.2.2: from the gateway that is in use, to another on the same
  // network.
  if (!current || current->interface != received.interface ||
      current->address != received.header.source) {
    return Drop(received, DropReason::ICMPV4_REDIRECT_NOT_FIRST_HOP);
  }
  const Route* link = on_link_.Find(error.gateway);
  if (link == nullptr || link->interface != received.interface || IsAssigned(error.gateway) ||
      interface(received.interface).IsBroadcast(error.gateway)) {
    return Drop(received, DropReason::ICMPV4_REDIRECT_BAD_GATEWAY);
  }
  // Whatever the code, for the one destination alone (RFC 1122 §3.2.2.2).
  ipv4::Destination& entry = destinations_.FindOrAdd(quoted.destination);
  entry.gateway = error.gateway;
  entry.interface = received.interface;
}

void Ipv4Stack::OnFragmentationNeeded(const Received& received, const wire::Icmpv4Error& error,
                                      const wire::Ipv4Header& quoted) {
  const auto next_hop = FindRoute(quoted.destination);
  if (!next_hop) return;
  const uint32_t mtu = ipv4::PathMtuAfter(error.mtu, quoted.total_length);
  // What does not lower the estimate changes nothing, RFC 1191 §3.
  if (mtu >= PathMtu(received.now, quoted.destination)) return;
  ipv4::Destination& entry = destinations_.FindOrAdd(quoted.destination);
  entry.path_mtu = mtu;
  entry.path_mtu_until = received.now + ipv4::kPathMtuLifetime;
}

void Ipv4Stack::ReportError(const Received& received, const wire::Icmpv4Error& error,
                            const wire::Ipv4Header& quoted, ByteView upper) {
  constexpr size_t kQuoted = 8;  // RFC 792: at least so much of the payload.
  if (upper.size() < kQuoted) return;
  switch (quoted.protocol) {
    case wire::NextHeader::kIcmpv4:
      if (static_cast<wire::Icmpv4Type>(upper[0]) != wire::Icmpv4Type::kEchoRequest) return;
      environment_.observer.OnEcho(received.now, {.identifier = LoadBig16(upper.data() + 4),
                                                  .sequence = LoadBig16(upper.data() + 6),
                                                  .from = received.header.source,
                                                  .reply = false,
                                                  .error_type = static_cast<uint8_t>(error.type),
                                                  .error_code = error.code,
                                                  .data_size = upper.size() - kQuoted});
      return;
    case wire::NextHeader::kUdp: {
      udp::DatagramHandler* handler = udp_ports_.Find(static_cast<Port>(LoadBig16(upper.data())));
      if (handler == nullptr) return;
      handler->OnDatagramError(received.now,
                               {.reporter = received.header.source,
                                .destination = quoted.destination,
                                .destination_port = static_cast<Port>(LoadBig16(upper.data() + 2)),
                                .type = static_cast<uint8_t>(error.type),
                                .code = error.code});
      return;
    }
    case wire::NextHeader::kTcp:
      return owner_.OnTcpErrorOverIpv4(received.now, received.interface, quoted.source,
                                       quoted.destination, error,
                                       PathMtu(received.now, quoted.destination), upper);
    default:
      return;
  }
}

}  // namespace dualsim::host
