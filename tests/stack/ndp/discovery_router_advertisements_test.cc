// What a host takes from router advertisements: RFC 4861 §6.3, RFC 4862 §5.5,
// RFC 4191, RFC 8106, RFC 8781.

#include <gtest/gtest.h>

#include <algorithm>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/advertisements_for_test.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum AddressState;
using wire::Icmpv6Type;
using wire::RouterAdvertisement;

TEST(DiscoveryRouterAdvertisements, ARouterLivesAsLongAsItSaysToTheNanosecond) {  // 1
  DiscoveryForTest test;
  test.Boot();
  const Time heard = test.now;
  EXPECT_EQ(test.Receive(FromRouter(Seconds(1800))), std::nullopt);
  EXPECT_EQ(test.default_routers.at(kRouter), heard + Seconds(1800));
  test.RunUntil(heard + Seconds(1800) - kNanosecond);
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter);
  const int before = test.next_hops_changed;
  test.RunUntil(heard + Seconds(1800));
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), std::nullopt);
  EXPECT_TRUE(test.default_routers.empty());
  EXPECT_GT(test.next_hops_changed, before) << "§6.3.5";
}

TEST(DiscoveryRouterAdvertisements, EveryAdvertisementRefreshesTheLifetime) {  // v6LC.2.2.14
  DiscoveryForTest test;
  test.Boot();
  const Time heard = test.now;
  test.Receive(FromRouter(Seconds(10)));
  test.RunUntil(heard + Seconds(8));
  const int before = test.next_hops_changed;
  test.Receive(FromRouter(Seconds(10)));
  EXPECT_EQ(test.next_hops_changed, before) << "redirects outlive that";
  test.RunUntil(heard + Seconds(18) - kNanosecond);
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter);
  test.Receive(FromRouter(Seconds(5)));  // It may also shorten.
  test.Run(Seconds(5));
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), std::nullopt);
}

TEST(DiscoveryRouterAdvertisements, ARouterLifetimeOfZeroTakesItOffAtOnce) {  // §6.3.4
  DiscoveryForTest test;
  test.Boot();
  test.Receive(FromRouter(Duration()));
  EXPECT_TRUE(test.default_routers.empty());
  test.Receive(FromRouter());
  test.Receive(FromRouter(), {kRouter2, Ipv6Address::AllNodes()});
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter);
  test.Receive(FromRouter(Duration()));
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter2);
}

TEST(DiscoveryRouterAdvertisements, ANodeIsNoRouterOfItsOwn) {
  DiscoveryForTest test;
  test.Boot();
  EXPECT_EQ(test.Receive(FromRouter(), {kOurLinkLocal, Ipv6Address::AllNodes()}),
            DropReason::RA_NOT_ACCEPTED);
  EXPECT_TRUE(test.default_routers.empty());
  EXPECT_EQ(test.neighbor_state(kOurLinkLocal), NeighborState::kNone);
}

TEST(DiscoveryRouterAdvertisements, ParametersAreTakenAndZeroLeavesThem) {  // §6.3.4
  DiscoveryForTest test;
  test.Boot();
  RouterAdvertisement message = FromRouter();
  message.cur_hop_limit = 15;
  message.reachable_time = Milliseconds(40'000);
  message.retrans_timer = Milliseconds(2'500);
  message.options.mtu = 1400;
  test.Receive(message);
  const LinkParameters& parameters = test.discovery.parameters();
  EXPECT_EQ(parameters.cur_hop_limit, 15);
  EXPECT_EQ(parameters.base_reachable_time, Seconds(40));
  EXPECT_GE(parameters.reachable_time, Seconds(20));
  EXPECT_LE(parameters.reachable_time, Seconds(60));
  EXPECT_EQ(parameters.retrans_timer, Milliseconds(2'500));
  EXPECT_EQ(parameters.link_mtu, 1400u);
  const Duration drawn = parameters.reachable_time;
  test.Receive(message);
  EXPECT_EQ(parameters.reachable_time, drawn) << "the same base is no reason to draw again";
  test.Receive(FromRouter());
  EXPECT_EQ(parameters.cur_hop_limit, 15);
  EXPECT_EQ(parameters.reachable_time, drawn);
  EXPECT_EQ(parameters.retrans_timer, Milliseconds(2'500));
  EXPECT_EQ(parameters.link_mtu, 1400u);
}

TEST(DiscoveryRouterAdvertisements, TheMtuStaysBetweenTheMinimumAndTheLinks) {  // §6.3.4
  DiscoveryForTest test;
  test.Boot();
  for (const auto& [advertised, expected] : {std::pair(1279u, 1500u), std::pair(1280u, 1280u),
                                             std::pair(1501u, 1280u), std::pair(1500u, 1500u)}) {
    RouterAdvertisement message = FromRouter();
    message.options.mtu = advertised;
    test.Receive(message);
    EXPECT_EQ(test.discovery.parameters().link_mtu, expected) << advertised;
  }
}

TEST(DiscoveryRouterAdvertisements, ReachableTimeIsHalfToOneAndAHalfOfItsBase) {
  Duration shortest = Seconds(100);
  Duration longest;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    DiscoveryForTest test({}, seed);
    test.discovery.Start(test.now);
    const Duration drawn = test.discovery.parameters().reachable_time;
    shortest = std::min(shortest, drawn);
    longest = std::max(longest, drawn);
  }
  EXPECT_GE(shortest, Seconds(15));
  EXPECT_LT(shortest, Seconds(16));
  EXPECT_LE(longest, Seconds(45));
  EXPECT_GT(longest, Seconds(44));
}

TEST(DiscoveryRouterAdvertisements, TheSendersEntryBecomesOrStaysARouters) {  // v6LC.2.2.16, .17
  const struct {
    NeighborState before;  // With kRouterMac.
    std::optional<MacAddress> advertised;
    NeighborState after;
  } kRows[] = {
      {NeighborState::kNone, kRouterMac, NeighborState::kStale},
      {NeighborState::kNone, std::nullopt, NeighborState::kNone},
      {NeighborState::kReachable, kRouterMac, NeighborState::kReachable},
      {NeighborState::kReachable, kRouter2Mac, NeighborState::kStale},
      {NeighborState::kReachable, std::nullopt, NeighborState::kReachable},
      {NeighborState::kProbe, kRouterMac, NeighborState::kProbe},
      {NeighborState::kProbe, kRouter2Mac, NeighborState::kStale},
      {NeighborState::kProbe, std::nullopt, NeighborState::kProbe},
      {NeighborState::kStale, kRouterMac, NeighborState::kStale},
      {NeighborState::kStale, kRouter2Mac, NeighborState::kStale},
      {NeighborState::kStale, std::nullopt, NeighborState::kStale},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(NeighborStateName(row.before));
    DiscoveryForTest test;
    test.Boot();
    if (row.before != NeighborState::kNone) {
      test.discovery.neighbors().OnLinkLayerAddress(test.now, kRouter, kRouterMac, std::nullopt);
    }
    if (row.before == NeighborState::kReachable) {
      test.discovery.neighbors().ConfirmReachability(test.now, kRouter);
    }
    if (row.before == NeighborState::kProbe) {
      test.SendTo(kRouter);
      test.Run(Seconds(5));
    }
    ASSERT_EQ(test.neighbor_state(kRouter), row.before);
    RouterAdvertisement message = FromRouter();
    message.options.source_link_layer_address = row.advertised;
    test.Receive(message);
    EXPECT_EQ(test.neighbor_state(kRouter), row.after);
    if (row.after == NeighborState::kNone) continue;
    EXPECT_TRUE(test.discovery.neighbors().Find(kRouter)->is_router);
    EXPECT_EQ(test.discovery.neighbors().Find(kRouter)->link_layer_address,
              row.advertised.value_or(kRouterMac));
  }
}

TEST(DiscoveryRouterAdvertisements, WhereTheyAreNotAcceptedNothingIsAskedOrTaken) {
  for (const bool is_router : {false, true}) {
    DiscoveryForTest test({.is_router = is_router, .accept_router_advertisements = false});
    test.discovery.Start(test.now);
    test.Run(Seconds(100));
    EXPECT_TRUE(test.Sent(Icmpv6Type::kRouterSolicitation).empty());
    EXPECT_EQ(test.Receive(WithPrefix()), DropReason::RA_NOT_ACCEPTED);
    EXPECT_TRUE(test.default_routers.empty());
    EXPECT_TRUE(test.prefixes.empty());
    EXPECT_EQ(test.state(kAddress), kRemoved);
    EXPECT_EQ(test.neighbor_state(kRouter), NeighborState::kNone);
  }
}

TEST(DiscoveryRouterAdvertisements, SolicitingGoesOnUntilARouterAnswers) {  // 14, v6LC.2.2.1, .2
  DiscoveryForTest test;
  test.discovery.Start(test.now);
  test.Run(Seconds(20));
  auto asked = test.Sent(Icmpv6Type::kRouterSolicitation);
  ASSERT_GE(asked.size(), 2u);
  for (const SentMessage& message : asked) {
    EXPECT_EQ(message.destination, Ipv6Address::AllRouters());
    const bool assigned = message.when >= test.told[kOurLinkLocal].back().first;
    EXPECT_EQ(message.source, assigned ? kOurLinkLocal : Ipv6Address());
    EXPECT_EQ(message.router_solicitation.options.source_link_layer_address.has_value(), assigned);
  }
  EXPECT_EQ(asked.back().source, kOurLinkLocal);
  const size_t before = asked.size();
  test.Receive(FromRouter(Duration()));
  test.Run(Seconds(200));
  asked = test.Sent(Icmpv6Type::kRouterSolicitation);
  EXPECT_GT(asked.size(), before) << "a router lifetime of 0 is no answer, RFC 7559 §2.1";
  test.Receive(WithPrefix());
  test.sent.clear();
  test.Run(Seconds(20'000));
  EXPECT_TRUE(test.Sent(Icmpv6Type::kRouterSolicitation).empty());
}

TEST(DiscoveryRouterAdvertisements, AFloodIsBoundedAndWhatIsThereStays) {  // RFC 6104, 9099
  DiscoveryForTest test;
  test.Boot();
  EXPECT_EQ(test.Receive(WithPrefix(Seconds(7200), Seconds(7200))), std::nullopt);
  int refused = 0;
  for (uint64_t n = 0; n < 2000; ++n) {
    RouterAdvertisement message = FromRouter();
    message.options.prefixes = {Option("2001:db8::/64", Seconds(7200), Seconds(7200))};
    message.options.prefixes[0].prefix = Ipv6Address::FromIntegers(0x20010db9'00000000 + n, 0);
    message.options.routes.push_back(
        {.prefix = Ipv6Prefix(Ipv6Address::FromIntegers(0x20010dba'00000000 + n, 0), 64),
         .lifetime = Seconds(100)});
    message.options.dns_servers.push_back(
        {.lifetime = Seconds(100), .addresses = {Ipv6Address::FromIntegers(n + 1, 1)}});
    message.options.pref64s.push_back(
        {.prefix = Ipv6Prefix(Ipv6Address::FromIntegers(n + 1, 0), 96), .lifetime = Seconds(80)});
    const Ipv6Address from = Ipv6Address::FromIntegers(0xfe80ull << 48, 1000 + n);
    const auto dropped = test.Receive(message, {from, Ipv6Address::AllNodes()});
    if (dropped) {
      EXPECT_EQ(*dropped, DropReason::RA_LIMIT);
      ++refused;
    }
  }
  EXPECT_GT(refused, 1900);
  EXPECT_LE(test.discovery.default_routers().entries().size(), DefaultRouterList::kMaxRouters);
  EXPECT_LE(test.discovery.prefixes().entries().size(), PrefixList::kMaxPrefixes);
  EXPECT_LE(test.discovery.addresses().entries().size(), 1u + AddressList::kMaxAutoconfigured);
  EXPECT_LE(test.discovery.routes().entries().size(), RouteInformationList::kMaxRoutes);
  EXPECT_LE(test.discovery.dns().servers().size(), DnsConfiguration::kMaxServers);
  EXPECT_LE(test.discovery.pref64s().entries().size(), Pref64List::kMaxPrefixes);
  EXPECT_TRUE(test.logs.empty()) << "nor does the log grow";
  test.Run(Seconds(3));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  EXPECT_EQ(test.default_routers.count(kRouter), 1u);
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8::1")));
  const Time heard = test.now;
  EXPECT_EQ(test.Receive(WithPrefix(Seconds(7200), Seconds(7200))), std::nullopt);
  EXPECT_EQ(test.default_routers.at(kRouter), heard + Seconds(1800)) << "and is refreshed";
}

TEST(DiscoveryRouterAdvertisements, WhoComesAfterAFloodFindsRoom) {
  DiscoveryForTest test;
  test.Boot();
  for (uint64_t n = 0; n < 200; ++n) {
    RouterAdvertisement message = FromRouter(Seconds(9000));
    message.options.prefixes = {Option("2001:db8::/64", Seconds(7200), Seconds(7200))};
    message.options.prefixes[0].prefix = Ipv6Address::FromIntegers(0x20010db9'00000000 + n, 0);
    message.options.routes.push_back(
        {.prefix = Ipv6Prefix(Ipv6Address::FromIntegers(0x20010dba'00000000 + n, 0), 64),
         .lifetime = Seconds(9000)});
    const Ipv6Address from = Ipv6Address::FromIntegers(0xfe80ull << 48, 1000 + n);
    test.Receive(message, {from, Ipv6Address::AllNodes()});
    test.Run(Milliseconds(1));
  }
  RouterAdvertisement message = WithPrefix(Seconds(7200), Seconds(7200));
  const Ipv6Prefix beyond = *Ipv6Prefix::Parse("2001:db8:77::/64");
  message.options.routes.push_back({.prefix = beyond, .lifetime = Seconds(1800)});
  for (int i = 0; i < 2; ++i) {
    test.Receive(message);
    test.Run(Seconds(5));
  }
  EXPECT_EQ(test.default_routers.count(kRouter), 1u);
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8::1")));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  EXPECT_EQ(test.discovery.routes().entries().back().prefix, beyond);
  test.Receive(FromRouter(), {kRouter2, Ipv6Address::AllNodes()});
  EXPECT_EQ(test.default_routers.count(kRouter2), 0u) << "who came again stays";
  EXPECT_EQ(test.default_routers.count(kRouter), 1u);
}

TEST(DiscoveryRouterAdvertisements, NamesForTheResolverAreKeptWhileTheyLast) {  // RFC 8106
  DiscoveryForTest test;
  test.Boot();
  const Time heard = test.now;
  RouterAdvertisement message = FromRouter();
  message.options.dns_servers = {{.lifetime = Seconds(60), .addresses = {A("2001:db8::53")}}};
  message.options.dns_search_lists = {{.lifetime = Seconds(30), .names = {"example.com"}}};
  message.options.pref64s = {
      {.prefix = *Ipv6Prefix::Parse("64:ff9b::/96"), .lifetime = Seconds(40)}};
  test.Receive(message);
  EXPECT_EQ(test.discovery.dns().servers().at(0).value, A("2001:db8::53"));
  EXPECT_EQ(test.discovery.dns().search_domains().at(0).value, "example.com");
  test.RunUntil(heard + Seconds(30) - kNanosecond);
  EXPECT_EQ(test.discovery.dns().search_domains().size(), 1u);
  test.RunUntil(heard + Seconds(30));
  EXPECT_TRUE(test.discovery.dns().search_domains().empty());
  EXPECT_EQ(test.discovery.pref64s().entries().size(), 1u);
  test.RunUntil(heard + Seconds(40));
  EXPECT_TRUE(test.discovery.pref64s().entries().empty());
  test.RunUntil(heard + Seconds(60) - kNanosecond);
  EXPECT_EQ(test.discovery.dns().servers().size(), 1u);
  test.RunUntil(heard + Seconds(60));
  EXPECT_TRUE(test.discovery.dns().servers().empty());
}

}  // namespace
}  // namespace dualsim::ndp
