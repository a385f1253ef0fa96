#include "stack/ipv6/routing_table.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "stack/base/random_stream.h"

namespace dualsim::ipv6 {
namespace {

Ipv6Address A(std::string_view text) { return *Ipv6Address::Parse(text); }
Ipv6Prefix P(std::string_view text) { return *Ipv6Prefix::Parse(text); }

std::optional<Ipv6Address> NextHop(const RoutingTable& table, std::string_view destination) {
  const Route* route = table.Find(A(destination));
  if (route == nullptr) return std::nullopt;
  return route->next_hop;
}

TEST(RoutingTable, TheLongestPrefixWins) {
  RoutingTable table;
  EXPECT_EQ(table.Find(A("2001:db8::1")), nullptr);
  table.Add({P("2001:db8::/32"), InterfaceId{0}, A("fe80::32")});
  table.Add({P("::/0"), InterfaceId{1}, A("fe80::")});
  table.Add({P("2001:db8:1::1/128"), InterfaceId{2}, A("fe80::128")});
  table.Add({P("2001:db8:1::/48"), InterfaceId{3}, A("fe80::48")});
  EXPECT_EQ(NextHop(table, "2001:db8:1::1"), A("fe80::128"));
  EXPECT_EQ(NextHop(table, "2001:db8:1::2"), A("fe80::48"));
  EXPECT_EQ(NextHop(table, "2001:db8:2::1"), A("fe80::32"));
  EXPECT_EQ(NextHop(table, "2001:db9::1"), A("fe80::"));
  EXPECT_EQ(table.size(), 4u);
}

TEST(RoutingTable, AddingAPrefixAgainReplacesItsRoute) {
  RoutingTable table;
  table.Add({P("2001:db8::/32"), InterfaceId{0}, A("fe80::1")});
  table.Add({P("2001:db8::/32"), InterfaceId{0}, A("fe80::2")});
  EXPECT_EQ(NextHop(table, "2001:db8::1"), A("fe80::2"));
  EXPECT_EQ(table.size(), 1u);
}

TEST(RoutingTable, RemovingTakesThatPrefixAlone) {
  RoutingTable table;
  table.Add({P("2001:db8::/32"), InterfaceId{0}, A("fe80::32")});
  table.Add({P("2001:db8::/48"), InterfaceId{0}, A("fe80::48")});
  EXPECT_FALSE(table.Remove(P("2001:db8::/40")));
  EXPECT_FALSE(table.Remove(P("2001:db9::/32")));
  EXPECT_TRUE(table.Remove(P("2001:db8::/48")));
  EXPECT_FALSE(table.Remove(P("2001:db8::/48")));
  EXPECT_EQ(NextHop(table, "2001:db8::1"), A("fe80::32"));
  EXPECT_TRUE(table.Remove(P("2001:db8::/32")));
  EXPECT_EQ(NextHop(table, "2001:db8::1"), std::nullopt);
  EXPECT_EQ(table.size(), 0u);
}

TEST(RoutingTable, AgreesWithASearchOfAllRoutes) {
  RandomStream random(1, "routing table", "test");
  RoutingTable table;
  std::map<Ipv6Prefix, Ipv6Address> routes;
  const auto address = [&] {  // Close to each other, so that prefixes nest.
    return Ipv6Address::FromIntegers(0x2001'0db8'0000'0000 | random.Below(16) << 8, random.Below(16)
                                                                                        << 60);
  };
  for (int step = 0; step < 5000; ++step) {
    const Ipv6Prefix prefix(address(), static_cast<int>(random.Below(129)));
    if (random.Below(3) == 0) {
      ASSERT_EQ(table.Remove(prefix), routes.erase(prefix) > 0);
    } else {
      const Ipv6Address next_hop = address();
      table.Add({prefix, InterfaceId{0}, next_hop});
      routes[prefix] = next_hop;
    }
    ASSERT_EQ(table.size(), routes.size());
    const Ipv6Address destination = address();
    const std::pair<const Ipv6Prefix, Ipv6Address>* longest = nullptr;
    for (const auto& route : routes) {
      if (!route.first.Contains(destination)) continue;
      if (longest == nullptr || route.first.length() > longest->first.length()) longest = &route;
    }
    const Route* found = table.Find(destination);
    ASSERT_EQ(found != nullptr, longest != nullptr);
    if (found != nullptr) {
      ASSERT_EQ(found->prefix, longest->first);
      ASSERT_EQ(found->next_hop, longest->second);
    }
  }
}

}  // namespace
}  // namespace dualsim::ipv6
