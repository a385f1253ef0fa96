// A DHCP server over UDP; stack/dhcp decides what it says.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/application/registry.h"
#include "stack/dhcp/server.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using dhcp::Server;
using wire::DhcpMessage;
using wire::DhcpMessageType;

constexpr Port kServerPort{wire::kDhcpServerPort};
constexpr Port kClientPort{wire::kDhcpClientPort};

// By which address of ours the sender of a message knows this server: one of the
// interface that it came in on.
std::optional<Ipv4Address> LocalAddress(Network& network, const application::UdpArrival& arrival) {
  for (const application::ConfiguredAddress& own : network.addresses()) {
    if (!own.address.is_ipv4()) continue;
    const bool here = arrival.destination.interface
                          ? own.interface == *arrival.destination.interface
                          : own.address == arrival.destination.address;
    if (here) return own.address.ipv4();
  }
  return std::nullopt;
}

void LogReply(Network& network, const DhcpMessage& message) {
  const std::string client = message.chaddr.ToString();
  switch (message.type) {
    case DhcpMessageType::kOffer:
      return network.Log("offers " + message.yiaddr.ToString() + " to " + client);
    case DhcpMessageType::kNak:
      return network.Log("refuses " + client + ": " + message.message);
    case DhcpMessageType::kAck:
      if (message.yiaddr.is_unspecified()) return;
      return network.Log("leases " + message.yiaddr.ToString() + " to " + client);
    default:
      return;
  }
}

Task<> Serve(Network& network, const dhcp::ServerConfig& config) {
  Server server(config);
  auto socket = network.ListenUdp({.port = kServerPort});
  if (!socket) {
    network.Log("cannot listen on UDP port 67: " + std::string(ErrorText(socket.error())));
    co_return;
  }
  while (true) {
    const auto arrival = co_await (*socket)->Receive();
    if (!arrival) break;
    if (arrival->icmp_error) continue;
    const auto message = DhcpMessage::Parse(arrival->data);
    const auto local = LocalAddress(network, *arrival);
    if (!message || !local) continue;
    if (message->type == DhcpMessageType::kDecline && message->server == local) {
      network.Log(message->chaddr.ToString() + " says that somebody else has " +
                  message->requested_address.value_or(Ipv4Address()).ToString());
    }
    const auto reply = server.OnMessage(network.now(), *message, *local);
    if (!reply) continue;
    const std::vector<uint8_t> bytes = reply->message.Encode();
    const bool broadcast = reply->destination.is_broadcast();
    const application::SocketAddress to{
        .address = IpAddress(reply->destination),
        .port = reply->to_relay ? kServerPort : kClientPort,
        .interface = broadcast ? arrival->destination.interface : std::nullopt};
    LogReply(network, reply->message);
    const auto failed =
        (*socket)->Send({.destination = to, .data = bytes, .source = IpAddress(*local)});
    if (failed)
      network.Log("no answer to " + to.ToString() + ": " + std::string(ErrorText(*failed)));
  }
}

// Reads a list's items, separated by commas; false where `read` refuses one.
template <typename Read>
bool ForEach(std::string_view text, Read read) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    if (!read(text.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

std::vector<Ipv4Address> TakeAddresses(application::Arguments& arguments, std::string_view name) {
  std::vector<Ipv4Address> addresses;
  const auto text = arguments.TakeString(name);
  if (!text) return addresses;
  const bool read = ForEach(*text, [&](std::string_view one) {
    const auto address = Ipv4Address::Parse(one);
    if (address) addresses.push_back(*address);
    return address.has_value();
  });
  if (!read) arguments.Refuse(name, *text, "IPv4 addresses with commas between");
  return addresses;
}

// "192.0.2.100-192.0.2.199/24"
std::optional<dhcp::Subnet> ParsePool(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto first = Ipv4Address::Parse(text.substr(0, dash));
  const auto last = Ipv4Cidr::Parse(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  dhcp::Subnet subnet{.prefix = last->prefix(), .first = *first, .last = last->address};
  const bool in_order = first->ToInteger() <= last->address.ToInteger();
  if (!in_order || !subnet.prefix.Contains(*first)) return std::nullopt;
  return subnet;
}

void TakePools(application::Arguments& arguments, dhcp::ServerConfig* config) {
  const auto pools = arguments.TakeString("pool");
  if (!pools) return arguments.Require("pool", "192.0.2.100-192.0.2.199/24");
  const bool read = ForEach(*pools, [&](std::string_view one) {
    const auto subnet = ParsePool(one);
    if (subnet) config->subnets.push_back(*subnet);
    return subnet.has_value();
  });
  if (!read) {
    arguments.Refuse("pool", *pools,
                     "FIRST-LAST/LENGTH, as 192.0.2.100-192.0.2.199/24, with commas between");
  }
  for (size_t i = 0; i < config->subnets.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (config->subnets[i].prefix == config->subnets[j].prefix) {
        arguments.Refuse("pool", *pools, "one pool for each prefix");
      }
    }
  }
}

// "02:00:00:00:00:0a=192.0.2.10"
void TakeReservations(application::Arguments& arguments, dhcp::ServerConfig* config) {
  const auto text = arguments.TakeString("reserve");
  if (!text) return;
  const bool read = ForEach(*text, [&](std::string_view one) {
    const size_t equals = std::min(one.find('='), one.size());
    const auto mac = MacAddress::Parse(one.substr(0, equals));
    const auto address = Ipv4Address::Parse(one.substr(std::min(equals + 1, one.size())));
    if (mac && address) config->reservations.push_back({*mac, *address});
    return mac && address;
  });
  if (!read) {
    arguments.Refuse("reserve", *text,
                     "MAC=ADDRESS, as 02:00:00:00:00:0a=192.0.2.10, with commas between");
  }
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  dhcp::ServerConfig config;
  TakePools(arguments, &config);
  TakeReservations(arguments, &config);
  const auto routers = TakeAddresses(arguments, "router");
  const auto servers = TakeAddresses(arguments, "dns");
  const std::string domain = arguments.TakeString("domain").value_or("");
  const auto domain_name = wire::DnsName::ParseHostName(domain);
  if (!domain.empty() && !domain_name) {
    arguments.Refuse("domain", domain, "a domain, as example.com");
  }
  const auto lease = arguments.TakeDuration("lease-time");
  if (lease && *lease < Seconds(1)) {
    arguments.Refuse("lease-time", "less than a second", "a time of a second at least");
  }
  const auto renewal = arguments.TakeDuration("renewal-time");
  const auto rebinding = arguments.TakeDuration("rebinding-time");
  const auto ipv6_only = arguments.TakeDuration("ipv6-only-wait");
  config.authoritative = arguments.TakeFlag("authoritative").value_or(true);
  for (dhcp::Subnet& subnet : config.subnets) {
    for (const Ipv4Address& router : routers) {
      if (subnet.prefix.Contains(router)) subnet.routers.push_back(router);
    }
    subnet.dns_servers = servers;
    subnet.domain = domain;
    subnet.lease_time = lease.value_or(Seconds(3600));
    subnet.renewal_time = renewal;
    subnet.rebinding_time = rebinding;
    subnet.ipv6_only_wait = ipv6_only;
  }
  return application::Program([config](Network& network) { return Serve(network, config); });
}

const application::Registration kDhcpServer(
    {.name = "dhcp-server",
     .summary = "Leases IPv4 addresses.",
     .usage = "--pool=FIRST-LAST/LENGTH,... [--reserve=MAC=ADDRESS,...] [--router=ADDRESS,...] "
              "[--dns=ADDRESS,...] [--domain=NAME] [--lease-time=1h] [--renewal-time=DURATION] "
              "[--rebinding-time=DURATION] [--ipv6-only-wait=DURATION] [--authoritative=true]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
