// What an operator changes while the stack runs.

#include "stack/host/stack_implementation.h"

namespace dualsim::host {

Stack::Refusal Stack::Implementation::CheckInterface(InterfaceId id) const {
  if (!running_) return "the node is not running";
  if (static_cast<size_t>(id) >= interfaces_.size()) return "there is no such interface";
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::AddAddress(Time now, InterfaceId id, const IpCidr& cidr) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (!interface(id).up()) return "the interface is down";
  if (cidr.is_ipv4()) {
    if (!interface(id).ipv4()) return "the interface does not speak IPv4";
    return NeedIpv4(now).AddAddress(now, id, cidr.ipv4());
  }
  if (!interface(id).ipv6()) return "the interface does not speak IPv6";
  const Ipv6Cidr address = cidr.ipv6();
  if (interface(id).discovery().disabled()) return "IPv6 is disabled on the interface";
  if (interface(id).discovery().addresses().Find(address.address) != nullptr) {
    return "the interface has the address already";
  }
  interface(id).discovery().AddStaticAddress(now, address);
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::RemoveAddress(Time now, InterfaceId id,
                                                    const IpAddress& address) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (address.is_ipv4()) {
    if (ipv4_ == nullptr) return "the interface does not have the address";
    return ipv4_->RemoveAddress(now, id, address.ipv4());
  }
  if (!interface(id).discovery().RemoveAddress(now, address.ipv6())) {
    return "the interface does not have the address";
  }
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::SetLinkLayerAddress(Time now, InterfaceId id,
                                                          MacAddress address) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (address.is_multicast() || address.is_zero()) return "that is no card's address";
  interface(id).SetLinkLayerAddress(now, address);
  if (ipv4_ != nullptr) ipv4_->SetLinkLayerAddress(now, id, address);
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::AddLease(Time now, const Ipv4Lease& lease,
                                               LeaseHandler& handler) {
  if (Refusal refusal = CheckInterface(lease.interface)) return refusal;
  if (!interface(lease.interface).up()) return "the interface is down";
  if (!interface(lease.interface).ipv4()) return "the interface does not speak IPv4";
  return NeedIpv4(now).AddLease(now, lease, handler);
}

Stack::Refusal Stack::Implementation::Listen(Time now, InterfaceId id, const Ipv6Address& group,
                                             const group::SourceFilter& filter) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (!group.is_multicast()) return "that is no group";
  // What was begun may be ended while the cable is out.
  if (!filter.empty() && !interface(id).enabled()) return "the interface is down";
  interface(id).Listen(now, group, filter);
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::AddRoute(Time now, const RouteConfig& route) {
  if (Refusal refusal = CheckInterface(route.interface)) return refusal;
  if (route.prefix.is_ipv4()) {
    NeedIpv4(now).AddRoute(now, route);
    return std::nullopt;
  }
  routes_.Add({route.prefix.ipv6(), route.interface, route.next_hop.ipv6()});
  destinations_.Invalidate();
  environment_.observer.OnRoute(now, {.prefix = route.prefix,
                                      .interface = route.interface,
                                      .next_hop = route.next_hop,
                                      .present = true});
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::RemoveRoute(Time now, const IpPrefix& prefix) {
  if (!running_) return "the node is not running";
  if (prefix.is_ipv4()) {
    if (ipv4_ == nullptr || !ipv4_->RemoveRoute(now, prefix.ipv4())) {
      return "there is no such route";
    }
    return std::nullopt;
  }
  if (!routes_.Remove(prefix.ipv6())) return "there is no such route";
  destinations_.Invalidate();
  environment_.observer.OnRoute(now, {.prefix = prefix, .present = false});
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::Advertise(
    Time now, InterfaceId id, const std::optional<router::AdvertiseConfig>& config) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (!config_.forwarding) return "the node is no router";
  interface(id).Advertise(now, config);
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::CheckGroup(InterfaceId id, const IpAddress& group) const {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (!group.is_multicast() || !runs(group.family())) return "that is no group of this node";
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::JoinGroup(Time now, InterfaceId id, const IpAddress& group) {
  if (Refusal refusal = CheckGroup(id, group)) return refusal;
  if (!interface(id).up()) return "the interface is down";
  if (group.is_ipv4()) return NeedIpv4(now).JoinGroup(now, id, group.ipv4());
  interface(id).Join(now, group.ipv6());
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::LeaveGroup(Time now, InterfaceId id, const IpAddress& group) {
  if (Refusal refusal = CheckGroup(id, group)) return refusal;
  if (group.is_ipv4()) return NeedIpv4(now).LeaveGroup(now, id, group.ipv4());
  interface(id).Leave(now, group.ipv6());
  return std::nullopt;
}

}  // namespace dualsim::host
