#include "stack/host/ipv4_stack.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dualsim::host {

Ipv4Stack::Ipv4Stack(const Config& config, const Environment& environment, udp::UdpPorts& udp_ports,
                     Ipv4StackOwner& owner)
    : config_(config),
      environment_(environment),
      udp_ports_(udp_ports),
      owner_(owner),
      error_limiters_(icmp::PerSecond(config.icmp_errors_per_second)),
      identification_(static_cast<uint16_t>(environment.random.Stream("ipv4")())) {
  for (size_t i = 0; i < config_.interfaces.size(); ++i) {
    interfaces_.push_back(std::make_unique<Ipv4Interface>(
        static_cast<InterfaceId>(i), config_.interfaces[i], environment_, *this));
  }
  config_.interfaces = {};
}

void Ipv4Stack::Start(Time now, InterfaceId id) {
  interface(id).Start(now);
  SettleDefaultRoute(now);
}

void Ipv4Stack::Stop(Time now, InterfaceId id) {
  interface(id).Stop(now);
  SettleDefaultRoute(now);
}

void Ipv4Stack::Crash(Time now, InterfaceId id) {
  interface(id).Crash(now);
  SettleDefaultRoute(now);
}

void Ipv4Stack::Unplug(Time now, InterfaceId id) {
  interface(id).Unplug(now);
  SettleDefaultRoute(now);
}

void Ipv4Stack::Clear() {
  reassembler_.Clear();
  routes_ = {};
  leases_.clear();
  destinations_.Clear();
  awaiting_source_.clear();
}

Time Ipv4Stack::deadline() const {
  Time next = reassembler_.deadline();
  for (const auto& interface : interfaces_) next = std::min(next, interface->deadline());
  return next;
}

void Ipv4Stack::Advance(Time now) {
  for (const auto& interface : interfaces_) {
    if (interface->deadline() <= now) interface->Advance(now);
  }
  if (reassembler_.deadline() <= now) {
    now_ = now;
    reassembler_.Advance(now, *this);
  }
}

Stack::Refusal Ipv4Stack::AddAddress(Time now, InterfaceId id, const Ipv4Cidr& address) {
  if (!interface(id).up()) return "the interface is down";
  if (!interface(id).resolution().AddAddress(now, address, AddressOrigin::kStatic, false)) {
    return "the interface has the address already";
  }
  return std::nullopt;
}

Stack::Refusal Ipv4Stack::RemoveAddress(Time now, InterfaceId id, const Ipv4Address& address) {
  if (!interface(id).resolution().RemoveAddress(now, address)) {
    return "the interface does not have the address";
  }
  return std::nullopt;
}

Stack::Refusal Ipv4Stack::AddLease(Time now, const Stack::Ipv4Lease& lease,
                                   Stack::LeaseHandler& handler) {
  if (!interface(lease.interface).up()) return "the interface is down";
  if (interface(lease.interface).resolution().Find(lease.address.address) != nullptr) {
    return "the interface has the address already";
  }
  leases_.push_back({lease, &handler});
  interface(lease.interface)
      .resolution()
      .AddAddress(now, lease.address, AddressOrigin::kDhcp, lease.probe);
  return std::nullopt;
}

Stack::Refusal Ipv4Stack::JoinGroup(Time now, InterfaceId id, const Ipv4Address& group) {
  if (!interface(id).up()) return "the interface is down";
  interface(id).JoinGroup(now, group);
  return std::nullopt;
}

Stack::Refusal Ipv4Stack::LeaveGroup(Time now, InterfaceId id, const Ipv4Address& group) {
  interface(id).LeaveGroup(now, group);
  return std::nullopt;
}

void Ipv4Stack::SetLinkLayerAddress(Time now, InterfaceId id, MacAddress mac) {
  interface(id).SetLinkLayerAddress(now, mac);
}

void Ipv4Stack::AddRoute(Time now, const RouteConfig& route) {
  routes_.Add({route.prefix.ipv4(), route.interface, route.next_hop.ipv4()});
  environment_.observer.OnRoute(now, {.prefix = route.prefix,
                                      .interface = route.interface,
                                      .next_hop = route.next_hop,
                                      .present = true});
}

bool Ipv4Stack::RemoveRoute(Time now, const Ipv4Prefix& prefix) {
  if (!routes_.Remove(prefix)) return false;
  environment_.observer.OnRoute(
      now, {.prefix = prefix, .next_hop = IpAddress(Ipv4Address()), .present = false});
  return true;
}

void Ipv4Stack::RebuildConnected() {
  on_link_ = {};
  for (size_t i = interfaces_.size(); i-- > 0;) {
    for (const arp::InterfaceAddress& address : interfaces_[i]->resolution().addresses()) {
      // One that is still probed for counts: what is sent waits for it.
      on_link_.Add({address.cidr.prefix(), static_cast<InterfaceId>(i), Ipv4Address()});
    }
  }
}

void Ipv4Stack::SettleDefaultRoute(Time now) {
  // A lease's gateway counts while its address does, a static one while its interface
  // has any, be it one that is probed for; of several the first, static ones before.
  std::optional<NextHop> gateway;
  const auto has_address = [&](InterfaceId id, const std::optional<Ipv4Address>& address) {
    const auto& own = interface(id).resolution().addresses();
    return std::any_of(own.begin(), own.end(), [&](const arp::InterfaceAddress& entry) {
      return !address || (entry.assigned() && entry.cidr.address == *address);
    });
  };
  for (size_t i = 0; i < interfaces_.size() && !gateway; ++i) {
    const auto id = static_cast<InterfaceId>(i);
    if (interfaces_[i]->gateway() && has_address(id, std::nullopt)) {
      gateway = NextHop{id, *interfaces_[i]->gateway()};
    }
  }
  for (const Lease& lease : leases_) {
    if (gateway || !lease.lease.gateway) continue;
    if (has_address(lease.lease.interface, lease.lease.address.address)) {
      gateway = NextHop{lease.lease.interface, *lease.lease.gateway};
    }
  }
  const auto tell = [&](const NextHop& hop, bool present) {
    environment_.observer.OnRoute(now, {.prefix = Ipv4Prefix(),
                                        .interface = hop.interface,
                                        .next_hop = hop.address,
                                        .present = present});
  };
  const std::optional<NextHop> before = std::exchange(default_gateway_, gateway);
  const bool same = before.has_value() == gateway.has_value() &&
                    (!gateway || (before->address == gateway->address &&
                                  before->interface == gateway->interface));
  if (same) return;
  if (before) tell(*before, false);
  if (gateway) tell(*gateway, true);
}

void Ipv4Stack::OnIpv4AddressChange(Time now, InterfaceId id,
                                    const arp::InterfaceAddress& address) {
  const Ipv4Address& own = address.cidr.address;
  const bool gone =
      address.state == AddressState::kRemoved || address.state == AddressState::kDuplicate;
  const LocalAddress* known = local_addresses_.Find(own);
  const bool was_assigned = known != nullptr && known->interface == id && known->assigned;
  if (!gone) {
    local_addresses_.Insert(own, {.interface = id, .assigned = address.assigned()});
  } else if (known != nullptr && known->interface == id) {
    local_addresses_.Erase(own);
  }
  RebuildConnected();
  SettleDefaultRoute(now);
  environment_.observer.OnAddress(now, {.interface = id,
                                        .address = own,
                                        .prefix_length = address.cidr.prefix_length,
                                        .state = address.state,
                                        .origin = address.origin});
  if (was_assigned != address.assigned()) owner_.OnIpv4Address(now, id, own, address.assigned());
  if (address.origin == AddressOrigin::kDhcp) {
    const auto lease = std::find_if(leases_.begin(), leases_.end(), [&](const Lease& entry) {
      return entry.lease.interface == id && entry.lease.address.address == own;
    });
    if (lease != leases_.end()) {
      Stack::LeaseHandler* handler = lease->handler;
      if (gone) leases_.erase(lease);
      if (gone) SettleDefaultRoute(now);
      handler->OnLeaseAddress(now, id, own, address.state);
    }
  }
  if (!awaiting_source_.empty() && address.state != AddressState::kTentative) {
    RetryAwaitingSource(now);
  }
}

bool Ipv4Stack::IsAssigned(const Ipv4Address& address) const {
  const LocalAddress* local = local_addresses_.Find(address);
  return local != nullptr && local->assigned;
}

void Ipv4Stack::Drop(Time now, InterfaceId id, DropReason reason, ByteView packet) {
  environment_.observer.OnDrop(now, {.interface = id, .reason = reason, .packet = packet});
}

void Ipv4Stack::AppendAddresses(InterfaceId id, std::vector<Stack::HostAddress>& addresses) const {
  for (const arp::InterfaceAddress& entry : interface(id).resolution().addresses()) {
    if (!entry.assigned()) continue;
    addresses.push_back({.address = entry.cidr.address,
                         .prefix_length = entry.cidr.prefix_length,
                         .interface = id,
                         .preferred = true});
  }
}

}  // namespace dualsim::host
