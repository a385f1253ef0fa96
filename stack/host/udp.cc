// UDP over the stack: RFC 768, RFC 8200 §8.1, RFC 1122 §4.1.

#include "stack/wire/udp.h"

#include "stack/host/stack_implementation.h"

namespace dualsim::host {

void Stack::Implementation::OnUdp(const Received& received, ByteView message) {
  const auto datagram = wire::UdpDatagram::Parse(message, IpAddress(received.header.source),
                                                 IpAddress(received.header.destination));
  if (!datagram) return Drop(received, datagram.reason());
  udp::DatagramHandler* handler = udp_ports_.Find(datagram->destination);
  if (handler == nullptr) {
    Drop(received, DropReason::UDP_NO_LISTENER);
    // RFC 4443 §3.1.
    return SendError(received.now, received.interface, received.packet,
                     received.link_layer_multicast,
                     {.type = wire::Icmpv6Type::kDestinationUnreachable,
                      .code = static_cast<uint8_t>(wire::UnreachableCode::kPort)});
  }
  handler->OnDatagram(received.now, {.interface = received.interface,
                                     .source = received.header.source,
                                     .source_port = datagram->source,
                                     .destination = received.header.destination,
                                     .destination_port = datagram->destination,
                                     .hop_limit = received.header.hop_limit,
                                     .data = datagram->data});
}

void Stack::Implementation::ReportUdpError(const Received& received, const wire::Icmpv6Error& error,
                                           const ipv6::QuotedPacket& quoted) {
  // The quote may end anywhere behind the ports, so that it can't be parsed whole.
  constexpr size_t kPorts = 4;
  if (quoted.upper.size() < kPorts) return;
  udp::DatagramHandler* handler =
      udp_ports_.Find(static_cast<Port>(LoadBig16(quoted.upper.data())));
  if (handler == nullptr) return;
  handler->OnDatagramError(
      received.now, {.reporter = received.header.source,
                     .destination = quoted.destination,
                     .destination_port = static_cast<Port>(LoadBig16(quoted.upper.data() + 2)),
                     .type = static_cast<uint8_t>(error.type),
                     .code = error.code});
}

Stack::Refusal Stack::Implementation::ListenUdp(Port port, udp::DatagramHandler& handler) {
  if (!running_) return "the node is not running";
  if (!udp_ports_.Listen(port, handler)) {
    return "UDP port " + std::to_string(Number(port)) + " is taken";
  }
  return std::nullopt;
}

std::optional<Port> Stack::Implementation::ListenUdpOnEphemeral(udp::DatagramHandler& handler) {
  if (!running_) return std::nullopt;
  return udp_ports_.ListenOnEphemeral(handler, random_);
}

std::optional<DropReason> Stack::Implementation::SendUdp(Time now, const UdpMessage& message) {
  if (!running_) return DropReason::INTERFACE_DOWN;
  if (wire::UdpDatagram::kHeaderSize + message.data.size() > 0xffff) {
    return DropReason::PACKET_TOO_BIG;
  }
  if (message.destination.is_ipv4()) {
    const bool nowhere = message.source && message.source->is_unspecified();
    if (ipv4_ == nullptr && !nowhere) return DropReason::IPV4_NOT_CONFIGURED;
    return NeedIpv4(now).SendUdp(now, message);
  }
  Outgoing outgoing{.destination = message.destination.ipv6(),
                    .interface = message.interface,
                    .next_header = wire::NextHeader::kUdp,
                    .hop_limit = message.hop_limit,
                    .flow = Number(message.source_port),
                    .flow_to = Number(message.destination_port)};
  if (message.source) {
    const LocalAddress* local =
        message.source->is_ipv6() ? FindLocal(message.source->ipv6(), message.interface) : nullptr;
    if (local == nullptr || !local->assigned) return DropReason::NO_SOURCE_ADDRESS;
    outgoing.source = message.source->ipv6();
  }
  const wire::UdpDatagram datagram{
      .source = message.source_port, .destination = message.destination_port, .data = message.data};
  Packet packet = environment_.packets.Make(datagram.size());
  datagram.Store(packet.mutable_bytes().data());
  return SendUpper(now, outgoing, std::move(packet));
}

}  // namespace dualsim::host
