#include "stack/host/programs/direct_network.h"

#include <utility>

#include "stack/application/implementation.h"
#include "stack/host/programs/core.h"
#include "stack/host/programs/direct_echo.h"
#include "stack/host/programs/direct_tcp.h"
#include "stack/host/programs/direct_udp.h"
#include "stack/wire/dns.h"

namespace dualsim::host {

using application::Error;
using application::Result;
using application::Status;

application::Scheduler& DirectNetwork::scheduler() { return core_.scheduler; }

void DirectNetwork::Log(std::string_view line) {
  core_.observer.OnLog(core_.now(), {.text = line, .application = name_});
}

const application::Settings& DirectNetwork::settings() const { return core_.settings; }

application::Network* DirectNetwork::group(std::string_view name) {
  for (const auto& [known, network] : groups_) {
    if (known == name) return network.get();
  }
  for (const Programs::Core::Group& group : core_.groups) {
    if (group.name != name) continue;
    groups_.emplace_back(
        group.name, std::make_unique<DirectNetwork>(*group.core, name_,
                                                    RandomStream(random_(), group.name, name_)));
    return groups_.back().second.get();
  }
  return nullptr;
}

Result<std::unique_ptr<application::TcpListener>> DirectNetwork::ListenTcp(
    const application::TcpListenOptions& options) {
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint == nullptr) return Error::kHostDown;
  tcp::ListenOptions wanted{.port = options.port, .backlog = options.backlog};
  if (options.address && !options.address->is_unspecified()) {
    if (!core_.stack.runs(options.address->family())) return Error::kFamilyDisabled;
    if (!core_.stack.HasAddress(*options.address)) return Error::kNotOurAddress;
    wanted.address = options.address;
  }
  if (options.keepalive) {
    wanted.connection.keepalive = {options.keepalive->idle, options.keepalive->interval,
                                   options.keepalive->count};
  }
  const auto listening = endpoint->Listen(wanted);
  if (const auto* refusal = std::get_if<tcp::Refusal>(&listening)) return ErrorOf(*refusal);
  std::unique_ptr<application::TcpListener> listener =
      std::make_unique<DirectListener>(core_, std::get<tcp::ListenerId>(listening), options.port);
  return listener;
}

Result<std::unique_ptr<application::TcpFlow>> DirectNetwork::BeginConnectTcp(
    const application::SocketAddress& destination, const application::TcpConnectOptions& options) {
  if (!core_.running_on()) return Error::kHostDown;
  if (!destination.address.is_unicast() ||
      application::IsOwnBroadcast(*this, destination.address)) {
    return Error::kBadAddress;
  }
  if (const auto failed = CheckDestination(core_.stack, destination.address, destination.port)) {
    return *failed;
  }
  auto flow = std::make_unique<DirectFlow>(core_, destination, options);
  if (const Status failed = flow->Begin()) return *failed;
  return std::unique_ptr<application::TcpFlow>(std::move(flow));
}

Result<std::unique_ptr<application::UdpSocket>> DirectNetwork::ListenUdp(
    const application::UdpListenOptions& options) {
  auto socket = std::make_unique<DirectUdpSocket>(core_, options);
  if (const Status failed = socket->Listen()) return *failed;
  return std::unique_ptr<application::UdpSocket>(std::move(socket));
}

Status DirectNetwork::SendUdp(const application::UdpMessage& message) {
  // RFC 6335 §6: the dynamic ports.
  constexpr uint16_t kFirst = 49152;
  const auto port = static_cast<uint16_t>(kFirst + random_.Below(65536 - kFirst));
  return SendDatagram(core_, message, Port{port});
}

Status DirectNetwork::SendIp(const application::IpMessage& message) {
  if (!core_.running_on()) return Error::kHostDown;
  if (!core_.stack.runs(message.destination.family())) return Error::kFamilyDisabled;
  if (message.source && message.source->family() != message.destination.family()) {
    return Error::kBadAddress;
  }
  if (message.source && !core_.stack.HasAddress(*message.source)) return Error::kNotOurAddress;
  const auto failed = core_.stack.SendIp(core_.now(), {.source = message.source,
                                                       .destination = message.destination,
                                                       .interface = message.interface,
                                                       .protocol = message.protocol,
                                                       .hop_limit = message.ttl,
                                                       .may_fragment = message.fragment,
                                                       .data = message.data});
  if (failed) return ErrorOf(*failed);
  return std::nullopt;
}

bool DirectNetwork::runs(IpFamily family) const { return core_.stack.runs(family); }

std::vector<application::ConfiguredAddress> DirectNetwork::addresses() const {
  std::vector<application::ConfiguredAddress> all;
  for (const Stack::HostAddress& address : core_.stack.addresses()) {
    all.push_back({address.address, address.prefix_length, address.interface, address.preferred});
  }
  return all;
}

Result<IpAddress> DirectNetwork::SourceFor(const IpAddress& destination,
                                           std::optional<InterfaceId> interface) {
  if (!core_.stack.runs(destination.family())) return Error::kFamilyDisabled;
  const Stack::Path path = core_.stack.PathTo(core_.now(), destination, interface);
  if (!path.source) return ErrorOf(path.failure);
  return *path.source;
}

Result<uint32_t> DirectNetwork::Mtu(const IpAddress& destination) {
  if (!core_.stack.runs(destination.family())) return Error::kFamilyDisabled;
  const Stack::Path path = core_.stack.PathTo(core_.now(), destination, std::nullopt);
  if (path.mtu == 0) return ErrorOf(path.failure);
  return path.mtu;
}

application::NameServers DirectNetwork::name_servers() const {
  application::NameServers known;
  if (!core_.running_on()) return known;
  Stack::NameServers stack = core_.stack.name_servers();
  for (const Stack::NameServer& server : stack.servers) {
    known.servers.push_back({server.address, Port{wire::kDnsPort}, server.interface});
  }
  known.search = std::move(stack.search);
  return known;
}

dns::Resolver& DirectNetwork::resolver() {
  if (core_.resolver == nullptr) {
    core_.resolver = std::make_unique<Programs::Core::SharedResolver>(core_);
  }
  return core_.resolver->resolver;
}

void DirectNetwork::Note(const QueryFact& fact) {
  QueryFact told = fact;
  told.application = name_;
  core_.observer.OnQuery(core_.now(), told);
}

application::WaitList& DirectNetwork::configuration_changed() {
  return core_.configuration_changed;
}

Result<std::unique_ptr<application::PendingEcho>> DirectNetwork::BeginEcho(
    const IpAddress& destination, const application::EchoOptions& options) {
  if (!core_.stack.runs(destination.family())) return Error::kFamilyDisabled;
  auto echo = std::make_unique<DirectEcho>(core_);
  if (const Status failed = echo->Send(destination, options)) return *failed;
  return std::unique_ptr<application::PendingEcho>(std::move(echo));
}

}  // namespace dualsim::host
