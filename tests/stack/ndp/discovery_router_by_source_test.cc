// The router of a source address, RFC 8028.

#include <gtest/gtest.h>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

const Ipv6Address kFar = A("2001:db8:ffff::1");
const Ipv6Address kSource1 = A("2001:db8:1::a");
const Ipv6Address kSource2 = A("2001:db8:2::a");

// Two routers with a prefix each.
struct TwoRouters : DiscoveryForTest {
  TwoRouters() {
    Boot();
    Receive(Advertised("2001:db8:1::/64", Seconds(3600), Seconds(3600)));
    wire::RouterAdvertisement second = Advertised("2001:db8:2::/64", Seconds(3600), Seconds(3600));
    second.options.source_link_layer_address = kRouter2Mac;
    Receive(second, {kRouter2, Ipv6Address::AllNodes()});
  }
  Ipv6Address Select(const Ipv6Address& source, const Ipv6Address& chosen) const {
    return discovery.SelectRouterForSource(now, kFar, source, chosen);
  }
};

TEST(DiscoveryRouterBySource, IsOneThatAdvertisedItsPrefix) {  // §3.2
  const TwoRouters test;
  for (const Ipv6Address& chosen : {kRouter, kRouter2}) {
    EXPECT_EQ(test.Select(kSource1, chosen), kRouter);
    EXPECT_EQ(test.Select(kSource2, chosen), kRouter2);
    EXPECT_EQ(test.Select(A("2001:db8:3::a"), chosen), chosen) << "nobody's";
  }
  EXPECT_TRUE(test.discovery.Advertises(test.now, kRouter, kSource1));
  EXPECT_FALSE(test.discovery.Advertises(test.now, kRouter, kSource2));
}

TEST(DiscoveryRouterBySource, ARouterThatIsNoneAnyMoreIsNotChosen) {
  TwoRouters test;
  test.Receive(wire::RouterAdvertisement{.router_lifetime = Duration(), .options = {}},
               {kRouter2, Ipv6Address::AllNodes()});
  EXPECT_EQ(test.Select(kSource2, kRouter), kRouter);
}

TEST(DiscoveryRouterBySource, ARouterThatDoesNotAnswerIsNotChosen) {
  TwoRouters test;
  test.SendTo(kRouter2);
  test.Run(Seconds(20));
  EXPECT_EQ(test.neighbor_state(kRouter2), NeighborState::kNone);
  EXPECT_EQ(test.Select(kSource2, kRouter), kRouter);
}

TEST(DiscoveryRouterBySource, AMoreSpecificRouteIsNotGivenUp) {
  TwoRouters test;
  wire::RouterAdvertisement with_route = Advertised("", Duration(), Duration());
  with_route.options.routes.push_back({.prefix = *Ipv6Prefix::Parse("2001:db8:ffff::/48"),
                                       .preference = wire::RouterPreference::kMedium,
                                       .lifetime = Seconds(3600)});
  test.Receive(with_route);
  EXPECT_EQ(test.Select(kSource2, kRouter), kRouter);
}

}  // namespace
}  // namespace dualsim::ndp
