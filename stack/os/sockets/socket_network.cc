#include "stack/os/sockets/socket_network.h"

#include <netinet/in.h>

#include <cerrno>
#include <utility>

#include "stack/application/implementation.h"
#include "stack/os/sockets/core.h"
#include "stack/os/sockets/error_number.h"
#include "stack/os/sockets/socket_echo.h"
#include "stack/os/sockets/socket_ip.h"
#include "stack/os/sockets/socket_tcp.h"
#include "stack/os/sockets/socket_udp.h"

namespace dualsim::os {

using application::Error;
using application::Result;
using application::Status;

application::Scheduler& SocketNetwork::scheduler() { return core_.scheduler; }

void SocketNetwork::Log(std::string_view line) {
  core_.observer.OnLog(core_.now(), {.text = line, .application = name_});
}

const application::Settings& SocketNetwork::settings() const { return core_.settings; }

Result<std::unique_ptr<application::TcpListener>> SocketNetwork::ListenTcp(
    const application::TcpListenOptions& options) {
  auto listener = std::make_unique<SocketListener>(core_, options);
  if (const Status failed = listener->Listen()) return *failed;
  return std::unique_ptr<application::TcpListener>(std::move(listener));
}

Result<std::unique_ptr<application::TcpFlow>> SocketNetwork::BeginConnectTcp(
    const application::SocketAddress& destination, const application::TcpConnectOptions& options) {
  if (!destination.address.is_unicast() ||
      application::IsOwnBroadcast(*this, destination.address)) {
    return Error::kBadAddress;
  }
  if (const auto failed = core_.CheckDestination(destination.address, destination.port)) {
    return *failed;
  }
  auto flow = std::make_unique<SocketFlow>(core_, destination, options);
  if (const Status failed = flow->Begin()) return *failed;
  return std::unique_ptr<application::TcpFlow>(std::move(flow));
}

Result<std::unique_ptr<application::UdpSocket>> SocketNetwork::ListenUdp(
    const application::UdpListenOptions& options) {
  auto socket = std::make_unique<SocketUdp>(core_, options);
  if (const Status failed = socket->Listen()) return *failed;
  return std::unique_ptr<application::UdpSocket>(std::move(socket));
}

Status SocketNetwork::SendUdp(const application::UdpMessage& message) {
  return SendDatagram(core_, message);
}

Status SocketNetwork::SendIp(const application::IpMessage& message) {
  if (!core_.config.runs(message.destination.family())) return Error::kFamilyDisabled;
  if (message.source && !core_.HasAddress(*message.source)) return Error::kNotOurAddress;
  return SendIpPacket(core_, message);
}

bool SocketNetwork::runs(IpFamily family) const { return core_.config.runs(family); }

std::vector<application::ConfiguredAddress> SocketNetwork::addresses() const {
  return core_.addresses();
}

Result<IpAddress> SocketNetwork::SourceFor(const IpAddress& destination,
                                           std::optional<InterfaceId> interface) {
  return core_.SourceFor(destination, interface);
}

Result<uint32_t> SocketNetwork::Mtu(const IpAddress& destination) {
  auto socket = core_.RouteTo(destination, std::nullopt);
  if (!socket) return socket.error();
  const bool ipv4 = destination.is_ipv4();
  const auto mtu = socket->Get<int>(ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_MTU : IPV6_MTU);
  if (!mtu) return ErrorOfNumber(errno, Call::kRoute);
  return static_cast<uint32_t>(*mtu);
}

application::NameServers SocketNetwork::name_servers() const { return core_.config.name_servers; }

dns::Resolver& SocketNetwork::resolver() {
  if (core_.resolver == nullptr) {
    core_.resolver = std::make_unique<Programs::Core::SharedResolver>(core_);
  }
  return core_.resolver->resolver;
}

void SocketNetwork::Note(const QueryFact& fact) {
  QueryFact told = fact;
  told.application = name_;
  core_.observer.OnQuery(core_.now(), told);
}

application::WaitList& SocketNetwork::configuration_changed() {
  return core_.configuration_changed;
}

Result<std::unique_ptr<application::PendingEcho>> SocketNetwork::BeginEcho(
    const IpAddress& destination, const application::EchoOptions& options) {
  if (!core_.config.runs(destination.family())) return Error::kFamilyDisabled;
  auto echo = std::make_unique<SocketEcho>(core_);
  if (const Status failed = echo->Send(destination, options)) return *failed;
  return std::unique_ptr<application::PendingEcho>(std::move(echo));
}

}  // namespace dualsim::os
