#include "stack/host/ipv4_interface.h"

#include <algorithm>
#include <string>
#include <utility>

#include "stack/wire/ethernet.h"
#include "stack/wire/ipv4.h"

namespace dualsim::host {

Ipv4Interface::Ipv4Interface(InterfaceId id, const Ipv4InterfaceConfig& config,
                             const Environment& environment, Ipv4InterfaceOwner& owner)
    : id_(id),
      mac_(config.mac),
      mtu_(config.mtu),
      ttl_(config.ttl),
      gateway_(config.gateway),
      environment_(environment),
      owner_(owner),
      resolution_({.mac = config.mac,
                   .addresses = config.addresses,
                   .probe_static = config.conflict_detection,
                   .link_local = config.link_local,
                   .defend_always = config.is_router},
                  environment.random.Stream("arp" + std::to_string(static_cast<int>(id))), *this) {}

void Ipv4Interface::Start(Time now) {
  up_ = true;
  environment_.device.JoinGroup(id_, MacAddress::ForGroup(group::IgmpHost::kAllHosts));
  resolution_.Start(now);
  now_ = now;
  for (const Ipv4Address& group : groups_) NeedIgmp().Join(now, group);
}

void Ipv4Interface::Stop(Time now) {
  if (igmp_ != nullptr) igmp_->ShutDown(now);
  Crash(now);
}

void Ipv4Interface::Crash(Time now) {
  Unplug(now);
  for (const Ipv4Address& group : std::exchange(groups_, {})) {
    environment_.device.LeaveGroup(id_, MacAddress::ForGroup(group));
  }
}

void Ipv4Interface::Unplug(Time now) {
  if (!up_) return;
  up_ = false;  // From here on nothing leaves.
  igmp_.reset();
  resolution_.Stop(now);
  environment_.device.LeaveGroup(id_, MacAddress::ForGroup(group::IgmpHost::kAllHosts));
}

Time Ipv4Interface::deadline() const {
  if (!up_) return Time::Never();
  const Time next = resolution_.deadline();
  return igmp_ != nullptr ? std::min(next, igmp_->deadline()) : next;
}

void Ipv4Interface::Advance(Time now) {
  now_ = now;
  resolution_.Advance(now);
  if (igmp_ != nullptr && igmp_->deadline() <= now) igmp_->Advance(now);
}

group::IgmpHost& Ipv4Interface::NeedIgmp() {
  if (igmp_ == nullptr) {
    group::IgmpHostOutput& output = *this;
    igmp_ = std::make_unique<group::IgmpHost>(
        environment_.random.Stream("igmp" + std::to_string(static_cast<int>(id_))), output);
  }
  return *igmp_;
}

void Ipv4Interface::JoinGroup(Time now, const Ipv4Address& group) {
  now_ = now;
  if (group == group::IgmpHost::kAllHosts) return;
  groups_.push_back(group);
  // The device counts: 32 groups share one address (RFC 1112 §6.4).
  environment_.device.JoinGroup(id_, MacAddress::ForGroup(group));
  NeedIgmp().Join(now, group);
}

void Ipv4Interface::LeaveGroup(Time now, const Ipv4Address& group) {
  now_ = now;
  const auto found = std::find(groups_.begin(), groups_.end(), group);
  if (found == groups_.end()) return;
  groups_.erase(found);
  environment_.device.LeaveGroup(id_, MacAddress::ForGroup(group));
  if (igmp_ != nullptr) igmp_->Leave(now, group);
}

std::optional<DropReason> Ipv4Interface::OnIgmp(Time now, const group::IgmpContext& context,
                                                ByteView message) {
  now_ = now;
  const auto type = wire::ParseIgmpType(message);
  if (!type) return type.reason();
  // Which querier is there has to be known before the first group is joined.
  return NeedIgmp().OnMessage(now, context, *type, message);
}

void Ipv4Interface::SendIgmpReport(const wire::IgmpReport& report) {
  Packet message = environment_.packets.Make(report.size());
  report.Store(message.mutable_bytes().data());
  SendIgmp(group::IgmpHost::kIgmpV3Routers, std::move(message));
}

void Ipv4Interface::SendIgmpMessage(const wire::IgmpGroupMessage& report) {
  Packet message = environment_.packets.Make(report.size());
  report.Store(message.mutable_bytes().data());
  const bool leave = report.type == wire::IgmpType::kLeaveGroup;
  SendIgmp(leave ? group::IgmpHost::kAllRouters : report.group, std::move(message));
}

void Ipv4Interface::SendIgmp(const Ipv4Address& destination, Packet message) {
  // RFC 3376 §4: from 0.0.0.0 where there is no address yet (§4.2.13), a TTL of 1, the
  // precedence of INTERNETWORK CONTROL, Router Alert.
  constexpr uint8_t kPrecedence = 6 << 5;
  Ipv4Address source;
  for (const arp::InterfaceAddress& address : resolution_.addresses()) {
    if (address.assigned() && source.is_unspecified()) source = address.cidr.address;
  }
  wire::Ipv4Header header{.type_of_service = kPrecedence,
                          .dont_fragment = true,
                          .ttl = 1,
                          .protocol = wire::NextHeader::kIgmp,
                          .source = source,
                          .destination = destination,
                          .options = wire::kIpv4RouterAlert};
  header.total_length = static_cast<uint16_t>(header.size() + message.size());
  header.Store(message.Prepend(header.size()).data());
  SendToMany(now_, destination, std::move(message));
}

void Ipv4Interface::SetLinkLayerAddress(Time now, MacAddress mac) {
  mac_ = mac;
  resolution_.SetLinkLayerAddress(now, mac);
}

bool Ipv4Interface::IsBroadcast(const Ipv4Address& address) const {
  if (address.is_broadcast()) return true;
  const auto& addresses = resolution_.addresses();
  return std::any_of(addresses.begin(), addresses.end(), [&](const arp::InterfaceAddress& own) {
    // RFC 3021: a prefix of 31 bits has no broadcast address.
    return own.cidr.prefix_length < 31 &&
           (address == own.cidr.broadcast() || address == own.cidr.network());
  });
}

void Ipv4Interface::SendToMany(Time now, const Ipv4Address& destination, Packet packet) {
  SendToLinkLayer(
      now, destination.is_multicast() ? MacAddress::ForGroup(destination) : MacAddress::Broadcast(),
      std::move(packet));
}

void Ipv4Interface::SendFrame(MacAddress destination, wire::EtherType type, Packet packet) {
  if (!up_) return;
  const wire::EthernetHeader header{.destination = destination, .source = mac_, .type = type};
  packet.MakeUnique();
  header.Store(packet.Prepend(wire::EthernetHeader::kSize).data());
  environment_.device.Transmit(id_, std::move(packet));
}

void Ipv4Interface::SendArp(Time, MacAddress destination, const wire::ArpPacket& packet) {
  Packet bytes = environment_.packets.Make(wire::ArpPacket::kSize);
  packet.Store(bytes.mutable_bytes().data());
  SendFrame(destination, wire::EtherType::kArp, std::move(bytes));
}

void Ipv4Interface::SendToLinkLayer(Time, MacAddress destination, Packet packet) {
  SendFrame(destination, wire::EtherType::kIpv4, std::move(packet));
}

void Ipv4Interface::OnUndeliverable(Time now, DropReason reason, Packet packet) {
  owner_.OnIpv4Undeliverable(now, id_, reason, std::move(packet));
}

void Ipv4Interface::OnAddressChange(Time now, const arp::InterfaceAddress& address) {
  owner_.OnIpv4AddressChange(now, id_, address);
}

void Ipv4Interface::OnArpEntryChange(Time now, const arp::ArpEntry& entry) {
  environment_.observer.OnNeighbor(now, {.interface = id_,
                                         .address = entry.address,
                                         .state = entry.state,
                                         .link_layer_address = entry.link_layer_address});
}

void Ipv4Interface::OnLog(Time now, std::string_view text) {
  environment_.observer.OnLog(now, {.text = text});
}

void Ipv4Interface::OnConflict(Time now, std::string_view text) {
  if (log_limiter_.Take(now)) OnLog(now, text);
}

}  // namespace dualsim::host
