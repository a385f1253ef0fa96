#include "stack/host/interface.h"

#include <algorithm>
#include <utility>

#include "stack/wire/ethernet.h"

namespace dualsim::host {
namespace {

ndp::NeighborDiscoveryConfig DiscoveryConfig(InterfaceId id, const InterfaceConfig& config,
                                             bool is_router) {
  return {.interface = id,
          .mac = config.mac,
          .mtu = config.mtu,
          .is_router = is_router,
          .accept_router_advertisements = config.accept_router_advertisements,
          .dup_addr_detect_transmits = config.dup_addr_detect_transmits,
          .retrans_timer = config.retrans_timer,
          .base_reachable_time = config.base_reachable_time,
          .cur_hop_limit = config.cur_hop_limit,
          .link_local_address = config.link_local_address,
          .addresses = config.ipv6_addresses,
          .gateway = config.ipv6_gateway,
          .interface_identifiers = config.interface_identifiers,
          .network_id = config.network_id,
          .temporary_addresses = config.temporary_addresses,
          .optimistic_dad = config.optimistic_dad,
          .gratuitous_neighbor_discovery = config.gratuitous_neighbor_discovery};
}

std::string StreamName(const char* purpose, InterfaceId id) {
  return purpose + std::to_string(static_cast<int>(id));
}

// Counts one more who wants `address`; true where it is the first.
template <typename Wanted, typename Address>
bool Want(std::vector<Wanted>& wanted, const Address& address) {
  for (Wanted& entry : wanted) {
    if (entry.address == address) return ++entry.count == 1;
  }
  wanted.push_back({address, 1});
  return true;
}

// Counts one less; true where nobody is left. Requires that somebody was there.
template <typename Wanted, typename Address>
bool Unwant(std::vector<Wanted>& wanted, const Address& address) {
  const auto found = std::find_if(wanted.begin(), wanted.end(),
                                  [&](const Wanted& entry) { return entry.address == address; });
  if (found == wanted.end() || --found->count > 0) return false;
  wanted.erase(found);
  return true;
}

constexpr uint8_t kNdpHopLimit = 255;
constexpr uint8_t kMldHopLimit = 1;  // RFC 3810 §5

}  // namespace

Interface::Interface(InterfaceId id, const InterfaceConfig& config, bool is_router,
                     const Environment& environment, InterfaceOwner& owner)
    : id_(id),
      mac_(config.mac),
      advertise_(config.advertise ? std::make_unique<router::AdvertiseConfig>(*config.advertise)
                                  : nullptr),
      is_router_(is_router),
      environment_(environment),
      owner_(owner),
      discovery_(DiscoveryConfig(id, config, is_router), environment_.packets, environment_.random,
                 *this),
      listener_(environment_.random.Stream(StreamName("mld", id))),
      advertiser_random_(environment_.random.Stream(StreamName("advertise", id))) {}

void Interface::Start(Time now) {
  up_ = true;
  now_ = now;
  discovery_.Start(now);
}

void Interface::Stop(Time now) {
  if (!up_) return;
  now_ = now;
  if (advertiser_ != nullptr && !advertiser_->ceased()) {
    SendAdvertisement(now, advertiser_->ShutDown(now));
  }
  listener_.ShutDown(*this);
  Crash(now);
}

void Interface::Crash(Time now) {
  if (!up_) return;
  now_ = now;
  up_ = false;  // From here on nothing leaves.
  advertiser_.reset();
  discovery_.Stop(now);
  listener_.ShutDown(*this);
}

void Interface::Advertise(Time now, const std::optional<router::AdvertiseConfig>& config) {
  now_ = now;
  advertise_ = config ? std::make_unique<router::AdvertiseConfig>(*config) : nullptr;
  if (advertiser_ == nullptr) {
    StartAdvertising(now);
  } else if (config) {
    advertiser_->Reconfigure(now, *config);
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
  advertiser_ = std::make_unique<router::RouterAdvertiser>(
      now, *advertise_, mac_, RandomStream(advertiser_random_(), "advertiser", ""));
}

Ipv6Address Interface::LinkLocalSource() const {
  const ndp::InterfaceAddress* address = discovery_.addresses().link_local();
  return address != nullptr && address->verified() ? address->address : Ipv6Address();
}

Time Interface::deadline() const {
  if (!up_) return Time::Never();
  Time next = std::min(discovery_.deadline(), listener_.deadline());
  if (advertiser_ != nullptr) next = std::min(next, advertiser_->deadline());
  return next;
}

void Interface::Advance(Time now) {
  now_ = now;
  discovery_.Advance(now);
  if (listener_.deadline() <= now) listener_.Advance(now, *this);
  SendAdvertisements(now);
}

bool Interface::IsListeningTo(const Ipv6Address& group, const Ipv6Address& source) const {
  return std::any_of(silent_groups_.begin(), silent_groups_.end(),
                     [&](const auto& entry) { return entry.address == group; }) ||
         listener_.Accepts(group, source);
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
    OnLog(now, "router " + context.source.ToString() + " advertises otherwise: " + difference);
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

std::optional<DropReason> Interface::OnListenerMessage(Time now, const wire::Ipv6Header& header,
                                                       bool router_alert, wire::Icmpv6Type type,
                                                       ByteView message) {
  now_ = now;
  const auto failed = group::CheckListenerMessage(
      {.source = header.source, .hop_limit = header.hop_limit, .router_alert = router_alert});
  if (failed) return failed;
  if (type == wire::Icmpv6Type::kMulticastListenerQuery) {
    const auto query = wire::ListenerQuery::Parse(message);
    if (!query) return query.reason();
    listener_.OnQuery(now, *query);
  } else if (type == wire::Icmpv6Type::kMulticastListenerReportV1) {
    const auto report = wire::ListenerMessageV1::Parse(message);
    if (!report) return report.reason();
    listener_.OnReportV1(report->group);
  }
  // Reports of version 2, and Done, concern routers and snooping switches alone.
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

void Interface::SendReport(const wire::ListenerReport& report) {
  Packet message = environment_.packets.Make(report.size());
  report.Store(message.mutable_bytes().data());
  SendListenerMessage(Ipv6Address::AllMldv2Routers(), std::move(message));
}

void Interface::SendMessageV1(const wire::ListenerMessageV1& report) {
  Packet message = environment_.packets.Make(report.size());
  report.Store(message.mutable_bytes().data());
  const bool done = report.type == wire::Icmpv6Type::kMulticastListenerDone;
  SendListenerMessage(done ? Ipv6Address::AllRouters() : report.group, std::move(message));
}

void Interface::SendListenerMessage(const Ipv6Address& destination, Packet message) {
  const Ipv6Address source = LinkLocalSource();
  wire::StoreIcmpv6Checksum(message.mutable_bytes(), source, destination);
  wire::StoreRouterAlertHeader(message.Prepend(wire::kRouterAlertHeaderSize).data());
  PrependHeader(source, destination, wire::NextHeader::kHopByHop, kMldHopLimit, message);
  SendToGroup(now_, destination, std::move(message));
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
  Packet packet = environment_.packets.Make(message.size());
  message.Store(packet.mutable_bytes().data());
  SendMessage(now, LinkLocalSource(), Ipv6Address::AllNodes(), std::nullopt, std::move(packet));
}

// What neighbour discovery tells.

void Interface::OnUndeliverable(Time now, DropReason reason, Packet packet) {
  owner_.OnUndeliverable(now, id_, reason, std::move(packet));
}

void Interface::ListenToGroup(const Ipv6Address& group) {
  Want(silent_groups_, group);
  JoinCardGroup(MacAddress::ForGroup(group));
}

void Interface::StopListeningToGroup(const Ipv6Address& group) {
  Unwant(silent_groups_, group);
  LeaveCardGroup(MacAddress::ForGroup(group));
}

void Interface::JoinCardGroup(const MacAddress& group) {
  if (Want(card_groups_, group)) environment_.device.JoinGroup(id_, group);
}

void Interface::LeaveCardGroup(const MacAddress& group) {
  if (Unwant(card_groups_, group)) environment_.device.LeaveGroup(id_, group);
}

void Interface::JoinGroup(Time now, const Ipv6Address& group) {
  now_ = now;
  listener_.Join(now, group, *this);
}

void Interface::LeaveGroup(Time now, const Ipv6Address& group) {
  now_ = now;
  listener_.Leave(now, group, *this);
}

void Interface::OnAddressChange(Time now, const ndp::InterfaceAddress& address) {
  owner_.OnAddressChange(now, id_, address);
  const bool became_link_local =
      address.origin == AddressOrigin::kLinkLocal && address.state == AddressState::kPreferred;
  if (!became_link_local) return;
  // RFC 3590 §4: what was reported from :: is said again from a valid source.
  listener_.ReportAll(now, *this);
  if (advertiser_ == nullptr) StartAdvertising(now);
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

}  // namespace dualsim::host
