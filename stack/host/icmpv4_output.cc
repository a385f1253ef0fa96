// ICMP errors that this node sends: RFC 1122 §3.2.2, RFC 1812 §4.3; and what becomes
// of packets that could not be delivered.

#include <functional>

#include "stack/host/ipv4_stack.h"
#include "stack/icmp/icmpv4_error.h"

namespace dualsim::host {
namespace {

// RFC 1812 §4.3.2.5: errors have the precedence of INTERNETWORK CONTROL.
constexpr uint8_t kErrorPrecedence = 6 << 5;

}  // namespace

void Ipv4Stack::SendError(Time now, InterfaceId in, ByteView invoking, bool to_many,
                          const wire::Icmpv4Error& error) {
  if (!icmp::MayAnswerIpv4(invoking, to_many)) return;
  const bool unreachable = error.type == wire::Icmpv4Type::kDestinationUnreachable &&
                           !error.is_fragmentation_needed();
  if (unreachable && !config_.destination_unreachable) return;
  const auto source_of_packet = Ipv4Address::Load(invoking.data() + 12);
  const auto destination_of_packet = Ipv4Address::Load(invoking.data() + 16);
  if (!error_limiters_.Take(now, std::hash<Ipv4Address>()(source_of_packet))) {
    return Drop(now, in, DropReason::ICMPV4_ERROR_RATE, invoking);
  }
  // From the address that the packet was for, where that is ours; else from one of
  // the interface that the error leaves by (RFC 1812 §4.3.2.4).
  Outgoing outgoing{.destination = source_of_packet,
                    .interface = in,
                    .protocol = wire::NextHeader::kIcmpv4,
                    .type_of_service = kErrorPrecedence};
  if (IsAssigned(destination_of_packet)) outgoing.source = destination_of_packet;
  const auto failed =
      SendUpper(now, outgoing, icmp::BuildIcmpv4Error(environment_.packets, error, invoking));
  if (failed) Drop(now, in, *failed, invoking);
}

void Ipv4Stack::OnIpv4Undeliverable(Time now, InterfaceId out, DropReason reason, Packet packet) {
  Drop(now, out, reason, packet.bytes());
  if (reason != DropReason::ADDRESS_UNREACHABLE) return;
  // RFC 1122 §3.3.1.4: a gateway of a redirect that does not answer is forgotten.
  if (packet.size() >= wire::Ipv4Header::kMinSize) {
    const auto destination = Ipv4Address::Load(packet.bytes().data() + 16);
    if (ipv4::Destination* known = destinations_.Find(destination)) known->gateway = Ipv4Address();
  }
  // RFC 1812 §5.2.7.1: the neighbour does not answer; where we are the sender, as
  // if a router had said so.
  SendError(now, out, packet.bytes(), false,
            {.type = wire::Icmpv4Type::kDestinationUnreachable,
             .code = static_cast<uint8_t>(wire::Icmpv4UnreachableCode::kHost)});
}

}  // namespace dualsim::host
