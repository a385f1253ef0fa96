#include "stack/os/sockets/core.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "stack/os/sockets/error_number.h"
#include "stack/os/sockets/socket_tcp.h"

namespace dualsim::os {

using application::Error;
using application::Result;

namespace {

// Whether the address means something on one link alone.
bool IsOfALink(const IpAddress& address) {
  return address.is_link_local() || address.is_multicast() ||
         (address.is_ipv4() && address.ipv4().is_broadcast());
}

}  // namespace

BufferPool::Buffer BufferPool::Take() {
  if (free_.empty()) return std::make_unique_for_overwrite<uint8_t[]>(kSize);
  Buffer buffer = std::move(free_.back());
  free_.pop_back();
  return buffer;
}

void BufferPool::Give(Buffer buffer) {
  if (buffer != nullptr && free_.size() < kKept) free_.push_back(std::move(buffer));
}

Programs::Core::Core(SocketsConfig config, EventLoop& loop, Observer& observer,
                     const RandomSource& random, application::Settings settings)
    : config(std::move(config)),
      loop(loop),
      observer(observer),
      random(random),
      settings(std::move(settings)),
      machine(loop) {
  // Programs count interfaces from 0; the loopback comes last.
  for (const bool loopback : {false, true}) {
    for (const MachineAddress& own : machine.all()) {
      const IpAddress only = this->config.ListenAddress(own.address.family());
      const bool used = only.is_unspecified() || own.address == only;
      if (used && own.address.is_loopback() == loopback) IdOf(own.interface);
    }
  }
}

Programs::Core::~Core() = default;

Programs::Core::SharedResolver::SharedResolver(Core& core)
    : network(core, "resolver", core.random.Stream("resolver")),
      resolver(network, dns::ResolverConfig::From(core.settings)) {}

Programs::Core::Running::Running(Core& core, std::string name, RandomStream random,
                                 application::Program program)
    : program(std::move(program)), network(core, std::move(name), random), scope(core.scheduler) {}

void Programs::Core::Run() {
  calls_left_ = kCallsPerTurn;
  scheduler.SetNow(loop.now());
  if (machine.Refresh()) {
    configuration_changed.WakeAll(scheduler);
    for (SocketFlow* flow : awaiting_source) flow->OnConfigurationChange();
  }
  next_turn.WakeAll(scheduler);
  scheduler.Run(loop.now());
}

std::optional<Error> Programs::Core::CheckDestination(const IpAddress& address, Port port) const {
  if (address.is_unspecified() || port == Port::kAny) return Error::kBadAddress;
  if (!config.runs(address.family())) return Error::kFamilyDisabled;
  return std::nullopt;
}

bool Programs::Core::HasAddress(const IpAddress& address) const {
  if (!config.runs(address.family()) || !address.is_unicast()) return false;
  // RFC 4291 §2.5.3: every node's own, whatever else it has.
  if (address.is_ipv6() && address.is_loopback()) return true;
  const IpAddress only = config.ListenAddress(address.family());
  if (!only.is_unspecified()) return address == only;
  for (const MachineAddress& own : machine.all()) {
    if (own.address == address) return !own.tentative;
  }
  // The kernel has more than it lists: all of 127.0.0.0/8.
  auto socket = Socket::Open(DomainOf(address.family()), SOCK_DGRAM, 0);
  if (!socket) return false;
  const SystemAddress to(address, Port::kAny, 0);
  return ::bind(socket->file_descriptor(), to.get(), to.size()) == 0;
}

std::vector<application::ConfiguredAddress> Programs::Core::addresses() const {
  std::vector<application::ConfiguredAddress> all;
  for (const MachineAddress& own : machine.all()) {
    if (own.tentative || !config.runs(own.address.family())) continue;
    const IpAddress only = config.ListenAddress(own.address.family());
    if (!only.is_unspecified() && own.address != only) continue;
    all.push_back({own.address, own.prefix_length, IdOf(own.interface), !own.deprecated});
  }
  return all;
}

bool Programs::Core::HasTentativeAddress(IpFamily family) const {
  return std::any_of(machine.all().begin(), machine.all().end(), [family](const auto& own) {
    return own.tentative && own.address.family() == family;
  });
}

int Programs::Core::IndexOf(std::optional<InterfaceId> interface) const {
  const auto slot = static_cast<size_t>(interface.value_or(InterfaceId{0xffff}));
  return slot < interfaces_.size() ? interfaces_[slot] : 0;
}

InterfaceId Programs::Core::IdOf(int index) const {
  const auto found = std::find(interfaces_.begin(), interfaces_.end(), index);
  const auto id = static_cast<InterfaceId>(found - interfaces_.begin());
  if (found == interfaces_.end()) interfaces_.push_back(index);
  return id;
}

int Programs::Core::LinkOf(const IpAddress& address, std::optional<InterfaceId> interface) const {
  if (interface) return IndexOf(interface);
  if (!IsOfALink(address)) return 0;
  int only = 0;
  for (const MachineAddress& own : machine.all()) {
    if (own.address == address) return own.interface;
    if (own.address.is_loopback() || own.interface == only) continue;
    if (only != 0) return 0;
    only = own.interface;
  }
  return only;
}

std::optional<InterfaceId> Programs::Core::ToldLink(const IpAddress& address, int index) const {
  if (!IsOfALink(address) || index == 0) return std::nullopt;
  return IdOf(index);
}

application::SocketAddress Programs::Core::FromSystem(const SystemAddress& address) const {
  const IpAddress ip = address.address();
  return {ip, address.port(), ToldLink(ip, address.interface())};
}

Result<Socket> Programs::Core::RouteTo(const IpAddress& destination,
                                       std::optional<InterfaceId> interface) const {
  const IpFamily family = destination.family();
  if (!config.runs(family)) return Error::kFamilyDisabled;
  // Linux takes it for itself.
  if (destination.is_unspecified()) return Error::kNoRoute;
  auto socket = Socket::Open(DomainOf(family), SOCK_DGRAM, 0);
  if (!socket) return socket;
  socket->Set(SOL_SOCKET, SO_BROADCAST, 1);
  if (const int index = IndexOf(interface); index != 0) socket->BindToInterface(index);
  if (const IpAddress only = config.ListenAddress(family); !only.is_unspecified()) {
    const SystemAddress from(only, Port::kAny, LinkOf(only, std::nullopt));
    if (::bind(socket->file_descriptor(), from.get(), from.size()) != 0) {
      return Error::kNoSourceAddress;
    }
  }
  constexpr Port kDiscard{9};  // Nothing is sent there.
  const SystemAddress to(destination, kDiscard, LinkOf(destination, interface));
  if (::connect(socket->file_descriptor(), to.get(), to.size()) != 0) {
    return ErrorOfNumber(errno, Call::kRoute);
  }
  return socket;
}

Result<IpAddress> Programs::Core::SourceFor(const IpAddress& destination,
                                            std::optional<InterfaceId> interface) const {
  auto socket = RouteTo(destination, interface);
  if (!socket) return socket.error();
  SystemAddress local;
  if (::getsockname(socket->file_descriptor(), local.get(), local.mutable_size()) != 0 ||
      !local.is_ip()) {
    return Error::kOther;
  }
  const IpAddress source = local.address();
  if (source.is_unspecified()) return Error::kNoSourceAddress;
  return source;
}

void Programs::Core::OnFileFreed() {
  for (SocketListener* listener : awaiting_files) listener->OnFileFreed();
  awaiting_files.clear();
}

}  // namespace dualsim::os
