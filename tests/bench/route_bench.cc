// Routes of a 10-ary tree of routers with ten hosts below each router of the
// last level: 1,000 and 10,000 hosts, a prefix on every link. Items per second
// are routes.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "sim/topology/routes.h"
#include "sim/topology/topology.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::sim {
namespace {

constexpr int kWidth = 10;

class Tree {
 public:
  explicit Tree(int levels) { AddRouter(levels); }
  TopologyDescription description;

 private:
  // Adds a router with all that hangs below it; returns the link above it.
  LinkId AddRouter(int levels) {
    const LinkId above = AddLink();
    const size_t router = AddNode("router", true, above);
    if (levels == 1) {
      const LinkId lan = AddLink();
      Plug(router, lan);
      for (int i = 0; i < kWidth; ++i) AddNode("host", false, lan);
    } else {
      for (int i = 0; i < kWidth; ++i) Plug(router, AddRouter(levels - 1));
    }
    return above;
  }
  LinkId AddLink() {
    const auto id = static_cast<uint32_t>(description.links.size());
    description.links.push_back({"link" + std::to_string(id)});
    return LinkId{id};
  }
  size_t AddNode(const std::string& kind, bool forwarding, LinkId link) {
    const size_t number = description.nodes.size();
    description.nodes.push_back({kind + std::to_string(number), forwarding, {}});
    Plug(number, link);
    return number;
  }
  void Plug(size_t node, LinkId link) {
    const Ipv6Address prefix =
        Ipv6Address::FromIntegers(0x2001'0db8'0000'0000 | static_cast<uint64_t>(link), 0);
    auto& interfaces = description.nodes[node].interfaces;
    interfaces.push_back(
        {link,
         Ipv6Address::FromIntegers(0xfe80'0000'0000'0000, node << 16 | interfaces.size()),
         {Ipv6Prefix(prefix, 64)}});
  }
};

void BM_TreeRoutes(benchmark::State& state) {
  const Tree tree(static_cast<int>(state.range(0)));
  size_t routes = 0;
  for (auto _ : state) {
    routes = 0;
    for (const auto& list : ComputeRoutes(Topology(tree.description))) routes += list.size();
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * routes));
}
BENCHMARK(BM_TreeRoutes)->Arg(3)->Arg(4)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dualsim::sim
