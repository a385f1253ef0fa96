#include "stack/os/sockets/socket_udp.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "stack/application/implementation.h"
#include "stack/os/sockets/error_number.h"

namespace dualsim::os {

using application::Error;
using application::Result;
using application::Status;
using application::UdpArrival;

namespace {

// What a datagram weighs in its queue beside its data.
constexpr size_t kOverhead = sizeof(UdpArrival);

// Why the message can't be sent, whoever sends it.
Status Check(const Programs::Core& core, const application::UdpMessage& message) {
  const application::SocketAddress& to = message.destination;
  if (const auto failed = core.CheckDestination(to.address, to.port)) return failed;
  if (!message.source) return std::nullopt;
  if (message.source->family() != to.address.family()) return Error::kBadAddress;
  const bool nowhere = to.address.is_ipv4() && message.source->is_unspecified();
  if (!nowhere && !core.HasAddress(*message.source)) return Error::kNotOurAddress;
  return std::nullopt;
}

Status SendThrough(Programs::Core& core, const Socket& socket,
                   const application::UdpMessage& message) {
  const application::SocketAddress& to = message.destination;
  const Status failed = SendTo(socket, core.ToSystem(to), message.data,
                               {.source = message.source,
                                .interface = core.LinkOf(to.address, to.interface),
                                .ttl = message.ttl});
  if (!failed) ++core.counters.datagrams_sent;
  return failed;
}

void Prepare(Socket& socket, IpFamily family) {
  socket.Set(SOL_SOCKET, SO_BROADCAST, 1);
  if (family == IpFamily::kIpv6) socket.Set(IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

// What every node of a link hears, RFC 1112 §4, RFC 4291 §2.7.1.
const IpAddress kAllNodes[] = {*IpAddress::Parse("224.0.0.1"), *IpAddress::Parse("ff02::1")};

bool IsAllNodes(const IpAddress& group) {
  return std::find(std::begin(kAllNodes), std::end(kAllNodes), group) != std::end(kAllNodes);
}

}  // namespace

Status SendDatagram(Programs::Core& core, const application::UdpMessage& message) {
  if (const Status failed = Check(core, message)) return failed;
  const Port port = message.source_port.value_or(Port::kAny);
  const auto owner = core.udp_ports.find(port);
  if (owner != core.udp_ports.end()) return owner->second->SendFrom(message);
  const IpFamily family = message.destination.address.family();
  auto socket = Socket::Open(DomainOf(family), SOCK_DGRAM, IPPROTO_UDP);
  if (!socket) return socket.error();
  Prepare(*socket, family);
  const IpAddress from = message.source.value_or(core.config.ListenAddress(family));
  if (port != Port::kAny || !from.is_unspecified()) {
    const SystemAddress at(from, port, core.LinkOf(from, message.destination.interface));
    if (::bind(socket->file_descriptor(), at.get(), at.size()) != 0) {
      return ErrorOfNumber(errno, Call::kPrepare);
    }
  }
  return SendThrough(core, *socket, message);
}

// --- The port ---

Status SocketUdp::Listen() {
  if (listens_to_one() && !core_.HasAddress(*options_.address)) return Error::kNotOurAddress;
  if (options_.port != Port::kAny) {
    // A port is one program's, whatever its address.
    if (core_.udp_ports.contains(options_.port)) return Error::kPortInUse;
    if (const Status failed = BindAll()) return failed;
  } else {
    // The kernel draws a port for the first family; in the other it may be somebody's.
    constexpr int kAttempts = 100;
    Status failed = Error::kPortInUse;
    for (int i = 0; i < kAttempts && failed == Error::kPortInUse; ++i) {
      options_.port = Port::kAny;
      failed = BindAll();
    }
    if (failed) return failed == Error::kPortInUse ? Error::kNoPortLeft : *failed;
  }
  listening_ = true;
  core_.udp_ports[options_.port] = this;
  return std::nullopt;
}

Status SocketUdp::BindAll() {
  Status failed;
  if (listens_to_one()) {
    failed =
        Bind(*options_.address, core_.LinkOf(*options_.address, std::nullopt), Sharing::kAlone);
  } else {
    for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
      if (failed || !core_.config.runs(family)) continue;
      const IpAddress at = core_.config.ListenAddress(family);
      failed = Bind(at, core_.LinkOf(at, std::nullopt), Sharing::kAlone);
    }
    if (!failed) failed = BindForMany();
  }
  if (failed) CloseAll();
  return failed;
}

// A socket that has an address hears neither broadcasts nor what is for all nodes; these do.
Status SocketUdp::BindForMany() {
  for (const MachineAddress& own : core_.machine.all()) {
    const IpAddress only = core_.config.ListenAddress(own.address.family());
    if (own.address != only || own.address.is_loopback()) continue;
    std::vector<IpAddress> all = {kAllNodes[own.address.is_ipv4() ? 0 : 1]};
    if (own.address.is_ipv4()) all.push_back(Ipv4Address::Broadcast());
    if (const auto near = application::BroadcastOf(own.address, own.prefix_length)) {
      all.push_back(*near);
    }
    for (const IpAddress& to : all) {
      if (const Status failed = Bind(to, own.interface, Sharing::kShared)) return failed;
    }
  }
  return std::nullopt;
}

Status SocketUdp::Bind(const IpAddress& address, int interface, Sharing sharing) {
  auto socket = Socket::Open(DomainOf(address.family()), SOCK_DGRAM, IPPROTO_UDP);
  if (!socket) return socket.error();
  Prepare(*socket, address.family());
  TellAll(*socket, address.family());
  socket->Set(SOL_SOCKET, SO_RCVBUF,
              static_cast<int>(std::min<size_t>(options_.queue_bytes, size_t{1} << 30)));
  if (sharing == Sharing::kShared) {
    socket->Set(SOL_SOCKET, SO_REUSEADDR, 1);
    socket->BindToInterface(interface);
  }
  const SystemAddress at(address, options_.port, interface);
  if (::bind(socket->file_descriptor(), at.get(), at.size()) != 0) {
    return ErrorOfNumber(errno, Call::kPrepare);
  }
  if (options_.port == Port::kAny) {
    SystemAddress local;
    ::getsockname(socket->file_descriptor(), local.get(), local.mutable_size());
    options_.port = local.port();
  }
  core_.loop.Add(socket->file_descriptor(), Trigger::kChange, *this);
  parts_.push_back({*std::move(socket), address});
  return std::nullopt;
}

void SocketUdp::CloseAll() {
  for (const Part& part : parts_) core_.loop.Remove(part.socket.file_descriptor());
  parts_.clear();
}

void SocketUdp::Unlisten() {
  if (!listening_) return;
  // What came until now can still be received.
  size_t queued = 0;
  while (queued < options_.queue_bytes) {
    auto arrival = Next();
    if (!arrival) break;
    queued += kOverhead + arrival->data.size();
    arrivals_.push_back(*std::move(arrival));
  }
  listening_ = postponed_ = false;
  CloseAll();
  core_.udp_ports.erase(options_.port);
  for (const IpAddress& group : groups_) core_.groups.erase(core_.groups.find(group));
  receivable_.WakeAll(core_.scheduler);
  core_.OnFileFreed();
}

// --- Sending ---

SocketUdp::Part* SocketUdp::PartFor(const IpAddress& address) {
  // The first of a family is the one that has the host's address.
  for (Part& part : parts_) {
    if (part.address.family() == address.family()) return &part;
  }
  return nullptr;
}

Status SocketUdp::Send(const application::UdpMessage& message) {
  if (!listening_) return Error::kClosed;
  application::UdpMessage sent = message;
  if (!sent.source && listens_to_one()) sent.source = options_.address;
  if (!sent.source_port) sent.source_port = options_.port;
  return SendDatagram(core_, sent);
}

Status SocketUdp::SendFrom(const application::UdpMessage& message) {
  const Part* const part = PartFor(message.destination.address);
  if (part == nullptr) return Error::kFamilyDisabled;
  return SendThrough(core_, part->socket, message);
}

Status SocketUdp::JoinGroup(const IpAddress& group, std::optional<InterfaceId> interface) {
  if (!listening_) return Error::kClosed;
  if (!group.is_multicast()) return Error::kMulticastOnly;
  if (!core_.config.runs(group.family())) return Error::kFamilyDisabled;
  const int index = core_.LinkOf(group, interface);
  if (index == 0) return Error::kNoRoute;
  Part* part = PartFor(group);
  if (part == nullptr) return Error::kFamilyDisabled;
  if (!listens_to_one() && !part->address.is_unspecified()) {
    // A socket that has an address hears no groups.
    if (const Status failed = Bind(group, index, Sharing::kShared)) return failed;
    part = &parts_.back();
  }
  bool joined = false;
  if (group.is_ipv4()) {
    ip_mreqn request{};
    request.imr_multiaddr.s_addr = htonl(group.ipv4().ToInteger());
    request.imr_ifindex = index;
    joined = part->socket.Set(IPPROTO_IP, IP_ADD_MEMBERSHIP, request);
  } else {
    ipv6_mreq request{};
    std::copy(group.bytes().begin(), group.bytes().end(), request.ipv6mr_multiaddr.s6_addr);
    request.ipv6mr_interface = static_cast<unsigned>(index);
    joined = part->socket.Set(IPPROTO_IPV6, IPV6_JOIN_GROUP, request);
  }
  // EADDRINUSE: this socket has joined it before.
  if (!joined && errno != EADDRINUSE) return Error::kNoRoute;
  groups_.push_back(group);
  core_.groups.insert(group);
  return std::nullopt;
}

// --- Receiving ---

bool SocketUdp::IsForUs(const ReceivedInfo& received) const {
  if (!received.destination) return false;
  const IpAddress& to = *received.destination;
  if (listens_to_one()) return to == *options_.address;
  // A socket of Linux hears what any other has joined; a host of ours hears its own.
  return !to.is_multicast() || IsAllNodes(to) || core_.groups.contains(to);
}

std::optional<UdpArrival> SocketUdp::NextOf(const Part& part) {
  BufferPool::Buffer buffer = core_.buffers.Take();
  std::optional<UdpArrival> arrival;
  const auto error = ReceiveFrom(part.socket, Queue::kErrors, {});
  if (error) {
    arrival =
        UdpArrival{.source = {error->error->reporter},
                   .destination = {error->peer.address(), error->peer.port()},
                   .icmp_error = application::ErrorOfIcmp(error->peer.address().family(),
                                                          error->error->type, error->error->code)};
  }
  while (!arrival) {
    const auto received =
        ReceiveFrom(part.socket, Queue::kDatagrams, {buffer.get(), BufferPool::kSize});
    if (!received) break;
    if (!IsForUs(*received)) continue;
    const IpAddress source = received->peer.address();
    arrival = UdpArrival{
        .source = {source, received->peer.port(), core_.ToldLink(source, received->interface)},
        .destination = {*received->destination, options_.port,
                        core_.ToldLink(*received->destination, received->interface)},
        .ttl = received->ttl,
        .data = {buffer.get(), buffer.get() + received->size}};
    ++core_.counters.datagrams_received;
  }
  core_.buffers.Give(std::move(buffer));
  return arrival;
}

std::optional<UdpArrival> SocketUdp::Next() {
  for (size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[next_++ % parts_.size()];
    if (auto arrival = NextOf(part)) return arrival;
  }
  return std::nullopt;
}

std::optional<Result<UdpArrival>> SocketUdp::TryReceive() {
  postponed_ = false;
  if (!arrivals_.empty()) {
    UdpArrival arrival = std::move(arrivals_.front());
    arrivals_.pop_front();
    return Result<UdpArrival>(std::move(arrival));
  }
  if (!listening_) return Result<UdpArrival>(Error::kClosed);
  postponed_ = !core_.SpendCall();
  if (postponed_) return std::nullopt;
  if (auto arrival = Next()) return Result<UdpArrival>(*std::move(arrival));
  return std::nullopt;
}

}  // namespace dualsim::os
