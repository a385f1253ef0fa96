#include "stack/wire/ndp.h"

#include <algorithm>
#include <cstring>

#include "stack/wire/icmpv6.h"

namespace dualsim::wire {
namespace {

constexpr uint8_t kHopLimit = 255;  // Proof that no router forwarded it, RFC 4861 §3.1.

// What §6.1.1, §6.1.2, §7.1.1, §7.1.2 and §8.1 ask of every message before its options.
std::optional<DropReason> CheckHeader(ByteView message, const NdpContext& context,
                                      size_t minimum_size) {
  if (context.hop_limit != kHopLimit) return DropReason::NDP_HOP_LIMIT;
  if (message.size() < Icmpv6Header::kSize) return DropReason::NDP_TOO_SHORT;
  if (message[1] != 0) return DropReason::NDP_CODE;
  if (message.size() < minimum_size) return DropReason::NDP_TOO_SHORT;
  return std::nullopt;
}

void StoreHeader(uint8_t* out, Icmpv6Type type, size_t size) {
  std::memset(out, 0, size);
  out[0] = static_cast<uint8_t>(type);
}

// RFC 4191 §2.2: a two's complement number of two bits, of which 10 is reserved
// and reads as medium.
RouterPreference DecodePreference(int bits) {
  if (bits == 1) return RouterPreference::kHigh;
  return bits == 3 ? RouterPreference::kLow : RouterPreference::kMedium;
}

// A duration as a count of `unit`, held within what the field can say.
uint32_t Whole(Duration duration, Duration unit, uint32_t maximum) {
  const int64_t count = duration.nanoseconds() / unit.nanoseconds();
  return static_cast<uint32_t>(std::clamp<int64_t>(count, 0, maximum));
}

constexpr size_t kSolicitationHeader = 8;
constexpr size_t kRouterAdvertisementHeader = 16;
constexpr size_t kNeighborHeader = 24;
constexpr size_t kRedirectHeader = 40;

}  // namespace

Parsed<RouterSolicitation> RouterSolicitation::Parse(ByteView message, const NdpContext& context) {
  if (const auto reason = CheckHeader(message, context, kSolicitationHeader)) return *reason;
  Parsed<NdpOptions> options = NdpOptions::Parse(message.subspan(kSolicitationHeader));
  if (!options) return options.reason();
  if (context.source.is_unspecified() && options->has_source_option) {
    return DropReason::RS_UNSPECIFIED_WITH_SOURCE_OPTION;
  }
  return RouterSolicitation{*std::move(options)};
}

void RouterSolicitation::Store(uint8_t* out) const {
  StoreHeader(out, Icmpv6Type::kRouterSolicitation, kSolicitationHeader);
  options.Store(out + kSolicitationHeader);
}

Parsed<RouterAdvertisement> RouterAdvertisement::Parse(ByteView message,
                                                       const NdpContext& context) {
  if (!context.source.is_link_local()) return DropReason::RA_SOURCE_NOT_LINK_LOCAL;
  if (const auto reason = CheckHeader(message, context, kRouterAdvertisementHeader)) {
    return *reason;
  }
  Parsed<NdpOptions> options = NdpOptions::Parse(message.subspan(kRouterAdvertisementHeader));
  if (!options) return options.reason();
  const uint8_t* p = message.data();
  RouterAdvertisement advertisement;
  advertisement.cur_hop_limit = p[4];
  advertisement.managed = (p[5] & 0x80) != 0;
  advertisement.other = (p[5] & 0x40) != 0;
  advertisement.home_agent = (p[5] & 0x20) != 0;
  advertisement.preference = DecodePreference(p[5] >> 3 & 3);
  advertisement.router_lifetime = Seconds(LoadBig16(p + 6));
  advertisement.reachable_time = Milliseconds(LoadBig32(p + 8));
  advertisement.retrans_timer = Milliseconds(LoadBig32(p + 12));
  advertisement.options = *std::move(options);
  return advertisement;
}

void RouterAdvertisement::Store(uint8_t* out) const {
  StoreHeader(out, Icmpv6Type::kRouterAdvertisement, kRouterAdvertisementHeader);
  out[4] = cur_hop_limit;
  out[5] = static_cast<uint8_t>((managed ? 0x80 : 0) | (other ? 0x40 : 0) |
                                (home_agent ? 0x20 : 0) | (static_cast<int>(preference) & 3) << 3);
  StoreBig16(out + 6, static_cast<uint16_t>(Whole(router_lifetime, Seconds(1), 0xffff)));
  StoreBig32(out + 8, Whole(reachable_time, Milliseconds(1), 0xffffffff));
  StoreBig32(out + 12, Whole(retrans_timer, Milliseconds(1), 0xffffffff));
  options.Store(out + kRouterAdvertisementHeader);
}

Parsed<NeighborSolicitation> NeighborSolicitation::Parse(ByteView message,
                                                         const NdpContext& context) {
  if (const auto reason = CheckHeader(message, context, kNeighborHeader)) return *reason;
  const Ipv6Address target = Ipv6Address::Load(message.data() + 8);
  if (target.is_multicast()) return DropReason::NDP_TARGET_MULTICAST;
  Parsed<NdpOptions> options = NdpOptions::Parse(message.subspan(kNeighborHeader));
  if (!options) return options.reason();
  if (context.source.is_unspecified()) {
    if (!context.destination.is_solicited_node()) {
      return DropReason::NS_UNSPECIFIED_NOT_SOLICITED_NODE;
    }
    if (options->has_source_option) return DropReason::NS_UNSPECIFIED_WITH_SOURCE_OPTION;
  }
  return NeighborSolicitation{target, *std::move(options)};
}

void NeighborSolicitation::Store(uint8_t* out) const {
  StoreHeader(out, Icmpv6Type::kNeighborSolicitation, kNeighborHeader);
  target.Store(out + 8);
  options.Store(out + kNeighborHeader);
}

Parsed<NeighborAdvertisement> NeighborAdvertisement::Parse(ByteView message,
                                                           const NdpContext& context) {
  if (const auto reason = CheckHeader(message, context, kNeighborHeader)) return *reason;
  NeighborAdvertisement advertisement;
  advertisement.router = (message[4] & 0x80) != 0;
  advertisement.solicited = (message[4] & 0x40) != 0;
  advertisement.override_flag = (message[4] & 0x20) != 0;
  advertisement.target = Ipv6Address::Load(message.data() + 8);
  if (advertisement.target.is_multicast()) return DropReason::NDP_TARGET_MULTICAST;
  if (context.destination.is_multicast() && advertisement.solicited) {
    return DropReason::NA_SOLICITED_MULTICAST;
  }
  Parsed<NdpOptions> options = NdpOptions::Parse(message.subspan(kNeighborHeader));
  if (!options) return options.reason();
  advertisement.options = *std::move(options);
  return advertisement;
}

void NeighborAdvertisement::Store(uint8_t* out) const {
  StoreHeader(out, Icmpv6Type::kNeighborAdvertisement, kNeighborHeader);
  out[4] = static_cast<uint8_t>((router ? 0x80 : 0) | (solicited ? 0x40 : 0) |
                                (override_flag ? 0x20 : 0));
  target.Store(out + 8);
  options.Store(out + kNeighborHeader);
}

Parsed<Redirect> Redirect::Parse(ByteView message, const NdpContext& context) {
  if (!context.source.is_link_local()) return DropReason::REDIRECT_SOURCE_NOT_LINK_LOCAL;
  if (const auto reason = CheckHeader(message, context, kRedirectHeader)) return *reason;
  Redirect redirect;
  redirect.target = Ipv6Address::Load(message.data() + 8);
  redirect.destination = Ipv6Address::Load(message.data() + 24);
  if (redirect.destination.is_multicast()) return DropReason::REDIRECT_DESTINATION_MULTICAST;
  if (!redirect.target.is_link_local() && redirect.target != redirect.destination) {
    return DropReason::REDIRECT_BAD_TARGET;
  }
  Parsed<NdpOptions> options = NdpOptions::Parse(message.subspan(kRedirectHeader));
  if (!options) return options.reason();
  redirect.options = *std::move(options);
  return redirect;
}

void Redirect::Store(uint8_t* out) const {
  StoreHeader(out, Icmpv6Type::kRedirect, kRedirectHeader);
  target.Store(out + 8);
  destination.Store(out + 24);
  options.Store(out + kRedirectHeader);
}

}  // namespace dualsim::wire
