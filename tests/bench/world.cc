#include "tests/bench/world.h"

#include <utility>

namespace dualsim::sim::bench {
namespace {

// Node and link names sort as they are numbered.
std::string Numbered(const std::string& name, int number) {
  const std::string digits = std::to_string(number);
  return name + std::string(6 - digits.size(), '0') + digits;
}

Ipv6Address OnLink(int link, uint64_t identifier) {
  return Ipv6Address::FromIntegers(0x2001'0db8'0000'0000 | static_cast<uint64_t>(link) << 16,
                                   identifier);
}

constexpr int kLast = kChainRouters + 1;  // H2's number; H1 is 0.

MacAddress ChainMac(int node, int side) {
  return MacAddress::FromInteger(0x0200'0000'0000 | static_cast<uint64_t>(node * 2 + side));
}

host::InterfaceConfig ChainInterface(int node, int side, int link) {
  host::InterfaceConfig interface;
  interface.name = side == 0 ? "left" : "right";
  interface.mac = ChainMac(node, side);
  interface.dup_addr_detect_transmits = 0;
  interface.ipv6_addresses.push_back({OnLink(link, side == 0 ? 2 : 1), 64});
  return interface;
}

std::pair<NetworkDescription, std::vector<host::StackConfig>> DescribeChain() {
  NetworkDescription description;
  std::vector<host::StackConfig> configs;
  for (int link = 0; link < kLast; ++link) {
    description.links.push_back(
        {Numbered("link", link), LinkKind::kPointToPoint, {.delay = Milliseconds(1)}, {}});
  }
  for (int node = 0; node <= kLast; ++node) {
    host::StackConfig config;
    config.name = Numbered("node", node);
    config.forwarding = node > 0 && node < kLast;
    config.answer_echo = false;
    NodeDescription station{config.name, {}};
    if (node > 0) {
      config.interfaces.push_back(ChainInterface(node, 0, node - 1));
      station.cards.push_back({Numbered("link", node - 1), ChainMac(node, 0)});
    }
    if (node < kLast) {
      config.interfaces.push_back(ChainInterface(node, 1, node));
      station.cards.push_back({Numbered("link", node), ChainMac(node, 1)});
    }
    if (node < kLast - 1) {
      config.routes.push_back({Ipv6Prefix(OnLink(kLast - 1, 0), 64),
                               static_cast<InterfaceId>(config.interfaces.size() - 1),
                               OnLink(node, 2)});
    }
    description.nodes.push_back(std::move(station));
    configs.push_back(std::move(config));
  }
  return {std::move(description), std::move(configs)};
}

std::pair<NetworkDescription, std::vector<host::StackConfig>> DescribeStorm(int hosts) {
  NetworkDescription description;
  description.links.push_back({"lan", LinkKind::kSwitched, {.mac_table_size = 65536}, {}});
  std::vector<host::StackConfig> configs;
  for (int i = 0; i <= hosts; ++i) {
    const bool router = i == hosts;
    host::StackConfig config;
    config.name = router ? "router" : Numbered("host", i);
    config.forwarding = router;
    host::InterfaceConfig interface;
    interface.name = "lan0";
    interface.mac = MacAddress::FromInteger(0x0200'0000'0000 | static_cast<uint64_t>(i));
    if (router) {
      interface.ipv6_addresses.push_back({OnLink(0, 1), 64});
      router::AdvertiseConfig advertise;
      advertise.prefixes.push_back({.prefix = Ipv6Prefix(OnLink(0, 0), 64)});
      interface.advertise = std::move(advertise);
    }
    description.nodes.push_back({config.name, {{"lan", interface.mac}}});
    config.interfaces.push_back(std::move(interface));
    configs.push_back(std::move(config));
  }
  return {std::move(description), std::move(configs)};
}

}  // namespace

Chain::Chain(WorldObserver& observer)
    : destination(OnLink(kLast - 1, 2)),
      world(DescribeChain().first, DescribeChain().second, observer) {
  world.BootAll();
  world.RunUntil(Time() + Seconds(2));
  // The first packets resolve every next hop.
  for (int i = 0; i < 3; ++i) {
    Send(0);
    world.RunUntil(world.network.now() + Seconds(1));
  }
}

void Chain::Send(size_t size) {
  world.nodes.front()->WithStack([&](host::Stack& stack, Time now) {
    stack.SendEchoRequest(now, {.destination = destination, .data_size = size});
  });
}

Storm::Storm(int hosts, WorldObserver& observer)
    : hosts(hosts), world(DescribeStorm(hosts).first, DescribeStorm(hosts).second, observer) {}

void Storm::Run(Duration duration) {
  world.BootAll();
  world.RunUntil(Time() + Seconds(10));
  // Spread over ten seconds: all at once they would fill the router's queue.
  for (int i = 0; i < hosts; ++i) {
    world.RunUntil(Time() + Seconds(10) + Seconds(10) * i / hosts);
    world.nodes[static_cast<size_t>(i)]->WithStack([](host::Stack& stack, Time now) {
      stack.SendEchoRequest(now, {.destination = OnLink(0, 1)});
    });
  }
  world.RunUntil(Time() + duration);
}

}  // namespace dualsim::sim::bench
