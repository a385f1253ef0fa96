#include "stack/router/redirect_sender.h"

#include <algorithm>

#include "stack/wire/ipv6.h"

namespace dualsim::router {
namespace {

constexpr size_t kMinimumMtu = 1280;  // RFC 8200 §5
constexpr size_t kPayloadLengthField = 4;
constexpr size_t kSourceField = 8;
constexpr size_t kDestinationField = 24;
constexpr size_t kRedirectedHeaderOption = 8;  // RFC 4861 §4.6.3, before the quoted packet.

// What of the packet fits beside the other options, §4.6.3: a multiple of 8,
// since the option is padded to one.
ByteView Quote(ByteView packet, const wire::Redirect& redirect) {
  const size_t room =
      (kMinimumMtu - wire::Ipv6Header::kSize - redirect.size() - kRedirectedHeaderOption) / 8 * 8;
  const size_t whole = wire::Ipv6Header::kSize + LoadBig16(packet.data() + kPayloadLengthField);
  return packet.first(std::min({packet.size(), whole, room}));
}

}  // namespace

std::optional<wire::Redirect> RedirectSender::OnForward(Time now,
                                                        const ForwardedPacket& forwarded) {
  if (!forwarded.same_interface || !forwarded.source_is_neighbor) return std::nullopt;
  if (forwarded.packet.size() < wire::Ipv6Header::kSize) return std::nullopt;
  const auto source = Ipv6Address::Load(forwarded.packet.data() + kSourceField);
  const auto destination = Ipv6Address::Load(forwarded.packet.data() + kDestinationField);
  if (destination.is_multicast() || source.is_unspecified()) return std::nullopt;
  // The source itself is no better first hop for what it sent here.
  if (forwarded.next_hop == source) return std::nullopt;
  // A router is named by its link-local address, or hosts would not know it.
  if (forwarded.next_hop != destination && !forwarded.next_hop.is_link_local()) {
    return std::nullopt;
  }
  if (!limiter_.Take(now)) return std::nullopt;
  wire::Redirect redirect;
  redirect.target = forwarded.next_hop;
  redirect.destination = destination;
  redirect.options.target_link_layer_address = forwarded.next_hop_link_layer_address;
  redirect.options.redirected = Quote(forwarded.packet, redirect);
  return redirect;
}

}  // namespace dualsim::router
