// Answers for addresses that others have too, RFC 4861 §7.2.7 and §7.2.8.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using wire::Icmpv6Type;

const Ipv6Address kAnycast = *Ipv6Address::Parse("2001:db8:1::");
const Ipv6Address kAway = *Ipv6Address::Parse("2001:db8:1::77");

NeighborDiscoveryConfig Router() {
  return {.is_router = true,
          .accept_router_advertisements = false,
          .addresses = {*Ipv6Cidr::Parse("2001:db8:1::1/64")},
          .proxied_addresses = {kAway}};
}

wire::NeighborSolicitation For(const Ipv6Address& target) {
  wire::NeighborSolicitation message{.target = target, .options = {}};
  message.options.source_link_layer_address = kNeighborMac;
  return message;
}

TEST(DiscoveryAnycast, ARouterHasTheSubnetsAnycastAddressWhileItHasOneThere) {  // RFC 4291 §2.6.1
  DiscoveryForTest test(Router());
  test.discovery.Start(test.now);
  EXPECT_FALSE(test.discovery.IsAnycast(kAnycast)) << "its own address is not yet assigned";
  test.Run(Seconds(3));
  EXPECT_TRUE(test.discovery.IsAnycast(kAnycast));
  EXPECT_FALSE(test.discovery.IsAnycast(kAway));
  EXPECT_EQ(test.joined_groups[kAnycast.SolicitedNode()], 1);
  EXPECT_EQ(test.joined_groups[kAway.SolicitedNode()], 1);
  test.discovery.AddStaticAddress(test.now, *Ipv6Cidr::Parse("2001:db8:1::2/64"));
  test.Run(Seconds(3));
  test.discovery.RemoveAddress(test.now, *Ipv6Address::Parse("2001:db8:1::1"));
  EXPECT_TRUE(test.discovery.IsAnycast(kAnycast));
  test.discovery.RemoveAddress(test.now, *Ipv6Address::Parse("2001:db8:1::2"));
  EXPECT_FALSE(test.discovery.IsAnycast(kAnycast));
  test.discovery.Stop(test.now);
  EXPECT_TRUE(test.joined_groups.empty());
  EXPECT_TRUE(test.heard_groups.empty());
}

TEST(DiscoveryAnycast, NeitherHostsNorLinksBetweenTwoRoutersHaveOne) {  // RFC 6164 §5.1
  DiscoveryForTest host({.addresses = {*Ipv6Cidr::Parse("2001:db8:1::1/64")}});
  host.Boot();
  EXPECT_FALSE(host.discovery.IsAnycast(kAnycast));
  NeighborDiscoveryConfig config = Router();
  config.addresses = {*Ipv6Cidr::Parse("2001:db8:1::1/127")};
  DiscoveryForTest router(config);
  router.Boot();
  EXPECT_FALSE(router.discovery.IsAnycast(kAnycast));
}

TEST(DiscoveryAnycast, AnswersComeLateAndWithoutOverride) {
  for (const Ipv6Address& target : {kAnycast, kAway}) {
    DiscoveryForTest test(Router());
    test.Boot();
    const Time asked = test.now;
    EXPECT_EQ(test.Receive(For(target), {kNeighbor, target.SolicitedNode()}), std::nullopt);
    EXPECT_EQ(test.Receive(For(target), {kNeighbor, target.SolicitedNode()}), std::nullopt);
    EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborAdvertisement).empty());
    test.Run(Seconds(1));
    const auto answers = test.Sent(Icmpv6Type::kNeighborAdvertisement);
    ASSERT_EQ(answers.size(), 1u) << "one for both";
    EXPECT_GT(answers[0].when, asked);
    EXPECT_LE(answers[0].when, asked + Seconds(1));
    EXPECT_EQ(answers[0].source, kOurLinkLocal);
    EXPECT_EQ(answers[0].destination, kNeighbor);
    EXPECT_EQ(answers[0].advertisement.target, target);
    EXPECT_TRUE(answers[0].advertisement.router);
    EXPECT_TRUE(answers[0].advertisement.solicited);
    EXPECT_FALSE(answers[0].advertisement.override_flag);
    EXPECT_EQ(answers[0].advertisement.options.target_link_layer_address, kOurMac);
  }
}

TEST(DiscoveryAnycast, AnothersDetectionIsAnsweredToAllNodes) {
  DiscoveryForTest test(Router());
  test.Boot();
  EXPECT_EQ(test.ReceiveProbe(kAway, NdpNonce::FromInteger(5)), std::nullopt);
  test.Run(Seconds(1));
  const auto answers = test.Sent(Icmpv6Type::kNeighborAdvertisement);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].destination, Ipv6Address::AllNodes());
  EXPECT_FALSE(answers[0].advertisement.solicited);
}

TEST(DiscoveryAnycast, AFloodIsAnsweredEarlyAndEverybodyOnce) {
  DiscoveryForTest test(Router());
  test.Boot();
  const auto solicitor = [](uint64_t i) {
    return Ipv6Address::FromIntegers(0xfe80ull << 48, 0x1000 + i);
  };
  constexpr uint64_t kSolicitors = 3 * ServedAddresses::kMaxAnswers;
  for (uint64_t i = 0; i < kSolicitors; ++i) {
    ASSERT_EQ(test.Receive(For(kAway), {solicitor(i), kAway.SolicitedNode()}), std::nullopt);
  }
  EXPECT_EQ(test.Sent(Icmpv6Type::kNeighborAdvertisement).size(),
            kSolicitors - ServedAddresses::kMaxAnswers)
      << "no more than that wait";
  test.Run(Seconds(1));
  std::set<Ipv6Address> answered;
  for (const auto& answer : test.Sent(Icmpv6Type::kNeighborAdvertisement)) {
    EXPECT_TRUE(answered.insert(answer.destination).second) << answer.destination.ToString();
  }
  EXPECT_EQ(answered.size(), kSolicitors);
}

TEST(DiscoveryAnycast, ARouterThatTakesAdvertisementsIsAutoconfigured) {
  NeighborDiscoveryConfig config = Router();
  config.accept_router_advertisements = true;
  DiscoveryForTest test(config);
  test.Boot();
  wire::RouterAdvertisement message{.router_lifetime = Seconds(1800), .options = {}};
  message.options.prefixes.push_back({.prefix = *Ipv6Address::Parse("2001:db8:2::"),
                                      .prefix_length = 64,
                                      .on_link = true,
                                      .autonomous = true,
                                      .valid_lifetime = Seconds(3600),
                                      .preferred_lifetime = Seconds(3600)});
  EXPECT_EQ(test.Receive(message), std::nullopt);
  test.Run(Seconds(3));
  EXPECT_EQ(test.Addresses(AddressOrigin::kAutoconfigured).size(), 1u);
  EXPECT_NE(test.discovery.default_routers().Find(kRouter), nullptr);
  EXPECT_TRUE(test.discovery.IsAnycast(*Ipv6Address::Parse("2001:db8:2::")));
}

}  // namespace
}  // namespace dualsim::ndp
