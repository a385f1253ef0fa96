#include "stack/dhcp/server.h"

#include <algorithm>
#include <utility>

namespace dualsim::dhcp {
namespace {

using wire::DhcpMessage;
using wire::DhcpMessageType;
using wire::DhcpOption;

Ipv4Address MaskOf(const Ipv4Prefix& prefix) {
  const int length = prefix.length();
  return Ipv4Address::FromInteger(length == 0 ? 0 : ~uint32_t{0} << (32 - length));
}

}  // namespace

Server::Client Server::ClientOf(const DhcpMessage& message) {
  // §4.2: the identifier, where there is one; the hardware type keeps the two apart.
  if (!message.client_identifier.empty()) return message.client_identifier;
  Client client = {1};
  for (const uint8_t byte : message.chaddr.bytes()) client.push_back(byte);
  return client;
}

const Subnet* Server::SubnetOf(const Ipv4Address& address) const {
  for (const Subnet& subnet : config_.subnets) {
    if (subnet.prefix.Contains(address)) return &subnet;
  }
  return nullptr;
}

const Reservation* Server::ReservationOf(const MacAddress& mac, const Subnet& subnet) const {
  for (const Reservation& reservation : config_.reservations) {
    if (reservation.mac == mac && subnet.prefix.Contains(reservation.address)) return &reservation;
  }
  return nullptr;
}

bool Server::IsReserved(const Ipv4Address& address) const {
  return std::any_of(config_.reservations.begin(), config_.reservations.end(),
                     [&](const Reservation& r) { return r.address == address; });
}

bool Server::MayHave(Time now, const Client& client, const DhcpMessage& message,
                     const Subnet& subnet, const Ipv4Address& address) const {
  if (!subnet.prefix.Contains(address)) return false;
  const auto found = bindings_.find(address.ToInteger());
  const bool held = found != bindings_.end() && found->second.until > now;
  if (held && (found->second.declined || found->second.client != client)) return false;
  if (const Reservation* own = ReservationOf(message.chaddr, subnet)) {
    return own->address == address;
  }
  if (IsReserved(address)) return false;
  const uint32_t number = address.ToInteger();
  return !subnet.first.is_unspecified() && number >= subnet.first.ToInteger() &&
         number <= subnet.last.ToInteger();
}

// §4.3.1: the client's own of before, the one it asks for, the next that is free, and
// at last the one whose lease ended first.
std::optional<Ipv4Address> Server::Choose(Time now, const Client& client,
                                          const DhcpMessage& message, const Subnet& subnet) {
  const auto may_have = [&](const Ipv4Address& address) {
    return MayHave(now, client, message, subnet, address);
  };
  if (const Reservation* own = ReservationOf(message.chaddr, subnet)) {
    return may_have(own->address) ? std::optional(own->address) : std::nullopt;
  }
  for (const auto& [number, binding] : bindings_) {
    if (binding.client == client && may_have(binding.address)) return binding.address;
  }
  if (message.requested_address && may_have(*message.requested_address)) {
    return message.requested_address;
  }
  if (subnet.first.is_unspecified()) return std::nullopt;
  const Binding* oldest = nullptr;
  for (uint64_t n = subnet.first.ToInteger(); n <= subnet.last.ToInteger(); ++n) {
    const auto address = Ipv4Address::FromInteger(static_cast<uint32_t>(n));
    const auto found = bindings_.find(static_cast<uint32_t>(n));
    if (found == bindings_.end()) {
      if (may_have(address)) return address;
    } else if (may_have(address) && (oldest == nullptr || found->second.until < oldest->until)) {
      oldest = &found->second;
    }
  }
  return oldest == nullptr ? std::nullopt : std::optional(oldest->address);
}

void Server::Bind(Time now, const Client& client, const DhcpMessage& message,
                  const Ipv4Address& address, Duration time, bool leased) {
  Binding& binding = bindings_[address.ToInteger()];
  binding = {.address = address,
             .client = client,
             .mac = message.chaddr,
             .until = now + time,
             .leased = leased};
}

void Server::Release(const Client& client) {
  std::erase_if(bindings_, [&](const auto& entry) {
    return entry.second.client == client && !entry.second.declined;
  });
}

std::optional<Server::Reply> Server::OnMessage(Time now, const DhcpMessage& message,
                                               const Ipv4Address& local) {
  if (message.reply) return std::nullopt;
  // §4.3.1: the link of the relay, of the client's address, or where it came in.
  const Ipv4Address& link = !message.giaddr.is_unspecified()   ? message.giaddr
                            : !message.ciaddr.is_unspecified() ? message.ciaddr
                                                               : local;
  const Subnet* subnet = SubnetOf(link);
  if (subnet == nullptr) return std::nullopt;
  switch (message.type) {
    case DhcpMessageType::kDiscover:
      return OnDiscover(now, message, *subnet, local);
    case DhcpMessageType::kRequest:
      return OnRequest(now, message, *subnet, local);
    case DhcpMessageType::kDecline:
      OnDecline(now, message, local);
      return std::nullopt;
    case DhcpMessageType::kRelease:
      if (message.server == local) Release(ClientOf(message));
      return std::nullopt;
    case DhcpMessageType::kInform: {
      // §4.3.5: what goes with an address, and no address.
      Reply reply = Offer(message, DhcpMessageType::kAck, *subnet, Ipv4Address(), local);
      reply.message.lease_time.reset();
      reply.message.renewal_time.reset();
      reply.message.rebinding_time.reset();
      reply.destination = message.ciaddr;
      return reply;
    }
    default:
      return std::nullopt;
  }
}

std::optional<Server::Reply> Server::OnDiscover(Time now, const DhcpMessage& message,
                                                const Subnet& subnet, const Ipv4Address& local) {
  const Client client = ClientOf(message);
  const auto address = Choose(now, client, message, subnet);
  if (!address) return std::nullopt;
  const auto held = bindings_.find(address->ToInteger());
  const bool leased = held != bindings_.end() && held->second.leased &&
                      held->second.client == client && held->second.until > now;
  if (!leased) Bind(now, client, message, *address, kOfferTime, /*leased=*/false);
  return Offer(message, DhcpMessageType::kOffer, subnet, *address, local);
}

std::optional<Server::Reply> Server::OnRequest(Time now, const DhcpMessage& message,
                                               const Subnet& subnet, const Ipv4Address& local) {
  const Client client = ClientOf(message);
  if (message.server && *message.server != local) {
    // §4.3.2: it took another server's offer; ours is free again.
    std::erase_if(bindings_, [&](const auto& entry) {
      return entry.second.client == client && !entry.second.leased && !entry.second.declined;
    });
    return std::nullopt;
  }
  const bool selecting = message.server.has_value();
  const bool rebooting = !selecting && message.ciaddr.is_unspecified();
  const Ipv4Address address = message.ciaddr.is_unspecified()
                                  ? message.requested_address.value_or(Ipv4Address())
                                  : message.ciaddr;
  const auto known = bindings_.find(address.ToInteger());
  const bool ours =
      known != bindings_.end() && known->second.client == client && !known->second.declined;
  if (rebooting && !subnet.prefix.Contains(address)) {
    return Refuse(message, "the address is not of this network", local);
  }
  if (!ours && !config_.authoritative) return std::nullopt;
  if (!MayHave(now, client, message, subnet, address)) {
    return Refuse(message, "the address is not to be had", local);
  }
  Bind(now, client, message, address, subnet.lease_time, /*leased=*/true);
  return Offer(message, DhcpMessageType::kAck, subnet, address, local);
}

void Server::OnDecline(Time now, const DhcpMessage& message, const Ipv4Address& local) {
  if (message.server != local || !message.requested_address) return;
  const auto found = bindings_.find(message.requested_address->ToInteger());
  if (found == bindings_.end() || found->second.client != ClientOf(message)) return;
  found->second.declined = true;
  found->second.leased = false;
  found->second.until = now + kDeclinedTime;
}

Server::Reply Server::Begin(const DhcpMessage& message, DhcpMessageType type,
                            const Ipv4Address& local) const {
  Reply reply;
  reply.message = {.reply = true,
                   .xid = message.xid,
                   .broadcast = message.broadcast,
                   .giaddr = message.giaddr,
                   .chaddr = message.chaddr,
                   .type = type,
                   .server = local,
                   .client_identifier = message.client_identifier,               // RFC 6842 §3.
                   .relay_agent_information = message.relay_agent_information};  // RFC 3046 §2.2.
  if (!message.giaddr.is_unspecified()) {
    reply.destination = message.giaddr;
    reply.to_relay = true;
  } else if (!message.ciaddr.is_unspecified() && type != DhcpMessageType::kNak) {
    reply.destination = message.ciaddr;
  } else {
    // §4.1: a client without an address may take nothing else.
    reply.destination = Ipv4Address::Broadcast();
  }
  return reply;
}

Server::Reply Server::Offer(const DhcpMessage& message, DhcpMessageType type, const Subnet& subnet,
                            const Ipv4Address& address, const Ipv4Address& local) const {
  Reply reply = Begin(message, type, local);
  DhcpMessage& offer = reply.message;
  if (type == DhcpMessageType::kAck) offer.ciaddr = message.ciaddr;
  offer.yiaddr = address;
  offer.lease_time = subnet.lease_time;
  offer.renewal_time = subnet.renewal_time;
  offer.rebinding_time = subnet.rebinding_time;
  offer.subnet_mask = MaskOf(subnet.prefix);
  const auto wanted = [&message](DhcpOption option) {
    return message.parameter_requests.empty() || message.Requests(option);
  };
  if (wanted(DhcpOption::kRouter)) offer.routers = subnet.routers;
  if (wanted(DhcpOption::kDnsServer)) offer.dns_servers = subnet.dns_servers;
  if (wanted(DhcpOption::kDomainName)) offer.domain_name = subnet.domain;
  if (message.Requests(DhcpOption::kDomainSearch)) offer.domain_search = subnet.search;
  if (message.Requests(DhcpOption::kIpv6OnlyPreferred)) {
    offer.ipv6_only_wait = subnet.ipv6_only_wait;
  }
  return reply;
}

Server::Reply Server::Refuse(const DhcpMessage& message, const std::string& why,
                             const Ipv4Address& local) const {
  Reply reply = Begin(message, DhcpMessageType::kNak, local);
  // §4.3.2: the relay is to broadcast it.
  if (reply.to_relay) reply.message.broadcast = true;
  reply.message.message = why;
  return reply;
}

std::vector<Server::Binding> Server::bindings(Time now) const {
  std::vector<Binding> live;
  for (const auto& [number, binding] : bindings_) {
    if (binding.until > now) live.push_back(binding);
  }
  return live;
}

}  // namespace dualsim::dhcp
