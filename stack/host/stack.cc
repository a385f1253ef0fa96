#include "stack/host/stack.h"

#include <algorithm>
#include <utility>

#include "stack/host/stack_implementation.h"
#include "stack/host/zone.h"

namespace dualsim::host {

Stack::Stack(StackConfig config, Environment environment)
    : implementation_(std::make_unique<Implementation>(std::move(config), environment)) {}
Stack::~Stack() = default;

void Stack::Boot(Time now) { implementation_->Boot(now); }
void Stack::ShutDown(Time now) { implementation_->ShutDown(now); }
void Stack::Crash(Time now) { implementation_->Crash(now); }
bool Stack::running() const { return implementation_->running(); }
void Stack::Receive(Time now, InterfaceId interface, Packet frame) {
  implementation_->Receive(now, interface, std::move(frame));
}
void Stack::Advance(Time now) { implementation_->Advance(now); }
Time Stack::deadline() const { return implementation_->deadline(); }
void Stack::SetCarrier(Time now, InterfaceId interface, bool up) {
  implementation_->SetCarrier(now, interface, up);
}
Stack::Refusal Stack::AddAddress(Time now, InterfaceId interface, const IpCidr& address) {
  return implementation_->AddAddress(now, interface, address);
}
Stack::Refusal Stack::RemoveAddress(Time now, InterfaceId interface, const IpAddress& address) {
  return implementation_->RemoveAddress(now, interface, address);
}
Stack::Refusal Stack::SetLinkLayerAddress(Time now, InterfaceId interface, MacAddress address) {
  return implementation_->SetLinkLayerAddress(now, interface, address);
}
Stack::Refusal Stack::AddLease(Time now, const Ipv4Lease& lease, LeaseHandler& handler) {
  return implementation_->AddLease(now, lease, handler);
}
Stack::Refusal Stack::Listen(Time now, InterfaceId interface, const Ipv6Address& group,
                             const group::SourceFilter& filter) {
  return implementation_->Listen(now, interface, group, filter);
}
Stack::Refusal Stack::AddRoute(Time now, const RouteConfig& route) {
  return implementation_->AddRoute(now, route);
}
Stack::Refusal Stack::RemoveRoute(Time now, const IpPrefix& prefix) {
  return implementation_->RemoveRoute(now, prefix);
}
Stack::Refusal Stack::Advertise(Time now, InterfaceId interface,
                                const std::optional<router::AdvertiseConfig>& config) {
  return implementation_->Advertise(now, interface, config);
}
std::optional<DropReason> Stack::SendEchoRequest(Time now, const EchoRequest& request) {
  return implementation_->SendEchoRequest(now, request);
}
Stack::Refusal Stack::ListenUdp(Port port, udp::DatagramHandler& handler) {
  return implementation_->ListenUdp(port, handler);
}
std::optional<Port> Stack::ListenUdpOnEphemeral(udp::DatagramHandler& handler) {
  return implementation_->ListenUdpOnEphemeral(handler);
}
void Stack::UnlistenUdp(Port port) { implementation_->UnlistenUdp(port); }
std::optional<DropReason> Stack::SendUdp(Time now, const UdpMessage& message) {
  return implementation_->SendUdp(now, message);
}
tcp::Endpoint* Stack::tcp(Time now) { return implementation_->tcp(now); }
tcp::Endpoint* Stack::existing_tcp() { return implementation_->existing_tcp(); }
std::optional<DropReason> Stack::SendIp(Time now, const IpMessage& message) {
  return implementation_->SendIp(now, message);
}
Stack::Refusal Stack::JoinGroup(Time now, InterfaceId interface, const IpAddress& group) {
  return implementation_->JoinGroup(now, interface, group);
}
Stack::Refusal Stack::LeaveGroup(Time now, InterfaceId interface, const IpAddress& group) {
  return implementation_->LeaveGroup(now, interface, group);
}
bool Stack::runs(IpFamily family) const { return implementation_->runs(family); }
Stack::Path Stack::PathTo(Time now, const IpAddress& destination,
                          std::optional<InterfaceId> interface) {
  return implementation_->PathTo(now, destination, interface);
}
std::vector<Stack::HostAddress> Stack::addresses() const { return implementation_->addresses(); }
bool Stack::HasAddress(const IpAddress& address) const {
  return implementation_->HasAddress(address);
}
Stack::NameServers Stack::name_servers() const { return implementation_->name_servers(); }

Stack::Implementation::Implementation(StackConfig config, Environment environment)
    : config_(std::move(config)),
      environment_(environment),
      random_(environment.random.Stream("stack")),
      flow_label_secret_(random_()),
      error_limiters_(icmp::PerSecond(config_.icmp_errors_per_second)) {
  for (size_t i = 0; i < config_.interfaces.size(); ++i) {
    interfaces_.push_back(std::make_unique<Interface>(
        static_cast<InterfaceId>(i), config_.interfaces[i], config_.forwarding,
        config_.multicast_routing, environment_, *this));
  }
  MakeIpv4();
  dhcp_ = DhcpClients::Make(config_, environment_, udp_ports_, *this);
  // The interfaces have taken what they need: an idle host is to be small.
  config_.interfaces = {};
}

void Stack::Implementation::Boot(Time now) {
  running_ = true;
  // RFC 4291 §2.5.3: the node itself, whatever its interfaces do.
  if (!interfaces_.empty()) {
    local_addresses_.Insert(Ipv6Address::Loopback(),
                            {.interface = InterfaceId{0}, .assigned = true});
  }
  for (const RouteConfig& route : config_.routes) AddRoute(now, route);
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    if (interfaces_[i]->carrier()) StartInterface(now, static_cast<InterfaceId>(i));
  }
}

void Stack::Implementation::StartInterface(Time now, InterfaceId id) {
  interface(id).Start(now);
  if (ipv4_ != nullptr && interface(id).ipv4()) ipv4_->Start(now, id);
  if (dhcp_ != nullptr) dhcp_->Start(now, id);
}

void Stack::Implementation::StopInterface(Time now, InterfaceId id, bool in_good_order) {
  // First, so that it does not take the end of its address for somebody's wish.
  if (dhcp_ != nullptr) dhcp_->Stop(id);
  in_good_order ? interface(id).Stop(now) : interface(id).Crash(now);
  if (ipv4_ == nullptr) return;
  in_good_order ? ipv4_->Stop(now, id) : ipv4_->Crash(now, id);
}

void Stack::Implementation::UnplugInterface(Time now, InterfaceId id) {
  if (dhcp_ != nullptr) dhcp_->Stop(id);
  interface(id).Unplug(now);
  if (ipv4_ != nullptr) ipv4_->Unplug(now, id);
}

void Stack::Implementation::ShutDown(Time now) {
  if (!running_) return;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    StopInterface(now, static_cast<InterfaceId>(i), /*in_good_order=*/true);
  }
  running_ = false;
  tcp_.reset();
  if (ipv4_ != nullptr) ipv4_->Clear();
  routes_ = {};
  destinations_.Clear();
  reassembler_.Clear();
  awaiting_source_.clear();
  udp_ports_.Clear();
}

void Stack::Implementation::Crash(Time now) {
  if (!running_) return;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    StopInterface(now, static_cast<InterfaceId>(i), /*in_good_order=*/false);
  }
  ShutDown(now);
}

void Stack::Implementation::Advance(Time now) {
  if (!running_) return;
  now_ = now;
  for (const auto& interface : interfaces_) {
    if (interface->deadline() <= now) interface->Advance(now);
  }
  if (ipv4_ != nullptr) ipv4_->Advance(now);
  if (reassembler_.deadline() <= now) {
    reassembler_.Advance(now, *this);
  }
  if (dhcp_ != nullptr && dhcp_->deadline() <= now) dhcp_->Advance(now);
  if (tcp_ != nullptr && tcp_->deadline() <= now) tcp_->Advance(now);
  TellNameServers(now);
}

Time Stack::Implementation::deadline() const {
  if (!running_) return Time::Never();
  Time next = reassembler_.deadline();
  if (tcp_ != nullptr) next = std::min(next, tcp_->deadline());
  if (ipv4_ != nullptr) next = std::min(next, ipv4_->deadline());
  if (dhcp_ != nullptr) next = std::min(next, dhcp_->deadline());
  for (const auto& interface : interfaces_) next = std::min(next, interface->deadline());
  return next;
}

void Stack::Implementation::SetCarrier(Time now, InterfaceId id, bool up) {
  if (interface(id).carrier() == up) return;
  interface(id).set_carrier(up);
  if (!running_) return;
  up ? StartInterface(now, id) : UnplugInterface(now, id);
  destinations_.Invalidate();
  TellNameServers(now);
}

void Stack::Implementation::OnPrefixChange(InterfaceId id, const Ipv6Prefix& prefix, bool on_link) {
  if (on_link) return on_link_.Add({prefix, id, Ipv6Address()});
  on_link_.Remove(prefix);
  // Another interface may be on the same link.
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    for (const auto& entry : interfaces_[i]->discovery().prefixes().entries()) {
      if (entry.prefix == prefix) on_link_.Add({prefix, static_cast<InterfaceId>(i), {}});
    }
  }
}

const Stack::Implementation::LocalAddress* Stack::Implementation::FindLocal(
    const Ipv6Address& address, std::optional<InterfaceId> link) const {
  if (link || !address.is_link_local()) {
    return local_addresses_.Find(Zoned(address, link.value_or(InterfaceId{0})));
  }
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    const auto* local = local_addresses_.Find(Zoned(address, static_cast<InterfaceId>(i)));
    if (local != nullptr) return local;
  }
  return nullptr;
}

std::optional<Stack::Implementation::LocalAddress> Stack::Implementation::HolderBeside(
    InterfaceId id, const ZonedAddress& address) const {
  std::optional<LocalAddress> holder;
  if (address.zone != 0) return holder;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    const auto* entry = interfaces_[i]->discovery().addresses().Find(address.address);
    if (static_cast<InterfaceId>(i) == id || entry == nullptr) continue;
    const bool tentative = entry->state == AddressState::kTentative;
    if (!entry->assigned() && !tentative) continue;
    if (!holder || !tentative) {
      holder = {.interface = static_cast<InterfaceId>(i), .assigned = !tentative};
    }
  }
  return holder;
}

void Stack::Implementation::OnAddressChange(Time now, InterfaceId id,
                                            const ndp::InterfaceAddress& address) {
  const bool gone =
      address.state == AddressState::kRemoved || address.state == AddressState::kDuplicate;
  // RFC 4007 §6: several links may know this node by one link-local address.
  const ZonedAddress zoned = Zoned(address.address, id);
  if (gone) {
    const LocalAddress* local = local_addresses_.Find(zoned);
    if (local != nullptr && local->interface == id) {
      local_addresses_.Erase(zoned);
      if (const auto other = HolderBeside(id, zoned)) {
        local_addresses_.Insert(zoned, *other);
      } else if (tcp_ != nullptr && interface(id).carrier()) {
        // A cable that was pulled takes no connection along: it may be put in again.
        tcp_->OnAddressGone(now, address.address, zoned.zone);
      }
    }
  } else if (const auto other = HolderBeside(id, zoned);
             !other || !other->assigned || address.assigned()) {
    local_addresses_.Insert(zoned, {.interface = id, .assigned = address.assigned()});
  }
  environment_.observer.OnAddress(now, {.interface = id,
                                        .address = address.address,
                                        .prefix_length = address.prefix_length,
                                        .state = address.state,
                                        .origin = address.origin,
                                        .preferred_until = address.preferred_until,
                                        .valid_until = address.valid_until});
  if (!awaiting_source_.empty() && address.state != AddressState::kTentative) {
    RetryAwaitingSource(now);
  }
}

}  // namespace dualsim::host
