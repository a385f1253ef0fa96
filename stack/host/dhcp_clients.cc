#include "stack/host/dhcp_clients.h"

#include <algorithm>
#include <string>

#include "stack/wire/dhcp.h"

namespace dualsim::host {
namespace {

constexpr Port kClientPort{wire::kDhcpClientPort};
constexpr Port kServerPort{wire::kDhcpServerPort};

}  // namespace

std::unique_ptr<DhcpClients> DhcpClients::Make(const StackConfig& config,
                                               const Environment& environment,
                                               udp::UdpPorts& udp_ports, Owner& owner) {
  std::unique_ptr<DhcpClients> all;
  for (size_t i = 0; i < config.interfaces.size(); ++i) {
    const InterfaceConfig& card = config.interfaces[i];
    if (!card.ipv4 || !card.dhcp || !card.ipv4_addresses.empty()) continue;
    if (all == nullptr) all = std::make_unique<DhcpClients>(environment, udp_ports, owner);
    all->clients_.push_back(std::make_unique<Client>(
        *all, static_cast<InterfaceId>(i),
        dhcp::ClientConfig{.mac = card.mac,
                           .iaid = static_cast<uint32_t>(i) + 1,
                           .host_name = config.host_name,
                           .maximum_message_size =
                               static_cast<uint16_t>(std::clamp<uint32_t>(card.mtu, 576, 0xffff)),
                           .ipv6_only_preferred = card.dhcp_ipv6_only_preferred},
        environment.random.Stream("dhcp" + std::to_string(i))));
  }
  return all;
}

DhcpClients::Client* DhcpClients::Find(InterfaceId interface) {
  for (const auto& client : clients_) {
    if (client->interface == interface) return client.get();
  }
  return nullptr;
}

void DhcpClients::Start(Time now, InterfaceId interface) {
  Client* client = Find(interface);
  if (client == nullptr) return;
  // Nobody else has the port: whoever asks for it later is refused.
  if (udp_ports_.Find(kClientPort) == nullptr) {
    static_cast<void>(udp_ports_.Listen(kClientPort, *this));
  }
  client->machine.Start(now);
}

void DhcpClients::Stop(InterfaceId interface) {
  Client* client = Find(interface);
  if (client == nullptr) return;
  client->machine.Stop();
  ++version_;
}

Time DhcpClients::deadline() const {
  Time next = Time::Never();
  for (const auto& client : clients_) next = std::min(next, client->machine.deadline());
  return next;
}

void DhcpClients::Advance(Time now) {
  for (const auto& client : clients_) client->machine.Advance(now);
}

std::vector<const dhcp::Lease*> DhcpClients::leases() const {
  std::vector<const dhcp::Lease*> leases;
  for (const auto& client : clients_) {
    const bool in_use = client->machine.lease() && client->machine.state() != LeaseState::kChecking;
    if (in_use) leases.push_back(&*client->machine.lease());
  }
  return leases;
}

void DhcpClients::OnDatagram(Time now, const udp::ReceivedDatagram& datagram) {
  Client* client = Find(datagram.interface);
  if (client == nullptr || datagram.source_port != kServerPort) return;
  const auto message = wire::DhcpMessage::Parse(datagram.data);
  if (!message) {
    environment_.observer.OnDrop(
        now,
        {.interface = datagram.interface, .reason = message.reason(), .packet = datagram.data});
    return;
  }
  client->machine.OnMessage(now, *message);
}

void DhcpClients::OnLeaseAddress(Time now, InterfaceId interface, const Ipv4Address& address,
                                 AddressState state) {
  if (Client* client = Find(interface)) client->machine.OnAddress(now, address, state);
}

void DhcpClients::Client::SendDhcp(Time now, const Ipv4Address& source,
                                   const Ipv4Address& destination,
                                   const wire::DhcpMessage& message) {
  // What can't be sent is sent again later: that is what the client's timer is for.
  const std::vector<uint8_t> bytes = message.Encode();
  static_cast<void>(all_.owner_.SendUdp(now, {.source = IpAddress(source),
                                              .source_port = kClientPort,
                                              .destination = IpAddress(destination),
                                              .destination_port = kServerPort,
                                              .interface = interface,
                                              .data = bytes}));
}

void DhcpClients::Client::UseAddress(Time now, const dhcp::Lease& lease) {
  const auto refused = all_.owner_.AddLease(
      now,
      {.interface = interface, .address = lease.address, .gateway = lease.gateway, .probe = true},
      all_);
  if (refused) machine.OnAddress(now, lease.address.address, AddressState::kRemoved);
}

void DhcpClients::Client::DropAddress(Time now, const Ipv4Address& address) {
  static_cast<void>(all_.owner_.RemoveAddress(now, interface, IpAddress(address)));
}

void DhcpClients::Client::OnLeaseState(Time now, LeaseState state,
                                       const std::optional<dhcp::Lease>& lease) {
  ++all_.version_;
  LeaseFact fact{.interface = interface, .state = state};
  if (lease) {
    fact.address = lease->address.address;
    fact.server = lease->server;
    fact.renewal = lease->renewal;
    fact.rebinding = lease->rebinding;
    fact.until = lease->until;
  }
  all_.environment_.observer.OnLease(now, fact);
}

}  // namespace dualsim::host
