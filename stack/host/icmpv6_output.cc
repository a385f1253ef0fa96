// ICMPv6 errors that this node sends: RFC 4443 §2.4 and §3; and what becomes of
// packets that could not be delivered.

#include <functional>

#include "stack/host/stack_implementation.h"
#include "stack/wire/ethernet.h"

namespace dualsim::host {

void Stack::Implementation::SendError(Time now, InterfaceId in, ByteView invoking,
                                      bool link_layer_multicast, const icmp::ErrorMessage& error) {
  if (!icmp::MayAnswer(invoking, link_layer_multicast, error)) return;
  if (error.type == wire::Icmpv6Type::kDestinationUnreachable && !config_.destination_unreachable) {
    return;
  }
  const Ipv6Address source_of_packet = Ipv6Address::Load(invoking.data() + 8);
  const Ipv6Address destination_of_packet = Ipv6Address::Load(invoking.data() + 24);
  // RFC 4443 §2.4(e.6): one that this node knows to be an anycast address.
  if (config_.forwarding && IsAnycast(source_of_packet)) return;
  if (!error_limiters_.Take(now, std::hash<Ipv6Address>()(source_of_packet))) {
    return Drop(now, in, DropReason::ICMPV6_ERROR_RATE, invoking);
  }
  // RFC 4443 §2.2: from the address that the packet was for, where that is ours;
  // otherwise from the one that source selection chooses towards its sender.
  Outgoing outgoing{
      .destination = source_of_packet, .interface = in, .next_header = wire::NextHeader::kIcmpv6};
  const LocalAddress* local = FindLocal(destination_of_packet, in);
  if (local != nullptr && local->assigned) outgoing.source = destination_of_packet;
  const auto failed =
      SendUpper(now, outgoing, icmp::BuildError(environment_.packets, error, invoking));
  if (failed) Drop(now, in, *failed, invoking);
}

void Stack::Implementation::OnUndeliverable(Time now, InterfaceId out, DropReason reason,
                                            Packet packet) {
  Drop(now, out, reason, packet.bytes());
  if (reason != DropReason::ADDRESS_UNREACHABLE) return;
  // RFC 4861 §7.2.2: address resolution failed, so that the sender is told; where
  // we are the sender, as if a router had.
  SendError(now, out, packet.bytes(), false,
            {.type = wire::Icmpv6Type::kDestinationUnreachable,
             .code = static_cast<uint8_t>(wire::UnreachableCode::kAddress)});
}

void Stack::Implementation::Drop(Time now, InterfaceId id, DropReason reason, ByteView packet) {
  environment_.observer.OnDrop(now, {.interface = id, .reason = reason, .packet = packet});
}

void Stack::Implementation::Log(Time now, const std::string& text) {
  environment_.observer.OnLog(now, {.text = text});
}

}  // namespace dualsim::host
