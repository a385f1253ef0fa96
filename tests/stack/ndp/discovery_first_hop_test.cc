// Which router a packet takes: RFC 4861 §6.3.6 and §8, RFC 4191 §3.

#include <gtest/gtest.h>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum wire::RouterPreference;
using wire::Icmpv6Type;
using wire::RouterAdvertisement;

const Ipv6Address kRouterW = A("fe80::11");
const Ipv6Address kRouterX = A("fe80::12");
const Ipv6Address kRouterY = A("fe80::13");
const Ipv6Address kRouterZ = A("fe80::14");
const Ipv6Address kFar = A("2001:db8:ffff::1");

MacAddress MacOf(const Ipv6Address& router) {
  return MacAddress::FromInteger(0x02'00'00'00'00'00 + (router.low() & 0xff));
}

class FirstHop : public ::testing::Test {
 protected:
  void SetUp() override { test.Boot(); }

  // An advertisement of a router, which from then on is STALE in the cache (or,
  // without an address, not in it).
  void Advertise(const Ipv6Address& router, Duration lifetime,
                 wire::RouterPreference preference = kMedium,
                 std::vector<wire::RouteInformation> routes = {}, bool with_address = true) {
    RouterAdvertisement message{
        .preference = preference, .router_lifetime = lifetime, .options = {}};
    if (with_address) message.options.source_link_layer_address = MacOf(router);
    message.options.routes = std::move(routes);
    ASSERT_EQ(test.Receive(message, {router, Ipv6Address::AllNodes()}), std::nullopt);
  }
  static wire::RouteInformation Route(std::string_view prefix, wire::RouterPreference preference,
                                      Duration lifetime = Seconds(1800)) {
    return {.prefix = *Ipv6Prefix::Parse(prefix), .preference = preference, .lifetime = lifetime};
  }
  // A router stops answering: what is sent to it leads to its being given up.
  void Fail(const Ipv6Address& router) {
    test.SendTo(router);
    test.Run(Seconds(8));
    ASSERT_EQ(test.neighbor_state(router), NeighborState::kNone);
  }
  void Answer(const Ipv6Address& router) {
    wire::NeighborAdvertisement message{
        .router = true, .solicited = true, .override_flag = true, .target = router, .options = {}};
    message.options.target_link_layer_address = MacOf(router);
    test.Receive(message);
  }
  std::optional<Ipv6Address> Select(std::string_view destination) {
    const auto chosen = test.discovery.SelectRouter(test.now, A(destination));
    if (!chosen) return std::nullopt;
    return chosen->router;
  }
  wire::Redirect RedirectTo(const Ipv6Address& target, const Ipv6Address& destination = kFar,
                            std::optional<MacAddress> mac = std::nullopt) {
    wire::Redirect message{.target = target, .destination = destination, .options = {}};
    message.options.target_link_layer_address = mac;
    return message;
  }
  Parsed<Ipv6Address> Redirect(const wire::Redirect& message,
                               std::optional<Ipv6Address> first_hop = kRouter) {
    return test.discovery.OnRedirect(test.now, {kRouter, kOurLinkLocal}, message, first_hop);
  }

  DiscoveryForTest test;
};

TEST_F(FirstHop, WithoutARouterThereIsNone) {  // mirage-stack.md 17
  EXPECT_EQ(Select("2001:db8:ffff::1"), std::nullopt);
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), std::nullopt);
}

TEST_F(FirstHop, AReachableRouterIsKeptUntilItFails) {  // v6LC.2.2.11
  Advertise(kRouter, Seconds(1800));
  Advertise(kRouter2, Seconds(1800));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter);
  const int before = test.next_hops_changed;
  Fail(kRouter);
  EXPECT_GT(test.next_hops_changed, before);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter2);
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter2);
}

TEST_F(FirstHop, RoutersOfWhichNothingIsKnownTakeTurns) {  // RFC 4861 §6.3.6
  for (const Ipv6Address& router : {kRouterW, kRouterX, kRouterY}) {
    Advertise(router, Seconds(1800), kMedium, {}, false);
  }
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouterW);
    EXPECT_EQ(Select("2001:db8:ffff::1"), kRouterX);
    EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouterY);
  }
  // One that can be reached goes before those that are unknown, or being resolved.
  test.SendTo(kRouterW);
  test.SendTo(kRouterX);
  Answer(kRouterX);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouterX);
}

TEST_F(FirstHop, WhereNoRouterAnswersTheyTakeTurns) {  // RFC 4861 §6.3.6
  Advertise(kRouterW, Seconds(1800));
  Advertise(kRouterX, Seconds(1800));
  Fail(kRouterW);
  Fail(kRouterX);
  const auto first = test.discovery.SelectDefaultRouter();
  const auto second = test.discovery.SelectDefaultRouter();
  EXPECT_NE(first, second);
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), first);
}

TEST_F(FirstHop, ThePreferredRouterIsTaken) {  // RFC 4191 §3.2
  Advertise(kRouterW, Seconds(1800), kLow);
  Advertise(kRouterX, Seconds(1800), kHigh, {}, false);
  Advertise(kRouterY, Seconds(1800), kMedium);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouterX) << "assumed to be reachable";
  const int before = test.next_hops_changed;
  Advertise(kRouterY, Seconds(1800), kHigh);
  EXPECT_GT(test.next_hops_changed, before);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouterY) << "known to be";
}

TEST_F(FirstHop, AStaticGatewayGoesFirst) {
  DiscoveryForTest with({.gateway = kRouterZ});
  with.Boot();
  RouterAdvertisement message{.preference = kHigh, .router_lifetime = Seconds(1800), .options = {}};
  message.options.source_link_layer_address = kRouterMac;
  with.Receive(message);
  EXPECT_EQ(with.discovery.SelectDefaultRouter(), kRouterZ);
  with.SendTo(kRouterZ);
  with.Run(Seconds(3));  // Nobody is there.
  EXPECT_EQ(with.discovery.SelectDefaultRouter(), kRouter);
}

TEST_F(FirstHop, TheExampleOfRfc4191Section3_6) {
  Advertise(kRouterW, Seconds(1800), kMedium);
  Advertise(kRouterX, Duration(), kMedium, {Route("2002::/16", kMedium)});
  Advertise(kRouterY, Duration(), kMedium, {Route("2001:db8::/32", kHigh)});
  Advertise(kRouterZ, Duration(), kMedium, {Route("2001:db8::/32", kLow)});
  EXPECT_EQ(Select("2001:db8::1"), kRouterY);
  EXPECT_EQ(Select("2002::1"), kRouterX);
  EXPECT_EQ(Select("2003::1"), kRouterW);
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouterW);
  Fail(kRouterY);
  EXPECT_EQ(Select("2001:db8::1"), kRouterZ);
  Fail(kRouterZ);
  EXPECT_EQ(Select("2001:db8::1"), kRouterW);
  Fail(kRouterW);
  EXPECT_EQ(Select("2001:db8::1"), kRouterY);
}

TEST_F(FirstHop, RoutersThatWerePassedOverAreProbedOnceAMinuteWhileThereIsTraffic) {  // §3.5
  Advertise(kRouterW, Seconds(9000), kMedium);
  Advertise(kRouterY, Seconds(9000), kHigh);
  Fail(kRouterY);
  test.sent.clear();
  // Traffic each second: next hops are determined when they were said to have changed.
  int known = -1;
  for (int second = 0; second < 600; ++second) {
    if (known != test.next_hops_changed) {
      known = test.next_hops_changed;
      EXPECT_EQ(Select("2001:db8:ffff::1"), kRouterW);
      Answer(kRouterW);
      known = test.next_hops_changed;
    }
    test.Run(Seconds(1));
  }
  const auto probes = test.Solicitations(kRouterY);
  EXPECT_GE(probes.size(), 9u);
  EXPECT_LE(probes.size(), 10u);
  for (size_t i = 1; i < probes.size(); ++i) {
    EXPECT_GE(probes[i].when - probes[i - 1].when, Seconds(60));
  }
  // Without traffic there is none.
  test.sent.clear();
  test.Run(Seconds(1000));
  EXPECT_TRUE(test.Solicitations(kRouterY).empty());
  // And when it answers it is used.
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouterW);
  ASSERT_EQ(test.Solicitations(kRouterY).size(), 1u);
  Answer(kRouterY);
  EXPECT_GT(test.next_hops_changed, known);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouterY);
}

TEST_F(FirstHop, AnAdvertisementOfOneThatFailedMakesItUsableAgain) {
  Advertise(kRouter, Seconds(1800), kHigh);
  Advertise(kRouter2, Seconds(1800));
  Fail(kRouter);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter2);
  Advertise(kRouter, Seconds(1800), kHigh);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter);
}

TEST_F(FirstHop, RoutesLiveAsLongAsTheySay) {  // v6LC.2.2.23
  Advertise(kRouter, Seconds(1800));
  const Time heard = test.now;
  Advertise(kRouter2, Seconds(1800), kMedium,
            {Route("2001:db8:ffff::/48", kMedium, Seconds(100)),
             Route("2001:db8:ffff::/96", kMedium, Seconds(50))});
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter2);
  EXPECT_EQ(Select("2001:db8:fffe::1"), kRouter);
  test.RunUntil(heard + Seconds(100) - Nanoseconds(1));
  EXPECT_EQ(test.discovery.routes().entries().size(), 1u);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter2);
  const int before = test.next_hops_changed;
  test.RunUntil(heard + Seconds(100));
  EXPECT_GT(test.next_hops_changed, before);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter);
  Advertise(kRouter2, Seconds(1800), kMedium, {Route("2001:db8:ffff::/48", kMedium)});
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter2);
  Advertise(kRouter2, Seconds(1800), kMedium, {Route("2001:db8:ffff::/48", kMedium, Duration())});
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter) << "a lifetime of 0 ends it at once";
}

TEST_F(FirstHop, ARoutesPreferenceMayChange) {  // v6LC.2.2.23.F
  Advertise(kRouter, Seconds(1800), kMedium, {Route("2001:db8:ffff::/48", kLow)});
  Advertise(kRouter2, Seconds(1800), kMedium, {Route("2001:db8:ffff::/48", kMedium)});
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter2);
  const int before = test.next_hops_changed;
  Advertise(kRouter, Seconds(1800), kMedium, {Route("2001:db8:ffff::/48", kHigh)});
  EXPECT_GT(test.next_hops_changed, before);
  EXPECT_EQ(Select("2001:db8:ffff::1"), kRouter);
}

TEST_F(FirstHop, ARouteToEverywhereOverridesTheHeader) {  // RFC 4191 §3.1's example
  const Time heard = test.now;
  Advertise(kRouterX, Seconds(100), kMedium, {Route("::/0", kLow, Seconds(200))});
  EXPECT_EQ(test.default_routers.at(kRouterX), heard + Seconds(200));
  EXPECT_EQ(test.discovery.default_routers().Find(kRouterX)->preference, kLow);
  EXPECT_TRUE(test.discovery.routes().entries().empty());
  Advertise(kRouterX, Seconds(100), kMedium, {Route("::/0", kLow, Duration())});
  EXPECT_TRUE(test.default_routers.empty());
}

TEST_F(FirstHop, RoutesToWhatNeverLeavesTheLinkAreIgnored) {
  Advertise(kRouter, Seconds(1800), kMedium, {Route("fe80::/10", kHigh), Route("ff00::/8", kHigh)});
  EXPECT_TRUE(test.discovery.routes().entries().empty());
}

TEST_F(FirstHop, WhoCeasesToBeARouterLosesItsRoutesAndNames) {
  RouterAdvertisement message{.router_lifetime = Seconds(1800), .options = {}};
  message.options.source_link_layer_address = kRouterMac;
  message.options.routes = {Route("2001:db8:ffff::/48", kHigh)};
  message.options.dns_servers = {{.lifetime = Seconds(600), .addresses = {A("2001:db8::53")}}};
  test.Receive(message);
  wire::NeighborAdvertisement host{.override_flag = true, .target = kRouter, .options = {}};
  test.Receive(host);
  EXPECT_TRUE(test.discovery.routes().entries().empty());
  EXPECT_TRUE(test.discovery.dns().servers().empty());
  EXPECT_EQ(Select("2001:db8:ffff::1"), std::nullopt);
}

TEST_F(FirstHop, ARedirectToARouterGivesTheNextHop) {  // RFC 4861 §8.3
  Advertise(kRouter, Seconds(1800));
  const auto result = Redirect(RedirectTo(kRouter2, kFar, kRouter2Mac));
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, kRouter2);
  const Neighbor* target = test.discovery.neighbors().Find(kRouter2);
  ASSERT_NE(target, nullptr);
  EXPECT_EQ(target->state, NeighborState::kStale);
  EXPECT_EQ(target->link_layer_address, kRouter2Mac);
  EXPECT_TRUE(target->is_router);
  EXPECT_EQ(test.discovery.default_routers().Find(kRouter2), nullptr);
  EXPECT_TRUE(test.discovery.IsRedirectLive(kFar, kRouter2));
}

TEST_F(FirstHop, ARedirectToTheDestinationSaysNothingOfRouters) {  // RFC 4861 §8.3
  Advertise(kRouter, Seconds(1800));
  ASSERT_TRUE(Redirect(RedirectTo(kFar, kFar, kNeighborMac)));
  EXPECT_FALSE(test.discovery.neighbors().Find(kFar)->is_router);
  EXPECT_TRUE(test.discovery.IsRedirectLive(kFar, kFar));
  test.discovery.neighbors().OnRouterFlag(test.now, kFar, true);
  ASSERT_TRUE(Redirect(RedirectTo(kFar, kFar, kNeighborMac)));
  EXPECT_TRUE(test.discovery.neighbors().Find(kFar)->is_router) << "what was known stays";
}

TEST_F(FirstHop, ARedirectUpdatesAnEntryAsOtherMessagesDo) {  // RFC 4861 §8.3
  Advertise(kRouter, Seconds(1800));
  for (const auto& [mac, after] : {std::pair(kRouter2Mac, NeighborState::kReachable),
                                   std::pair(kNeighborMac, NeighborState::kStale)}) {
    test.discovery.neighbors().OnLinkLayerAddress(test.now, kRouter2, kRouter2Mac, std::nullopt);
    test.discovery.neighbors().ConfirmReachability(test.now, kRouter2);
    ASSERT_TRUE(Redirect(RedirectTo(kRouter2, kFar, mac)));
    EXPECT_EQ(test.neighbor_state(kRouter2), after);
    EXPECT_EQ(test.discovery.neighbors().Find(kRouter2)->link_layer_address, mac);
  }
  // Without the option nothing is created, and an entry learns what it is.
  ASSERT_TRUE(Redirect(RedirectTo(kRouterX)));
  EXPECT_EQ(test.neighbor_state(kRouterX), NeighborState::kNone);
  test.SendTo(kRouterY);
  ASSERT_TRUE(Redirect(RedirectTo(kRouterY)));
  EXPECT_TRUE(test.discovery.neighbors().Find(kRouterY)->is_router);
  EXPECT_EQ(test.neighbor_state(kRouterY), NeighborState::kIncomplete);
}

TEST_F(FirstHop, ATargetWithoutAnEntryIsARouterUntilItSaysOtherwise) {  // RFC 4861 §8.3
  Advertise(kRouter, Seconds(1800));
  for (const bool router : {true, false}) {
    ASSERT_TRUE(Redirect(RedirectTo(kRouterX)));
    EXPECT_TRUE(test.discovery.IsRedirectLive(kFar, kRouterX)) << "before the first packet";
    test.SendTo(kRouterX);
    ASSERT_EQ(test.neighbor_state(kRouterX), NeighborState::kIncomplete);
    EXPECT_TRUE(test.discovery.IsRedirectLive(kFar, kRouterX));
    wire::NeighborAdvertisement answer{
        .router = router, .solicited = true, .target = kRouterX, .options = {}};
    answer.options.target_link_layer_address = MacOf(kRouterX);
    const int before = test.next_hops_changed;
    test.Receive(answer);
    EXPECT_EQ(test.discovery.IsRedirectLive(kFar, kRouterX), router);
    EXPECT_EQ(test.next_hops_changed > before, !router);
    test.discovery.neighbors().Clear(test.now);
  }
}

TEST_F(FirstHop, ATargetWithoutAnEntryThatDoesNotAnswerIsGivenUp) {  // RFC 4861 §7.3.3
  Advertise(kRouter, Seconds(1800));
  ASSERT_TRUE(Redirect(RedirectTo(kRouterX)));
  Fail(kRouterX);
  EXPECT_FALSE(test.discovery.IsRedirectLive(kFar, kRouterX));
  for (uint64_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(Redirect(RedirectTo(Ipv6Address::FromIntegers(0xfe80ull << 48, 0x1000 + i))));
  }
  EXPECT_TRUE(test.discovery.IsRedirectLive(kFar, A("fe80::1063")));
  EXPECT_FALSE(test.discovery.IsRedirectLive(kFar, A("fe80::1000"))) << "the oldest made room";
}

TEST_F(FirstHop, RedirectsThatAreNotValidAreDropped) {  // RFC 4861 §8.1
  Advertise(kRouter, Seconds(1800));
  const wire::Redirect good = RedirectTo(kRouter2, kFar, kRouter2Mac);
  EXPECT_EQ(Redirect(good, kRouter2).reason(), DropReason::REDIRECT_NOT_FIRST_HOP);
  EXPECT_EQ(Redirect(good, kFar).reason(), DropReason::REDIRECT_NOT_FIRST_HOP)
      << "the destination is on link";
  EXPECT_EQ(Redirect(good, std::nullopt).reason(), DropReason::REDIRECT_NOT_FIRST_HOP);
  EXPECT_EQ(Redirect(RedirectTo(kOurLinkLocal)).reason(), DropReason::REDIRECT_BAD_TARGET);
  EXPECT_EQ(Redirect(RedirectTo(A("::1"), A("::1"))).reason(), DropReason::REDIRECT_BAD_TARGET);
  EXPECT_EQ(Redirect(RedirectTo(A("::"), A("::"))).reason(), DropReason::REDIRECT_BAD_TARGET);
  EXPECT_EQ(test.neighbor_state(kRouter2), NeighborState::kNone);
  test.discovery.Stop(test.now);
  EXPECT_EQ(Redirect(good).reason(), DropReason::INTERFACE_DOWN);
  DiscoveryForTest router({.is_router = true});
  router.Boot();
  EXPECT_EQ(
      router.discovery.OnRedirect(router.now, {kRouter, kOurLinkLocal}, good, kRouter).reason(),
      DropReason::REDIRECT_NOT_ACCEPTED);
}

TEST_F(FirstHop, ARedirectLivesUntilItsTargetFailsOrCeasesToBeARouter) {  // RFC 4861 §7.3.3
  Advertise(kRouter, Seconds(1800));
  ASSERT_TRUE(Redirect(RedirectTo(kRouter2, kFar, kRouter2Mac)));
  Advertise(kRouter, Seconds(1800));
  EXPECT_TRUE(test.discovery.IsRedirectLive(kFar, kRouter2));
  int before = test.next_hops_changed;
  Fail(kRouter2);
  EXPECT_GT(test.next_hops_changed, before);
  EXPECT_FALSE(test.discovery.IsRedirectLive(kFar, kRouter2));

  ASSERT_TRUE(Redirect(RedirectTo(kRouter2, kFar, kRouter2Mac)));
  before = test.next_hops_changed;
  test.Receive(wire::NeighborAdvertisement{.target = kRouter2, .options = {}});
  EXPECT_GT(test.next_hops_changed, before);
  EXPECT_FALSE(test.discovery.IsRedirectLive(kFar, kRouter2));

  ASSERT_TRUE(Redirect(RedirectTo(kFar, kFar, kNeighborMac)));
  before = test.next_hops_changed;
  Fail(kFar);
  EXPECT_GT(test.next_hops_changed, before);
  EXPECT_FALSE(test.discovery.IsRedirectLive(kFar, kFar));
}

TEST_F(FirstHop, ANeighborOnLinkThatFailsVoidsNoNextHops) {
  RouterAdvertisement message{.router_lifetime = Seconds(1800), .options = {}};
  message.options.source_link_layer_address = kRouterMac;
  message.options.prefixes = {{.prefix = A("2001:db8::"),
                               .prefix_length = 64,
                               .on_link = true,
                               .valid_lifetime = Seconds(1800),
                               .preferred_lifetime = Seconds(1800)}};
  test.Receive(message);
  const int before = test.next_hops_changed;
  Fail(A("2001:db8::77"));
  EXPECT_EQ(test.next_hops_changed, before) << "a scan must not";
}

}  // namespace
}  // namespace dualsim::ndp
