// A router's part: packets that are for somebody else. RFC 1812 §5.

#include <algorithm>
#include <utility>

#include "stack/host/ipv4_stack.h"
#include "stack/ipv4/fragmentation.h"
#include "stack/wire/ethernet.h"

namespace dualsim::host {
namespace {

constexpr size_t kTtlField = 8;
constexpr uint8_t kClassE = 240;

// RFC 1812 §5.3.7 and RFC 3927 §7: from or to there nothing is forwarded.
bool IsMartian(const Ipv4Address& address) {
  return address.bytes()[0] == 0 || address.bytes()[0] >= kClassE || address.is_link_local();
}

}  // namespace

bool Ipv4Stack::IsDirectedBroadcast(const Ipv4Address& destination) const {
  for (const auto& interface : interfaces_) {
    if (interface->IsBroadcast(destination)) return true;
  }
  return false;
}

void Ipv4Stack::Forward(Received& received) {
  const Ipv4Address& destination = received.header.destination;
  if (IsMartian(received.header.source) || IsMartian(destination)) {
    return Drop(received, DropReason::IPV4_MARTIAN);
  }
  if (!CheckOptions(received)) return;
  if (received.header.ttl <= 1) {
    Drop(received, DropReason::HOP_LIMIT_EXCEEDED);
    return SendError(received,
                     {.type = wire::Icmpv4Type::kTimeExceeded, .code = wire::kTtlExceeded});
  }
  const std::optional<NextHop> next_hop = FindRoute(destination);
  if (!next_hop || !interface(next_hop->interface).up()) {
    Drop(received, DropReason::NO_ROUTE);
    return Unreachable(received, wire::Icmpv4UnreachableCode::kNetwork);
  }
  if (IsDirectedBroadcast(destination) && !config_.forward_directed_broadcasts) {
    return Drop(received, DropReason::IPV4_BROADCAST_NOT_FORWARDED);
  }
  const uint32_t mtu = interface(next_hop->interface).mtu();
  if (received.packet.size() > mtu && received.header.dont_fragment) {
    Drop(received, DropReason::PACKET_TOO_BIG);
    return SendError(
        received, {.type = wire::Icmpv4Type::kDestinationUnreachable,
                   .code = static_cast<uint8_t>(wire::Icmpv4UnreachableCode::kFragmentationNeeded),
                   .mtu = static_cast<uint16_t>(std::min<uint32_t>(mtu, 0xffff))});
  }
  if (next_hop->interface == received.interface) Redirect(received, *next_hop);
  SendForwarded(received, *next_hop);
}

void Ipv4Stack::Redirect(const Received& received, const NextHop& next_hop) {
  const Ipv4Address& source = received.header.source;
  const Route* from = on_link_.Find(source);
  const Route* to = on_link_.Find(next_hop.address);
  // The three stand in one network, and the source asked for no way of its own.
  if (from == nullptr || to == nullptr || from->interface != received.interface ||
      from->prefix != to->prefix || next_hop.address == source) {
    return;
  }
  if (!redirect_limiter_.Take(received.now)) return;
  SendError(received, {.type = wire::Icmpv4Type::kRedirect,
                       .code = wire::kRedirectForHost,
                       .gateway = next_hop.address});
}

void Ipv4Stack::SendForwarded(Received& received, const NextHop& next_hop) {
  // From here on the frame is ours to change: the Ethernet header goes, the rest of
  // the packet is sent as it is, without padding.
  Packet packet = std::move(received.frame);
  packet.MakeUnique();
  packet.TrimBack(packet.size() - wire::EthernetHeader::kSize - received.packet.size());
  packet.TrimFront(wire::EthernetHeader::kSize);
  const MutableByteView header = packet.mutable_bytes().first(received.header.size());
  --header[kTtlField];
  wire::StoreIpv4Checksum(header);
  const uint32_t mtu = interface(next_hop.interface).mtu();
  if (packet.size() <= mtu) {
    return SendToNextHop(received.now, next_hop.interface, next_hop.address, std::move(packet));
  }
  const auto failed =
      SendFragments(received.now, next_hop.interface, next_hop.address, packet.bytes(), mtu);
  if (failed) Drop(received.now, received.interface, *failed, packet.bytes());
}

}  // namespace dualsim::host
