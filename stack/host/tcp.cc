// TCP over the stack: what its layer asks of IP, and what IP hands to it.
// RFC 9293 §3.9.2, RFC 3168 §5, RFC 5461, RFC 5927.

#include <algorithm>
#include <utility>

#include "stack/host/stack_implementation.h"
#include "stack/host/zone.h"

namespace dualsim::host {
namespace {

// RFC 3168 §5: the codepoints of the ECN field.
constexpr uint8_t kEcnMask = 3;
constexpr uint8_t kEct0 = 2;
constexpr uint8_t kCe = 3;

// RFC 5461 §4.1, RFC 4443 §3.1: what says that nobody will ever answer there. Not a
// Parameter Problem: no connection ends for it, RFC 9293 §3.9.2.2.
bool IsHard(const wire::Icmpv6Error& error) {
  if (error.type != wire::Icmpv6Type::kDestinationUnreachable) return false;
  const auto code = static_cast<wire::UnreachableCode>(error.code);
  return code == wire::UnreachableCode::kPort || code == wire::UnreachableCode::kProhibited;
}

}  // namespace

TcpLayer& Stack::Implementation::tcp_layer() {
  // Made when it is first needed: most nodes of a large network never speak TCP.
  if (tcp_ == nullptr) {
    tcp_ = std::make_unique<TcpLayer>(config_.tcp, config_.tells_paths,
                                      static_cast<TcpCarrier&>(*this), environment_.packets,
                                      environment_.observer, environment_.random);
  }
  return *tcp_;
}

tcp::Endpoint* Stack::Implementation::tcp(Time now) {
  if (!running_) return nullptr;
  now_ = now;
  return &tcp_layer().endpoint();
}

void Stack::Implementation::OnTcp(const Received& received, ByteView message) {
  now_ = received.now;
  tcp_layer().OnSegment(received.now, {.interface = received.interface,
                                       .source = received.header.source,
                                       .destination = received.header.destination,
                                       .ce = (received.header.traffic_class & kEcnMask) == kCe,
                                       .segment = message,
                                       .packet = received.packet});
}

void Stack::Implementation::ReportTcpError(const Received& received, const wire::Icmpv6Error& error,
                                           const ipv6::QuotedPacket& quoted) {
  if (tcp_ == nullptr) return;
  const bool too_big = error.type == wire::Icmpv6Type::kPacketTooBig;
  TcpLayer::ErrorKind kind = TcpLayer::ErrorKind::kSoft;
  if (too_big) {
    kind = TcpLayer::ErrorKind::kTooBig;
  } else if (IsHard(error)) {
    kind = TcpLayer::ErrorKind::kHard;
  }
  tcp_->OnIcmpError({.kind = kind,
                     .interface = received.interface,
                     .local = quoted.source,
                     .remote = quoted.destination,
                     .quoted = quoted.upper,
                     .mtu = too_big ? error.parameter : 0});
}

std::optional<DropReason> Stack::Implementation::SendTcp(Time now, const tcp::Flow& flow, bool ect,
                                                         Packet segment) {
  if (flow.remote.is_ipv4()) {
    if (ipv4_ == nullptr) return DropReason::NO_ROUTE;
    return ipv4_->SendTcp(now, flow.local.ipv4(), flow.remote.ipv4(), ect ? kEct0 : uint8_t{0},
                          std::move(segment));
  }
  const Outgoing outgoing{.source = flow.local.ipv6(),
                          .destination = flow.remote.ipv6(),
                          .interface = InterfaceOfZone(flow.zone),
                          .next_header = wire::NextHeader::kTcp,
                          .traffic_class = ect ? kEct0 : uint8_t{0},
                          .flow = Number(flow.local_port),
                          .flow_to = Number(flow.remote_port)};
  // RFC 4862 §5.4: not from an address that is tentative (again).
  const LocalAddress* local = FindLocal(outgoing.source, outgoing.interface);
  const bool assigned =
      local != nullptr ? local->assigned : config_.forwarding && IsAnycast(outgoing.source);
  if (!assigned) return DropReason::NO_SOURCE_ADDRESS;
  return Send(now, outgoing, std::move(segment));
}

bool Stack::Implementation::IsOwnAddress(const IpAddress& address, uint16_t zone) const {
  if (address.is_ipv4()) return ipv4_ != nullptr && ipv4_->IsAssigned(address.ipv4());
  return InterfaceOfOwn(address.ipv6(), InterfaceOfZone(zone)).has_value();
}

uint32_t Stack::Implementation::TcpPathMtu(const tcp::Flow& flow) {
  if (flow.remote.is_ipv4()) {
    return ipv4_ != nullptr ? ipv4_->PathMtu(now_, flow.remote.ipv4()) : tcp::kMinMtuIpv4;
  }
  ipv6::Destination* destination =
      FindDestination(now_, flow.remote.ipv6(), InterfaceOfZone(flow.zone));
  if (destination == nullptr) return tcp::kMinMtuIpv6;
  const NextHop hop = NextHopFor(now_, *destination, flow.local.ipv6());
  return std::min(PathMtu(now_, *destination), interface(hop.interface).mtu());
}

uint32_t Stack::Implementation::TcpLinkMtu(const tcp::Flow& flow) {
  if (flow.remote.is_ipv4()) {
    return ipv4_ != nullptr ? ipv4_->LinkMtu(flow.remote.ipv4()) : tcp::kMinMtuIpv4;
  }
  const ipv6::Destination* destination =
      FindDestination(now_, flow.remote.ipv6(), InterfaceOfZone(flow.zone));
  if (destination == nullptr) return tcp::kMinMtuIpv6;
  return interface(NextHopFor(now_, *destination, flow.local.ipv6()).interface).mtu();
}

void Stack::Implementation::ConfirmNextHop(Time now, const tcp::Flow& flow) {
  if (flow.remote.is_ipv4()) {
    if (ipv4_ != nullptr) ipv4_->ConfirmReachability(now, flow.remote.ipv4());
    return;
  }
  const ipv6::Destination* destination = destinations_.Find({flow.remote.ipv6(), flow.zone});
  if (destination == nullptr || !destinations_.IsCurrent(*destination)) return;
  const NextHop hop = NextHopFor(now, *destination, flow.local.ipv6());
  interface(hop.interface).discovery().neighbors().ConfirmReachability(now, hop.address);
}

Stack::Path Stack::Implementation::PathTo(Time now, const IpAddress& destination,
                                          std::optional<InterfaceId> interface_id) {
  Path path;
  if (!running_) return path;
  if (destination.is_ipv4()) return Ipv4PathTo(now, destination.ipv4());
  const Ipv6Address to = destination.ipv6();
  std::optional<Ipv6Address> next_hop;
  if (to.is_multicast()) {
    const auto out = interface_id ? interface_id : OnlyInterface();
    path.failure = DropReason::NO_ROUTE;
    if (!out) return path;
    path.interface = *out;
    path.mtu = interface(*out).mtu();
  } else if (const auto own = InterfaceOfOwn(to, interface_id)) {
    path.interface = *own;
    path.mtu = kLoopbackMtu;
    if (FindLocal(to, *own) != nullptr) path.source = to;
    if (path.source) return path;  // It is no anycast address.
  } else {
    ipv6::Destination* found = FindDestination(now, to, interface_id);
    path.failure = DropReason::NO_ROUTE;
    if (found == nullptr) return path;
    path.interface = found->interface;
    path.mtu = PathMtu(now, *found);
    next_hop = found->next_hop;
  }
  path.failure = DropReason::NO_SOURCE_ADDRESS;
  if (const auto source = SelectSource(now, to, path.interface, next_hop)) path.source = *source;
  path.source_is_tentative = !path.source && HasTentativeAddress(path.interface);
  return path;
}

Stack::Path Stack::Implementation::Ipv4PathTo(Time now, const Ipv4Address& destination) {
  Path path{.failure = DropReason::NO_ROUTE};
  if (ipv4_ == nullptr) return path;
  if (ipv4_->IsAssigned(destination)) {
    path.source = destination;
    path.mtu = kLoopbackMtu;
  } else if (const auto source = ipv4_->SourceFor(destination)) {
    path.source = *source;
    path.mtu = ipv4_->PathMtu(now, destination);
  }
  return path;
}

std::optional<DropReason> Stack::Implementation::SendIp(Time now, const IpMessage& message) {
  if (!running_) return DropReason::INTERFACE_DOWN;
  if (message.destination.is_ipv4()) {
    return ipv4_ == nullptr ? DropReason::IPV4_NOT_CONFIGURED : ipv4_->SendIp(now, message);
  }
  if (message.source && !message.source->is_ipv6()) return DropReason::NO_SOURCE_ADDRESS;
  const Path path = PathTo(now, message.destination, message.interface);
  if (!message.source && !path.source) return path.failure;
  if (!message.may_fragment && message.data.size() + wire::Ipv6Header::kSize > path.mtu) {
    return DropReason::PACKET_TOO_BIG;
  }
  const Outgoing outgoing{.source = (message.source ? *message.source : *path.source).ipv6(),
                          .destination = message.destination.ipv6(),
                          .interface = message.interface,
                          .next_header = static_cast<wire::NextHeader>(message.protocol),
                          .hop_limit = message.hop_limit};
  return Send(now, outgoing, environment_.packets.Copy(message.data));
}

bool Stack::Implementation::HasTentativeAddress(InterfaceId id) const {
  const auto& addresses = interface(id).discovery().addresses().entries();
  return std::any_of(addresses.begin(), addresses.end(), [](const ndp::InterfaceAddress& address) {
    return address.state == AddressState::kTentative;
  });
}

bool Stack::Implementation::HasAddress(const IpAddress& address) const {
  if (address.is_ipv4()) return IsOwnAddress(address, 0);
  const LocalAddress* local = FindLocal(address.ipv6(), std::nullopt);
  return local != nullptr && local->assigned;
}

std::vector<Stack::HostAddress> Stack::Implementation::addresses() const {
  std::vector<HostAddress> all;
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    for (const auto& entry : interfaces_[i]->discovery().addresses().entries()) {
      if (!entry.assigned()) continue;
      all.push_back({.address = entry.address,
                     .prefix_length = entry.prefix_length,
                     .interface = static_cast<InterfaceId>(i),
                     .preferred = entry.state == AddressState::kPreferred});
    }
    if (ipv4_ != nullptr) ipv4_->AppendAddresses(static_cast<InterfaceId>(i), all);
  }
  return all;
}

}  // namespace dualsim::host
