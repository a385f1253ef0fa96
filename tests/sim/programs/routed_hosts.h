#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/network.h"
#include "sim/net/node.h"
#include "stack/application/network.h"
#include "stack/host/config.h"
#include "tests/sim/net/test_world.h"

namespace dualsim::sim {

// What nodes tell, in lines: "3.001s a (echo) text" without the time.
class ProgramLog final : public WorldObserver {
 public:
  void OnLog(Time, NodeId node, const LogFact& fact) override {
    if (fact.application.empty()) return;
    lines.push_back(std::string(1, static_cast<char>('a' + static_cast<uint32_t>(node))) + " " +
                    std::string(fact.application) + ": " + std::string(fact.text));
  }
  void OnConnection(Time, NodeId, const ConnectionFact& fact) override {
    if (fact.from == tcp::State::kClosed) ++open;
    if (fact.to == tcp::State::kClosed) --open;
  }
  void OnRetransmission(Time, NodeId, const RetransmissionFact&) override { ++retransmissions; }
  void OnApplication(Time, NodeId, const ApplicationFact& fact) override {
    programs += fact.running ? 1 : -1;
  }
  void OnDrop(Time, NodeId, const DropFact& fact) override { drops.push_back(fact.reason); }

  bool Has(std::string_view text) const {
    for (const std::string& line : lines) {
      if (line.find(text) != line.npos) return true;
    }
    return false;
  }

  std::vector<std::string> lines;
  std::vector<DropReason> drops;
  int open = 0;      // Connections on all nodes.
  int programs = 0;  // Running.
  int retransmissions = 0;
};

// Hosts "a" and "b" with a router "c" between them, on links "near" and "wide"
// (a to c) and "far" (c to b): addresses 2001:db8:a::2 and 2001:db8:b::2. Host a runs
// IPv6 alone, unless IPv4 is asked for: 192.0.2.2 and 192.0.2.130 then, /25 each.
class RoutedHosts {
 public:
  static constexpr NodeId kA{0};
  static constexpr NodeId kB{1};
  static constexpr NodeId kRouter{2};

  explicit RoutedHosts(uint64_t seed = 1, const LinkParameters& link = {},
                       const tcp::EndpointConfig& tcp = {},
                       const std::vector<IpAddress>& name_servers = {}, bool ipv4 = false)
      : network(seed, Describe(link), log) {
    for (int i = 0; i < 3; ++i) {
      nodes.push_back(
          std::make_unique<Node>(network, NodeId{static_cast<uint32_t>(i)},
                                 Config(i, link.mtu, tcp, name_servers, ipv4)));
    }
  }

  static Ipv6Address Address(char link, uint64_t host) {
    return Ipv6Address::FromIntegers(
        0x2001'0db8'0000'0000 | static_cast<uint64_t>(link - 'a' + 10) << 16, host);
  }
  static IpAddress a() { return Address('a', 2); }
  static IpAddress b() { return Address('b', 2); }

  Node& node(NodeId id) { return *nodes[static_cast<size_t>(id)]; }
  void Boot() {
    for (const auto& node : nodes) node->Boot();
  }
  void RunFor(Duration duration) { network.simulation().RunUntil(network.now() + duration); }
  void SetFaults(const LinkFaults& faults) { network.SetFaults(LinkId{0}, faults); }
  LinkId far() const { return LinkId{0}; }
  LinkId near() const { return LinkId{1}; }

  ProgramLog log;
  Network network;
  std::vector<std::unique_ptr<Node>> nodes;

 private:
  static NetworkDescription Describe(const LinkParameters& link) {
    return {.links = {{"far", LinkKind::kPointToPoint, link, {}},
                      {"near", LinkKind::kPointToPoint, link, {}}},
            .nodes = {{"a", {{"near", Mac(1)}}},
                      {"b", {{"far", Mac(2)}}},
                      {"c", {{"near", Mac(3)}, {"far", Mac(4)}}}}};
  }
  static host::StackConfig Config(int node, uint32_t mtu, const tcp::EndpointConfig& tcp,
                                  const std::vector<IpAddress>& name_servers, bool ipv4) {
    host::StackConfig config;
    config.name = std::string(1, static_cast<char>('a' + node));
    config.tcp = tcp;
    if (node == 0) config.name_servers = name_servers;
    const auto add = [&](char link, uint64_t host, uint64_t mac) {
      host::InterfaceConfig& interface = config.interfaces.emplace_back();
      interface.name = "if";
      interface.mac = Mac(mac);
      interface.mtu = mtu;
      interface.dup_addr_detect_transmits = 0;
      interface.ipv4 = ipv4 || node != 0;
      interface.ipv6_addresses = {{Address(link, host), 64}};
      if (node < 2) interface.ipv6_gateway = Address(link, 1);
      if (!ipv4) return;
      const uint32_t network = 0xc000'0200 + (link == 'b' ? 128 : 0);
      interface.ipv4_addresses = {
          {Ipv4Address::FromInteger(network + static_cast<uint32_t>(host)), 25}};
      if (node < 2) interface.ipv4_gateway = Ipv4Address::FromInteger(network + 1);
    };
    if (node == 0) add('a', 2, 1);
    if (node == 1) add('b', 2, 2);
    if (node == 2) {
      config.forwarding = true;
      add('a', 1, 3);
      add('b', 1, 4);
    }
    return config;
  }
};

}  // namespace dualsim::sim
