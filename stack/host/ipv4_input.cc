// IPv4 packets on their way up: RFC 791, RFC 1122 §3.2.1 and §3.3.

#include <utility>

#include "stack/host/ipv4_stack.h"
#include "stack/wire/arp.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/udp.h"

namespace dualsim::host {
namespace {

constexpr uint8_t kEcnMask = 3;
constexpr uint8_t kCongestionExperienced = 3;

}  // namespace

void Ipv4Stack::ReceiveArp(Time now, InterfaceId id, ByteView bytes) {
  const auto packet = wire::ArpPacket::Parse(bytes);
  if (!packet) return Drop(now, id, packet.reason(), bytes);
  if (const auto dropped = interface(id).OnArp(now, *packet)) Drop(now, id, *dropped, bytes);
}

void Ipv4Stack::Receive(Time now, InterfaceId id, Packet frame, bool link_layer_multicast) {
  const ByteView packet = frame.bytes().subspan(wire::EthernetHeader::kSize);
  const auto header = wire::Ipv4Header::Parse(packet);
  if (!header) return Drop(now, id, header.reason(), packet);
  Received received{.now = now,
                    .interface = id,
                    .frame = std::move(frame),
                    .packet = packet.first(header->total_length),
                    .header = *header,
                    .to_many = link_layer_multicast};
  if (!CheckSource(received)) return;
  const Ipv4Address& destination = header->destination;
  if (destination.is_loopback()) return Drop(received, DropReason::IPV4_LOOPBACK_ON_WIRE);
  if (destination.is_multicast()) {
    received.to_many = true;
    if (!interface(id).IsListeningTo(destination, header->source)) {
      return Drop(received, DropReason::IPV4_GROUP_NOT_JOINED);
    }
    return Deliver(received);
  }
  const LocalAddress* local = local_addresses_.Find(destination);
  if (local == nullptr && interface(id).IsBroadcast(destination)) {
    received.to_many = true;
    return Deliver(received);
  }
  // RFC 1122 §3.3.6: a frame for many with a packet for one is a mistake.
  if (link_layer_multicast) return Drop(received, DropReason::IPV4_UNICAST_IN_BROADCAST);
  // RFC 3927 §2.6.2: a link-local address is the link's.
  const bool here = local != nullptr && (!destination.is_link_local() || local->interface == id);
  if (here && local->assigned) return Deliver(received);
  if (here) return Drop(received, DropReason::IPV4_TENTATIVE_DESTINATION);
  if (!config_.forwarding) return Drop(received, DropReason::IPV4_NOT_OUR_ADDRESS);
  Forward(received);
}

bool Ipv4Stack::CheckSource(const Received& received) {
  const Ipv4Address& source = received.header.source;
  if (source.is_loopback()) {
    Drop(received, DropReason::IPV4_LOOPBACK_ON_WIRE);
    return false;
  }
  // RFC 1122 §3.2.1.3. From 0.0.0.0 comes who has no address yet, to everybody.
  constexpr uint8_t kClassE = 240;
  const bool nowhere = source.is_unspecified() && !received.header.destination.is_broadcast() &&
                       !received.header.destination.is_multicast();
  const bool this_network = source.bytes()[0] == 0 && !source.is_unspecified();
  if (nowhere || this_network || source.is_multicast() || source.bytes()[0] >= kClassE ||
      interface(received.interface).IsBroadcast(source)) {
    Drop(received, DropReason::IPV4_BAD_SOURCE);
    return false;
  }
  return true;
}

bool Ipv4Stack::CheckOptions(Received& received) {
  if (received.header.options.empty()) return true;
  wire::Ipv4OptionReader reader(received.header.options);
  while (const auto option = reader.Next()) {
    switch (option->type) {
      case wire::Ipv4OptionType::kLooseSourceRoute:
      case wire::Ipv4OptionType::kStrictSourceRoute:
        // Whoever asks for one asks for a way round somebody's rules (RFC 7126 §4.3).
        Drop(received, DropReason::IPV4_SOURCE_ROUTE);
        Unreachable(received, wire::Icmpv4UnreachableCode::kSourceRouteFailed);
        return false;
      case wire::Ipv4OptionType::kRouterAlert:
        received.router_alert = true;
        break;
      default:
        break;  // RFC 1122 §3.2.1.8: unknown options are passed over.
    }
  }
  if (!reader.malformed()) return true;
  Drop(received, DropReason::IPV4_BAD_OPTION);
  SendError(received, {.type = wire::Icmpv4Type::kParameterProblem,
                       .pointer = static_cast<uint8_t>(reader.malformed_offset())});
  return false;
}

void Ipv4Stack::Deliver(Received& received) {
  if (!CheckOptions(received)) return;
  if (received.header.is_fragment()) return OnFragment(received);
  DeliverUpper(received);
}

void Ipv4Stack::OnFragment(Received& received) {
  now_ = received.now;
  Packet packet = std::move(received.frame);
  packet.MakeUnique();
  const auto before = static_cast<size_t>(received.packet.data() - packet.bytes().data());
  packet.TrimBack(packet.size() - before - received.packet.size());
  packet.TrimFront(before);
  const auto header = *wire::Ipv4Header::Parse(packet.bytes());
  Packet whole =
      reassembler_.Add(received.now, header, std::move(packet),
                       {.interface = received.interface, .link_layer_group = received.to_many},
                       environment_.packets, *this);
  if (whole) DeliverPacket(received.now, received.interface, std::move(whole), received.to_many);
}

void Ipv4Stack::DropFragment(DropReason reason, ByteView packet, InterfaceId interface) {
  Drop(now_, interface, reason, packet);
}

void Ipv4Stack::OnReassemblyTimeout(ByteView packet, const ip::FragmentArrival& arrival) {
  SendError(now_, arrival.interface, packet, arrival.link_layer_group,
            {.type = wire::Icmpv4Type::kTimeExceeded, .code = wire::kReassemblyTimeExceeded});
}

void Ipv4Stack::OnIgmp(const Received& received) {
  const auto dropped = interface(received.interface)
                           .OnIgmp(received.now,
                                   {.destination = received.header.destination,
                                    .ttl = received.header.ttl,
                                    .router_alert = received.router_alert},
                                   received.payload());
  if (dropped) Drop(received, *dropped);
}

void Ipv4Stack::DeliverPacket(Time now, InterfaceId id, Packet packet, bool to_many) {
  const ByteView view = packet.bytes();
  const auto header = wire::Ipv4Header::Parse(view);
  if (!header) return Drop(now, id, header.reason(), view);
  Received received{.now = now,
                    .interface = id,
                    .frame = std::move(packet),
                    .packet = view.first(header->total_length),
                    .header = *header,
                    .to_many = to_many};
  DeliverUpper(received);
}

void Ipv4Stack::DeliverUpper(Received& received) {
  switch (received.header.protocol) {
    case wire::NextHeader::kIcmpv4:
      return OnIcmp(received);
    case wire::NextHeader::kUdp:
      return OnUdp(received);
    case wire::NextHeader::kTcp:
      return OnTcp(received);
    case wire::NextHeader::kIgmp:
      return OnIgmp(received);
    default:
      Drop(received, DropReason::IPV4_UNKNOWN_PROTOCOL);
      return Unreachable(received, wire::Icmpv4UnreachableCode::kProtocol);
  }
}

void Ipv4Stack::OnUdp(const Received& received) {
  const IpAddress source = received.header.source;
  const IpAddress destination = received.header.destination;
  const auto datagram = wire::UdpDatagram::Parse(received.payload(), source, destination);
  if (!datagram) return Drop(received, datagram.reason());
  udp::DatagramHandler* handler = udp_ports_.Find(datagram->destination);
  if (handler == nullptr) {
    Drop(received, DropReason::UDP_NO_LISTENER);
    // RFC 1122 §4.1.3.1.
    return Unreachable(received, wire::Icmpv4UnreachableCode::kPort);
  }
  handler->OnDatagram(received.now, {.interface = received.interface,
                                     .source = source,
                                     .source_port = datagram->source,
                                     .destination = destination,
                                     .destination_port = datagram->destination,
                                     .hop_limit = received.header.ttl,
                                     .data = datagram->data});
}

void Ipv4Stack::OnTcp(const Received& received) {
  // RFC 9293 §3.9.2.3: no segment for many is looked at.
  if (received.to_many) return Drop(received, DropReason::TCP_NOT_UNICAST);
  const bool marked = (received.header.type_of_service & kEcnMask) == kCongestionExperienced;
  if (owner_.OnTcpOverIpv4(received.now, received.interface, received.header.source,
                           received.header.destination, received.payload(), marked,
                           received.packet)) {
    return;
  }
  Drop(received, DropReason::IPV4_UNKNOWN_PROTOCOL);
  Unreachable(received, wire::Icmpv4UnreachableCode::kProtocol);
}

}  // namespace dualsim::host
