#include "sim/topology/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/topology/topology.h"
#include "stack/base/random_stream.h"

namespace dualsim::sim {
namespace {

// Builds descriptions by name. Interface k of the n-th node added has the next
// hop fe80::n:k, so that a route says by which interface of whom it goes.
class Builder {
 public:
  Builder& Link(const std::string& name, uint32_t cost = 1, bool up = true) {
    description.links.push_back({name, cost, up});
    return *this;
  }
  // Each interface is the name of a link and the prefixes on it.
  using Interface = std::pair<std::string, std::vector<std::string>>;
  Builder& Router(const std::string& name, const std::vector<Interface>& interfaces) {
    return Add(name, true, interfaces);
  }
  Builder& Host(const std::string& name, const std::vector<Interface>& interfaces) {
    return Add(name, false, interfaces);
  }

  TopologyDescription description;

 private:
  Builder& Add(const std::string& name, bool forwarding, const std::vector<Interface>& interfaces) {
    TopologyDescription::Node node{name, forwarding, {}};
    for (const auto& [link, prefixes] : interfaces) {
      TopologyDescription::Interface interface;
      const auto at = std::find_if(description.links.begin(), description.links.end(),
                                   [&link = link](const auto& l) { return l.name == link; });
      interface.link = LinkId{static_cast<uint32_t>(at - description.links.begin())};
      interface.next_hop =
          *Ipv6Address::Parse("fe80::" + name + ":" + std::to_string(node.interfaces.size()));
      for (const std::string& prefix : prefixes) {
        interface.prefixes.push_back(*Ipv6Prefix::Parse(prefix));
      }
      node.interfaces.push_back(interface);
    }
    description.nodes.push_back(node);
    return *this;
  }
};

// "a: 2001:db8::/64 0 fe80::1", sorted.
std::vector<std::string> Routes(const TopologyDescription& description) {
  std::vector<std::string> lines;
  const auto routes = ComputeRoutes(Topology(description));
  for (size_t n = 0; n < routes.size(); ++n) {
    for (const host::RouteConfig& route : routes[n]) {
      lines.push_back(description.nodes[n].name + ": " + route.prefix.ToString() + " " +
                      std::to_string(static_cast<int>(route.interface)) + " " +
                      route.next_hop.ToString());
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

using Lines = std::vector<std::string>;

// a - b - c in a chain, a LAN at each end. Names are hexadecimal, for addresses.
Builder Chain() {
  Builder b;
  b.Link("left").Link("ab").Link("bc").Link("right");
  b.Router("a", {{"left", {"2001:db8:1::/64"}}, {"ab", {}}});
  b.Router("b", {{"ab", {}}, {"bc", {}}});
  b.Router("c", {{"bc", {}}, {"right", {"2001:db8:2::/64"}}});
  return b;
}

TEST(ComputeRoutes, RoutersOfAChainReachBothEnds) {
  EXPECT_EQ(Routes(Chain().description),
            (Lines{"a: 2001:db8:2::/64 1 fe80::b:0", "b: 2001:db8:1::/64 0 fe80::a:1",
                   "b: 2001:db8:2::/64 1 fe80::c:0", "c: 2001:db8:1::/64 0 fe80::b:1"}));
}

TEST(ComputeRoutes, HostsHaveNoRoutesAndPassNothingOn) {
  Builder b;
  b.Link("l1").Link("l2");
  b.Router("a", {{"l1", {"2001:db8:1::/64"}}});
  b.Host("b", {{"l1", {}}, {"l2", {}}});
  b.Router("c", {{"l2", {"2001:db8:2::/64"}}});
  EXPECT_EQ(Routes(b.description), Lines{});
}

TEST(ComputeRoutes, TheCheapWayIsTakenAndNotTheShort) {
  Builder b;
  b.Link("direct", 10).Link("ab", 4).Link("bc", 5).Link("end");
  b.Router("a", {{"direct", {}}, {"ab", {}}});
  b.Router("b", {{"ab", {}}, {"bc", {}}});
  b.Router("c", {{"direct", {}}, {"bc", {}}, {"end", {"2001:db8::/64"}}});
  EXPECT_EQ(Routes(b.description),
            (Lines{"a: 2001:db8::/64 1 fe80::b:0", "b: 2001:db8::/64 1 fe80::c:1"}));
  b.description.links[0].cost = 8;
  EXPECT_EQ(Routes(b.description),
            (Lines{"a: 2001:db8::/64 0 fe80::c:0", "b: 2001:db8::/64 1 fe80::c:1"}));
}

TEST(ComputeRoutes, ALinkThatIsDownIsNoWay) {
  Builder b = Chain();
  b.description.links[1].up = false;
  EXPECT_EQ(Routes(b.description), Lines{"b: 2001:db8:2::/64 1 fe80::c:0"});
}

TEST(ComputeRoutes, OfEqualWaysTheFirstNeighbourByNameIsTaken) {
  Builder b;
  b.Link("near").Link("far1").Link("far2").Link("end");
  b.Router("a", {{"near", {}}});
  b.Router("d", {{"near", {}}, {"far1", {}}});
  b.Router("b", {{"near", {}}, {"far2", {}}});
  b.Router("e", {{"far1", {}}, {"far2", {}}, {"end", {"2001:db8::/64"}}});
  const Lines routes = Routes(b.description);
  EXPECT_EQ(routes[0], "a: 2001:db8::/64 0 fe80::b:0");
}

TEST(ComputeRoutes, ANodeOnThePrefixsLinkHasItOnLink) {
  Builder b;
  b.Link("lan");
  b.Router("a", {{"lan", {"2001:db8:1::/64"}}});
  b.Router("b", {{"lan", {"2001:db8:2::/64"}}});
  EXPECT_EQ(Routes(b.description), (Lines{"a: 2001:db8:2::/64 0 ::", "b: 2001:db8:1::/64 0 ::"}));
}

TEST(ComputeRoutes, APrefixInTwoPlacesIsRoutedToTheNearer) {
  Builder b = Chain();
  b.Link("more").Router("d", {{"right", {}}, {"more", {"2001:db8:2::/64"}}});
  b.description.nodes[0].interfaces[0].prefixes.push_back(*Ipv6Prefix::Parse("2001:db8:9::/64"));
  b.description.nodes[2].interfaces[1].prefixes.push_back(*Ipv6Prefix::Parse("2001:db8:9::/64"));
  b.Link("stub").Router("e", {{"ab", {}}, {"stub", {}}});
  const Lines routes = Routes(b.description);
  EXPECT_NE(std::find(routes.begin(), routes.end(), "e: 2001:db8:9::/64 0 fe80::a:1"),
            routes.end());
}

TEST(ComputeRoutes, TheOrderOfTheDescriptionChangesNothing) {
  // A grid of 5 x 5 routers with a LAN at each, and plenty of equal ways.
  constexpr int kSide = 5;
  const auto name = [](int x, int y) { return std::to_string(100 + 10 * x + y); };
  Builder b;
  for (int x = 0; x < kSide; ++x) {
    for (int y = 0; y < kSide; ++y) {
      b.Link("lan" + name(x, y)).Link("east" + name(x, y)).Link("south" + name(x, y));
    }
  }
  for (int x = 0; x < kSide; ++x) {
    for (int y = 0; y < kSide; ++y) {
      std::vector<Builder::Interface> interfaces = {
          {"lan" + name(x, y), {"2001:db8:" + name(x, y) + "::/64"}}};
      if (x + 1 < kSide) interfaces.push_back({"east" + name(x, y), {}});
      if (y + 1 < kSide) interfaces.push_back({"south" + name(x, y), {}});
      if (x > 0) interfaces.push_back({"east" + name(x - 1, y), {}});
      if (y > 0) interfaces.push_back({"south" + name(x, y - 1), {}});
      b.Router(name(x, y), interfaces);
    }
  }
  const Lines expected = Routes(b.description);
  ASSERT_EQ(expected.size(), 25u * 24u);

  RandomStream random(1, "shuffle", "");
  TopologyDescription shuffled = b.description;
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 1; i < shuffled.nodes.size(); ++i) {
      std::swap(shuffled.nodes[i], shuffled.nodes[random.Below(i + 1)]);
    }
    for (uint32_t i = 1; i < shuffled.links.size(); ++i) {
      const auto other = static_cast<uint32_t>(random.Below(i + 1));
      std::swap(shuffled.links[i], shuffled.links[other]);
      for (auto& node : shuffled.nodes) {
        for (auto& interface : node.interfaces) {
          if (interface.link == LinkId{i}) {
            interface.link = LinkId{other};
          } else if (interface.link == LinkId{other}) {
            interface.link = LinkId{i};
          }
        }
      }
    }
    EXPECT_EQ(Routes(shuffled), expected);
  }
}

TEST(ComputeRoutes, EveryPacketOnARandomNetworkArrivesAtTheLeastCost) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    RandomStream random(seed, "topology", "random");
    constexpr uint32_t kRouters = 20;
    constexpr uint32_t kLinks = 25;
    Builder b;
    for (uint32_t i = 0; i < kLinks; ++i) {
      b.Link("l" + std::to_string(i), 1 + static_cast<uint32_t>(random.Below(3)));
    }
    for (uint32_t i = 0; i < kRouters; ++i) {
      std::vector<Builder::Interface> interfaces;
      for (int k = 0; k < 3; ++k) {
        interfaces.push_back({"l" + std::to_string(random.Below(kLinks)), {}});
      }
      interfaces[0].second.push_back("2001:db8:" + std::to_string(1000 + i) + "::/64");
      b.Router(std::to_string(1000 + i), interfaces);
    }
    const Topology topology(b.description);
    const auto routes = ComputeRoutes(topology);
    std::map<IpAddress, NodeId> owner;
    for (uint32_t n = 0; n < kRouters; ++n) {
      for (const auto& interface : b.description.nodes[n].interfaces) {
        owner[interface.next_hop] = NodeId{n};
      }
    }
    for (uint32_t n = 0; n < kRouters; ++n) {
      for (const host::RouteConfig& route : routes[n]) {
        // Follows the route to its end: the cost must be used up exactly there.
        const uint64_t high = route.prefix.address().ipv6().high();
        const uint32_t target = static_cast<uint32_t>(high >> 16 & 0xffff);
        const auto number = std::stoul(Ipv6Address::FromIntegers(0, target).ToString().substr(2));
        const LinkId link = b.description.nodes[number - 1000].interfaces[0].link;
        Topology::Cost left = topology.CostsTo({link})[n];
        NodeId at{n};
        host::RouteConfig hop = route;
        while (!hop.next_hop.is_unspecified()) {
          const auto& out = b.description.nodes[static_cast<size_t>(at)]
                                .interfaces[static_cast<size_t>(hop.interface)];
          left -= b.description.links[static_cast<size_t>(out.link)].cost;
          at = owner.at(hop.next_hop);
          const auto& next = routes[static_cast<size_t>(at)];
          const auto found = std::find_if(next.begin(), next.end(),
                                          [&](const auto& r) { return r.prefix == route.prefix; });
          if (found == next.end()) break;  // The prefix is its own.
          hop = *found;
        }
        EXPECT_EQ(left, 0u) << "seed " << seed << " from " << n << " to "
                            << route.prefix.ToString();
      }
    }
  }
}

TEST(Topology, PiecesAreWhatLinksThatAreUpHoldTogether) {
  Builder b = Chain();
  b.Host("d", {{"left", {}}}).Host("e", {});
  b.description.links[2].up = false;
  const auto pieces = Topology(b.description).Pieces();
  using Piece = std::vector<NodeId>;
  EXPECT_EQ(pieces,
            (std::vector<Piece>{{NodeId{0}, NodeId{1}, NodeId{3}}, {NodeId{2}}, {NodeId{4}}}));
}

TEST(Topology, ReachNeedsSomebodyWhoForwards) {
  Builder b;
  b.Link("l1").Link("l2").Link("l3");
  b.Host("a", {{"l1", {}}});
  b.Host("b", {{"l1", {}}, {"l2", {}}});
  b.Host("c", {{"l2", {}}});
  b.Router("d", {{"l2", {}}, {"l3", {}}});
  b.Host("e", {{"l3", {}}});
  const Topology topology(b.description);
  const auto reach = [&](uint32_t from, uint32_t to) {
    return topology.CanReach(NodeId{from}, NodeId{to});
  };
  EXPECT_TRUE(reach(0, 1));
  EXPECT_FALSE(reach(0, 2)) << "b does not forward";
  EXPECT_TRUE(reach(2, 4));
  EXPECT_TRUE(reach(1, 4));
  EXPECT_FALSE(reach(4, 0));
  EXPECT_TRUE(reach(3, 3));
}

}  // namespace
}  // namespace dualsim::sim
