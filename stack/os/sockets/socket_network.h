#pragma once

#include <memory>
#include <string>

#include "stack/application/network.h"
#include "stack/base/random_stream.h"
#include "stack/os/sockets/programs.h"

namespace dualsim::os {

// The network of one program, over the machine's sockets.
class SocketNetwork final : public application::Network {
 public:
  SocketNetwork(Programs::Core& core, std::string name, RandomStream random)
      : core_(core), name_(std::move(name)), random_(random) {}

  const std::string& name() const { return name_; }

  application::Scheduler& scheduler() override;
  RandomStream& random() override { return random_; }
  void Log(std::string_view line) override;
  const application::Settings& settings() const override;
  application::Network* group(std::string_view) override { return nullptr; }

  application::Result<std::unique_ptr<application::TcpListener>> ListenTcp(
      const application::TcpListenOptions& options) override;
  application::Result<std::unique_ptr<application::UdpSocket>> ListenUdp(
      const application::UdpListenOptions& options) override;
  application::Status SendUdp(const application::UdpMessage& message) override;
  application::Status SendIp(const application::IpMessage& message) override;

  bool runs(IpFamily family) const override;
  std::vector<application::ConfiguredAddress> addresses() const override;
  application::Result<IpAddress> SourceFor(const IpAddress& destination,
                                           std::optional<InterfaceId> interface) override;
  application::Result<uint32_t> Mtu(const IpAddress& destination) override;
  application::NameServers name_servers() const override;
  dns::Resolver& resolver() override;
  void Note(const QueryFact& fact) override;
  application::WaitList& configuration_changed() override;

  application::Result<std::unique_ptr<application::TcpFlow>> BeginConnectTcp(
      const application::SocketAddress& destination,
      const application::TcpConnectOptions& options) override;
  application::Result<std::unique_ptr<application::PendingEcho>> BeginEcho(
      const IpAddress& destination, const application::EchoOptions& options) override;

 private:
  Programs::Core& core_;
  std::string name_;
  RandomStream random_;
};

}  // namespace dualsim::os
