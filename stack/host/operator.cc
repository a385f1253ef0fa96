// What an operator changes while the stack runs.

#include "stack/host/stack_implementation.h"

namespace dualsim::host {

Stack::Refusal Stack::Implementation::CheckInterface(InterfaceId id) const {
  if (!running_) return "the node is not running";
  if (static_cast<size_t>(id) >= interfaces_.size()) return "there is no such interface";
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::AddAddress(Time now, InterfaceId id,
                                                 const Ipv6Cidr& address) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (!interface(id).up()) return "the interface is down";
  if (interface(id).discovery().disabled()) return "IPv6 is disabled on the interface";
  if (interface(id).discovery().addresses().Find(address.address) != nullptr) {
    return "the interface has the address already";
  }
  interface(id).discovery().AddStaticAddress(now, address);
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::RemoveAddress(Time now, InterfaceId id,
                                                    const Ipv6Address& address) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (!interface(id).discovery().RemoveAddress(now, address)) {
    return "the interface does not have the address";
  }
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::SetLinkLayerAddress(Time now, InterfaceId id,
                                                          MacAddress address) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (address.is_multicast() || address.is_zero()) return "that is no card's address";
  interface(id).SetLinkLayerAddress(now, address);
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::Listen(Time now, InterfaceId id, const Ipv6Address& group,
                                             const group::SourceFilter& filter) {
  if (Refusal refusal = CheckInterface(id)) return refusal;
  if (!interface(id).enabled()) return "the interface is down";
  if (!group.is_multicast()) return "that is no group";
  interface(id).Listen(now, group, filter);
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::AddRoute(Time now, const RouteConfig& route) {
  if (Refusal refusal = CheckInterface(route.interface)) return refusal;
  routes_.Add({route.prefix, route.interface, route.next_hop});
  destinations_.Invalidate();
  environment_.observer.OnRoute(now, {.prefix = route.prefix,
                                      .interface = route.interface,
                                      .next_hop = route.next_hop,
                                      .present = true});
  return std::nullopt;
}

Stack::Refusal Stack::Implementation::RemoveRoute(Time now, const Ipv6Prefix& prefix) {
  if (!running_) return "the node is not running";
  if (!routes_.Remove(prefix)) return "there is no such route";
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

}  // namespace dualsim::host
