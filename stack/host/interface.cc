#include "stack/host/interface.h"

#include <algorithm>
#include <utility>

#include "stack/ndp/constants.h"
#include "stack/router/divide_advertisement.h"
#include "stack/wire/ethernet.h"

namespace dualsim::host {
namespace {

ndp::NeighborDiscoveryConfig DiscoveryConfig(InterfaceId id, const InterfaceConfig& config,
                                             bool is_router) {
  return {.interface = id,
          .mac = config.mac,
          // RFC 8200 §5: below it the link cuts packets up by itself.
          .mtu = std::max(config.mtu, ndp::kMinimumMtu),
          .is_router = is_router,
          .accept_router_advertisements = config.accept_router_advertisements,
          .dup_addr_detect_transmits = config.dup_addr_detect_transmits,
          .retrans_timer = config.retrans_timer,
          .base_reachable_time = config.base_reachable_time,
          .cur_hop_limit = config.cur_hop_limit,
          .link_local_address = config.link_local_address,
          .addresses = config.ipv6_addresses,
          .gateway = config.ipv6_gateway,
          .proxied_addresses = config.proxied_addresses,
          .interface_identifiers = config.interface_identifiers,
          .network_id = config.network_id,
          .temporary_addresses = config.temporary_addresses,
          .optimistic_dad = config.optimistic_dad,
          .gratuitous_neighbor_discovery = config.gratuitous_neighbor_discovery,
          .host_type = config.host_type};
}

std::string StreamName(const char* purpose, InterfaceId id) {
  return purpose + std::to_string(static_cast<int>(id));
}

constexpr uint8_t kNdpHopLimit = 255;

}  // namespace

Interface::Interface(InterfaceId id, const InterfaceConfig& config, bool is_router,
                     bool routes_groups, const Environment& environment, InterfaceOwner& owner)
    : id_(id),
      mac_(config.mac),
      advertise_(config.advertise ? std::make_unique<router::AdvertiseConfig>(*config.advertise)
                                  : nullptr),
      is_router_(is_router),
      ipv6_(config.ipv6),
      ipv4_(config.ipv4),
      hop_limit_(config.cur_hop_limit),
      card_mtu_(config.mtu),
      point_to_point_(config.point_to_point),
      environment_(environment),
      owner_(owner),
      discovery_(DiscoveryConfig(id, config, is_router), environment_.packets, environment_.random,
                 *this),
      listener_(environment_.random.Stream(StreamName("mld", id))),
      advertiser_random_(environment_.random.Stream(StreamName("advertise", id))) {
  if (!routes_groups && !config.multicast_querier) return;
  routing_ = std::make_unique<GroupRouting>();
  routing_->querier_config = config.multicast_querier;
  routing_->static_groups = config.static_groups;
}

void Interface::Start(Time now) {
  up_ = true;
  now_ = now;
  // A multicast router takes packets to every group, RFC 3810 §7.
  if (routing_ != nullptr) environment_.device.HearAllGroups(id_, true);
  listener_.Restart();
  if (ipv6_) discovery_.Start(now);
}

void Interface::Stop(Time now) {
  now_ = now;
  if (advertiser_ != nullptr && !advertiser_->ceased()) {
    SendAdvertisement(now, advertiser_->ShutDown(now));
  }
  listener_.ShutDown(*this);
  Crash(now);
}

void Interface::Crash(Time now) {
  Unplug(now);
  listener_.ShutDown(*this);
}

void Interface::Unplug(Time now) {
  if (!up_) return;
  now_ = now;
  up_ = false;  // From here on nothing leaves.
  advertiser_.reset();
  StopQuerying(now);
  discovery_.Stop(now);
}

void Interface::Advertise(Time now, const std::optional<router::AdvertiseConfig>& config) {
  now_ = now;
  advertise_ = config ? std::make_unique<router::AdvertiseConfig>(*config) : nullptr;
  if (advertiser_ == nullptr) {
    StartAdvertising(now);
  } else if (config) {
    advertiser_->Reconfigure(now, *config);
    discovery_.AdoptParameters(now, advertiser_->Advertisement(now));
  } else {
    advertiser_->Cease(now);
  }
}

void Interface::SetLinkLayerAddress(Time now, MacAddress mac) {
  now_ = now;
  mac_ = mac;
  environment_.device.SetAddress(id_, mac);
  if (advertiser_ != nullptr) advertiser_->SetLinkLayerAddress(mac);
  discovery_.SetLinkLayerAddress(now, mac);
}

void Interface::StartAdvertising(Time now) {
  // RFC 4861 §6.1.2: the source of an advertisement is the link-local address,
  // so that there is none before that is assigned.
  if (advertise_ == nullptr || !up_ || LinkLocalSource().is_unspecified()) return;
  discovery_.StopSoliciting();
  advertising_source_ = LinkLocalSource();
  advertiser_ = std::make_unique<router::RouterAdvertiser>(
      now, *advertise_, mac_, RandomStream(advertiser_random_(), "advertiser", ""));
  discovery_.AdoptParameters(now, advertiser_->Advertisement(now));
}

Ipv6Address Interface::LinkLocalSource() const {
  const ndp::InterfaceAddress* address = discovery_.addresses().link_local();
  return address != nullptr && address->verified() ? address->address : Ipv6Address();
}

Time Interface::deadline() const {
  if (!up_) return Time::Never();
  Time next = std::min(discovery_.deadline(), listener_.deadline());
  if (advertiser_ != nullptr) next = std::min(next, advertiser_->deadline());
  if (routing_ != nullptr && routing_->querier) {
    next = std::min(next, routing_->querier->deadline());
  }
  return next;
}

void Interface::Advance(Time now) {
  now_ = now;
  discovery_.Advance(now);
  if (listener_.deadline() <= now) listener_.Advance(now, *this);
  SendAdvertisements(now);
  if (routing_ != nullptr && routing_->querier) routing_->querier->Advance(now, *this);
}

std::optional<DropReason> Interface::OnNdpMessage(Time now, const wire::NdpContext& context,
                                                  wire::Icmpv6Type type, ByteView message) {
  now_ = now;
  switch (type) {
    case wire::Icmpv6Type::kNeighborSolicitation: {
      const auto parsed = wire::NeighborSolicitation::Parse(message, context);
      if (!parsed) return parsed.reason();
      return discovery_.OnNeighborSolicitation(now, context, *parsed);
    }
    case wire::Icmpv6Type::kNeighborAdvertisement: {
      const auto parsed = wire::NeighborAdvertisement::Parse(message, context);
      if (!parsed) return parsed.reason();
      return discovery_.OnNeighborAdvertisement(now, context, *parsed);
    }
    case wire::Icmpv6Type::kRouterAdvertisement: {
      const auto parsed = wire::RouterAdvertisement::Parse(message, context);
      if (!parsed) return parsed.reason();
      return OnRouterAdvertisement(now, context, *parsed);
    }
    case wire::Icmpv6Type::kRouterSolicitation: {
      const auto parsed = wire::RouterSolicitation::Parse(message, context);
      if (!parsed) return parsed.reason();
      return OnRouterSolicitation(now, context, *parsed);
    }
    default:
      return DropReason::ICMPV6_UNKNOWN_TYPE;
  }
}

std::optional<DropReason> Interface::OnRouterAdvertisement(
    Time now, const wire::NdpContext& context, const wire::RouterAdvertisement& message) {
  if (advertiser_ == nullptr) return discovery_.OnRouterAdvertisement(now, context, message);
  // RFC 4861 §6.2.7: an advertising router compares what others say.
  for (const std::string& difference : advertiser_->Inconsistencies(now, message)) {
    OnConflict(now, "router " + context.source.ToString() + " advertises otherwise: " + difference);
  }
  return std::nullopt;
}

std::optional<DropReason> Interface::OnRouterSolicitation(Time now, const wire::NdpContext& context,
                                                          const wire::RouterSolicitation& message) {
  if (!is_router_) return DropReason::RS_NOT_A_ROUTER;
  discovery_.OnRouterSolicitation(now, context, message);
  if (advertiser_ == nullptr) return DropReason::RS_NOT_A_ROUTER;
  advertiser_->OnSolicitation(now);
  return std::nullopt;
}

// What leaves.

void Interface::SendToLinkLayer(Time, MacAddress destination, Packet packet) {
  if (!enabled()) return;
  const wire::EthernetHeader header{
      .destination = destination, .source = mac_, .type = wire::EtherType::kIpv6};
  packet.MakeUnique();
  header.Store(packet.Prepend(wire::EthernetHeader::kSize).data());
  environment_.device.Transmit(id_, std::move(packet));
}

void Interface::SendMessage(Time now, const Ipv6Address& source, const Ipv6Address& destination,
                            std::optional<MacAddress> link_layer_destination, Packet message) {
  PrependHeader(source, destination, wire::NextHeader::kIcmpv6, kNdpHopLimit, message);
  SendToLinkLayer(now, link_layer_destination.value_or(MacAddress::ForGroup(destination)),
                  std::move(message));
}

void Interface::SendMessageToNeighbor(Time now, const Ipv6Address& source,
                                      const Ipv6Address& destination, Packet message) {
  PrependHeader(source, destination, wire::NextHeader::kIcmpv6, kNdpHopLimit, message);
  discovery_.SendToNeighbor(now, destination, std::move(message));
}

void Interface::PrependHeader(const Ipv6Address& source, const Ipv6Address& destination,
                              wire::NextHeader next_header, uint8_t hop_limit, Packet& message) {
  if (next_header == wire::NextHeader::kIcmpv6) {
    wire::StoreIcmpv6Checksum(message.mutable_bytes(), source, destination);
  }
  const wire::Ipv6Header header{.payload_length = static_cast<uint16_t>(message.size()),
                                .next_header = next_header,
                                .hop_limit = hop_limit,
                                .source = source,
                                .destination = destination};
  header.Store(message.Prepend(wire::Ipv6Header::kSize).data());
}

void Interface::SendAdvertisements(Time now) {
  while (advertiser_ != nullptr) {
    const std::optional<wire::RouterAdvertisement> message = advertiser_->Advance(now);
    if (!message) break;
    SendAdvertisement(now, *message);
  }
  if (advertiser_ != nullptr && advertiser_->ceased()) advertiser_.reset();
}

void Interface::SendAdvertisement(Time now, const wire::RouterAdvertisement& message) {
  const auto send = [&](const wire::RouterAdvertisement& part) {
    Packet packet = environment_.packets.Make(part.size());
    part.Store(packet.mutable_bytes().data());
    SendMessage(now, advertising_source_, Ipv6Address::AllNodes(), std::nullopt, std::move(packet));
  };
  const size_t room = mtu() - wire::Ipv6Header::kSize;
  if (message.size() <= room) return send(message);
  for (const wire::RouterAdvertisement& part : router::Divide(message, room)) send(part);
}

// What neighbour discovery tells.

void Interface::OnUndeliverable(Time now, DropReason reason, Packet packet) {
  owner_.OnUndeliverable(now, id_, reason, std::move(packet));
}

void Interface::OnAddressChange(Time now, const ndp::InterfaceAddress& address) {
  owner_.OnAddressChange(now, id_, address);
  if (!address.address.is_link_local()) return;
  if (address.state == AddressState::kRemoved) OnLinkLocalAddressGone(now, address.address);
  if (address.state != AddressState::kPreferred || LinkLocalSource() != address.address) return;
  // RFC 3590 §4: what was reported from :: is said again from a valid source.
  listener_.ReportAll(now, *this);
  if (advertiser_ == nullptr) StartAdvertising(now);
  StartQuerying(now);
}

void Interface::OnLinkLocalAddressGone(Time now, const Ipv6Address& address) {
  if (routing_ != nullptr && routing_->querier && routing_->querying_source == address) {
    // RFC 3810 §5.1.14: queries come from a link-local address, as that of a new router.
    listener_.Leave(now, Ipv6Address::AllMldv2Routers(), *this);
    routing_->querier.reset();
    StartQuerying(now);
  }
  if (advertiser_ == nullptr || advertising_source_ != address) return;
  // RFC 4861 §6.2.8: hosts know the router by it. The last word from it, as when the
  // interface ceases to advertise; then it begins anew from another, once there is one.
  const bool ceases = advertise_ == nullptr;
  if (!advertiser_->ceased()) SendAdvertisement(now, advertiser_->ShutDown(now));
  advertising_source_ = LinkLocalSource();
  if (ceases || advertising_source_.is_unspecified()) {
    advertiser_.reset();
  } else {
    advertiser_->Reconfigure(now, *advertise_);
  }
}

void Interface::OnNextHopsChanged(Time) { owner_.OnNextHopsChanged(); }

void Interface::OnDefaultRouterChange(Time now, const Ipv6Address& router, bool present,
                                      Time until) {
  environment_.observer.OnDefaultRouter(
      now, {.interface = id_, .router = router, .present = present, .until = until});
}

void Interface::OnPrefixChange(Time now, const Ipv6Prefix& prefix, bool present, Time until) {
  owner_.OnPrefixChange(id_, prefix, present);
  environment_.observer.OnPrefix(
      now, {.interface = id_, .prefix = prefix, .present = present, .until = until});
}

void Interface::OnNeighborChange(Time now, const ndp::Neighbor& neighbor) {
  environment_.observer.OnNeighbor(now, {.interface = id_,
                                         .address = neighbor.address,
                                         .state = neighbor.state,
                                         .link_layer_address = neighbor.link_layer_address,
                                         .is_router = neighbor.is_router});
}

void Interface::OnLog(Time now, std::string_view text) {
  environment_.observer.OnLog(now, {.text = text});
}

void Interface::OnConflict(Time now, std::string_view text) {
  if (log_limiter_.Take(now)) OnLog(now, text);
}

}  // namespace dualsim::host
