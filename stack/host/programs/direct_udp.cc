#include "stack/host/programs/direct_udp.h"

#include <utility>

#include "stack/application/implementation.h"

namespace dualsim::host {

using application::Error;
using application::Status;
using application::UdpArrival;

namespace {

// What a datagram weighs in its queue beside its data.
constexpr size_t kOverhead = sizeof(UdpArrival);

std::optional<InterfaceId> LinkOf(const IpAddress& address, InterfaceId interface) {
  const bool of_a_link = address.is_link_local() || address.is_multicast() ||
                         (address.is_ipv4() && address.ipv4().is_broadcast());
  if (!of_a_link) return std::nullopt;
  return interface;
}

// On which link a group is joined: the stack answers for a group of IPv6, whose route is its
// link alone, and that is the link of one of IPv4 too (RFC 1112 §6.1).
Stack::Path PathToGroup(Stack& stack, Time now, const IpAddress& group,
                        std::optional<InterfaceId> interface) {
  static const IpAddress kAllNodes = *IpAddress::Parse("ff02::1");
  return stack.PathTo(now, group.is_ipv6() ? group : kAllNodes, interface);
}

}  // namespace

Status SendDatagram(Programs::Core& core, const application::UdpMessage& message, Port port) {
  if (!core.running_on()) return Error::kHostDown;
  const application::SocketAddress& to = message.destination;
  if (const auto failed = CheckDestination(core.stack, to.address, to.port)) return failed;
  if (message.source) {
    if (message.source->family() != to.address.family()) return Error::kBadAddress;
    if (!core.stack.HasAddress(*message.source)) return Error::kNotOurAddress;
  }
  const auto failed =
      core.stack.SendUdp(core.now(), {.source = message.source,
                                      .source_port = message.source_port.value_or(port),
                                      .destination = to.address,
                                      .destination_port = to.port,
                                      .interface = to.interface,
                                      .hop_limit = message.ttl,
                                      .data = message.data});
  if (failed) return ErrorOf(*failed);
  return std::nullopt;
}

Status DirectUdpSocket::Listen() {
  if (!core_.running_on()) return Error::kHostDown;
  if (options_.address && !options_.address->is_unspecified() &&
      !core_.stack.HasAddress(*options_.address)) {
    return Error::kNotOurAddress;
  }
  if (options_.port == Port::kAny) {
    const std::optional<Port> port = core_.stack.ListenUdpOnEphemeral(*this);
    if (!port) return Error::kNoPortLeft;
    options_.port = *port;
  } else if (core_.stack.ListenUdp(options_.port, *this)) {
    return Error::kPortInUse;
  }
  listening_ = true;
  return std::nullopt;
}

Status DirectUdpSocket::Send(const application::UdpMessage& message) {
  if (!listening_) return Error::kClosed;
  application::UdpMessage sent = message;
  if (!sent.source && options_.address && !options_.address->is_unspecified()) {
    sent.source = options_.address;
  }
  return SendDatagram(core_, sent, options_.port);
}

void DirectUdpSocket::Unlisten() {
  if (!listening_) return;
  listening_ = false;
  // After the node stopped the port and the groups are free already.
  if (core_.running_on()) {
    core_.stack.UnlistenUdp(options_.port);
    for (const auto& [interface, group] : groups_) {
      core_.stack.LeaveGroup(core_.now(), interface, group);
    }
  }
  receivable_.WakeAll(core_.scheduler);
}

Status DirectUdpSocket::JoinGroup(const IpAddress& group, std::optional<InterfaceId> interface) {
  if (!listening_) return Error::kClosed;
  if (!group.is_multicast()) return Error::kMulticastOnly;
  if (!core_.stack.runs(group.family())) return Error::kFamilyDisabled;
  const Stack::Path path = PathToGroup(core_.stack, core_.now(), group, interface);
  if (path.mtu == 0) return Error::kNoRoute;
  if (core_.stack.JoinGroup(core_.now(), path.interface, group)) return Error::kNoRoute;
  groups_.emplace_back(path.interface, group);
  return std::nullopt;
}

std::optional<application::Result<UdpArrival>> DirectUdpSocket::TryReceive() {
  if (!arrivals_.empty()) {
    UdpArrival arrival = std::move(arrivals_.front());
    arrivals_.pop_front();
    queued_ -= kOverhead + arrival.data.size();
    return application::Result<UdpArrival>(std::move(arrival));
  }
  if (!listening_) return application::Result<UdpArrival>(Error::kClosed);
  if (!core_.running_on()) return application::Result<UdpArrival>(Error::kHostDown);
  return std::nullopt;
}

void DirectUdpSocket::Queue(Time now, UdpArrival arrival) {
  const size_t weight = kOverhead + arrival.data.size();
  if (queued_ + weight > options_.queue_bytes && !arrivals_.empty()) {
    core_.observer.OnDrop(now, {.reason = DropReason::UDP_QUEUE_FULL, .packet = arrival.data});
    return;
  }
  queued_ += weight;
  arrivals_.push_back(std::move(arrival));
  receivable_.WakeOne(core_.scheduler);
}

void DirectUdpSocket::OnDatagram(Time now, const udp::ReceivedDatagram& datagram) {
  const bool ours = !options_.address || options_.address->is_unspecified() ||
                    *options_.address == datagram.destination;
  if (!ours) {
    core_.observer.OnDrop(now, {.interface = datagram.interface,
                                .reason = DropReason::UDP_NO_LISTENER,
                                .packet = datagram.data});
    return;
  }
  Queue(now, {.source = {datagram.source, datagram.source_port,
                         LinkOf(datagram.source, datagram.interface)},
              .destination = {datagram.destination, datagram.destination_port,
                              LinkOf(datagram.destination, datagram.interface)},
              .ttl = datagram.hop_limit,
              .data = {datagram.data.begin(), datagram.data.end()}});
}

void DirectUdpSocket::OnDatagramError(Time now, const udp::DatagramError& error) {
  Queue(now, {.source = {error.reporter},
              .destination = {error.destination, error.destination_port},
              .icmp_error =
                  application::ErrorOfIcmp(error.destination.family(), error.type, error.code)});
}

}  // namespace dualsim::host
