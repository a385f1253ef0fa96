#include "stack/host/ipv4_interface.h"

#include <algorithm>
#include <string>
#include <utility>

#include "stack/wire/ethernet.h"

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
  environment_.device.JoinGroup(id_, MacAddress::ForGroup(kAllHosts));
  resolution_.Start(now);
}

void Ipv4Interface::Stop(Time now) {
  if (!up_) return;
  up_ = false;  // From here on nothing leaves.
  resolution_.Stop(now);
  environment_.device.LeaveGroup(id_, MacAddress::ForGroup(kAllHosts));
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

}  // namespace dualsim::host
