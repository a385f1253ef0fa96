// Solicitations and advertisements between neighbours, RFC 4861 §7.2.

#include <gtest/gtest.h>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum NeighborState;
using wire::Icmpv6Type;

wire::NeighborSolicitation Solicitation(const Ipv6Address& target,
                                        std::optional<MacAddress> source = kNeighborMac) {
  wire::NeighborSolicitation message{.target = target, .options = {}};
  message.options.source_link_layer_address = source;
  return message;
}

wire::NeighborAdvertisement Advertisement(const Ipv6Address& target, bool router, bool solicited,
                                          bool override_flag,
                                          std::optional<MacAddress> mac = std::nullopt) {
  wire::NeighborAdvertisement message{.router = router,
                                      .solicited = solicited,
                                      .override_flag = override_flag,
                                      .target = target,
                                      .options = {}};
  message.options.target_link_layer_address = mac;
  return message;
}

wire::RouterAdvertisement RouterIsHere(std::optional<MacAddress> mac = kRouterMac) {
  wire::RouterAdvertisement message{.router_lifetime = Seconds(1800), .options = {}};
  message.options.source_link_layer_address = mac;
  return message;
}

TEST(DiscoveryNeighborMessages, ASolicitationIsAnsweredToItsSender) {  // §7.2.4
  for (const Ipv6Address& destination : {kOurLinkLocal, kOurLinkLocal.SolicitedNode()}) {
    DiscoveryForTest test;
    test.Boot();
    EXPECT_EQ(test.Receive(Solicitation(kOurLinkLocal), {kNeighbor, destination}), std::nullopt);
    ASSERT_EQ(test.sent.size(), 1u);
    const SentMessage& answer = test.sent[0];
    EXPECT_EQ(answer.type, Icmpv6Type::kNeighborAdvertisement);
    EXPECT_EQ(answer.source, kOurLinkLocal);
    EXPECT_EQ(answer.destination, kNeighbor);
    EXPECT_EQ(answer.advertisement.target, kOurLinkLocal);
    EXPECT_TRUE(answer.advertisement.solicited);
    EXPECT_TRUE(answer.advertisement.override_flag);
    EXPECT_FALSE(answer.advertisement.router);
    EXPECT_EQ(answer.advertisement.options.target_link_layer_address, kOurMac);
    // §7.2.3: the sender is known now.
    EXPECT_EQ(test.neighbor_state(kNeighbor), kStale);
    EXPECT_FALSE(test.discovery.neighbors().Find(kNeighbor)->is_router);
  }
}

TEST(DiscoveryNeighborMessages, ASolicitationWithoutSourceAddressOptionTeachesNothing) {
  DiscoveryForTest test;
  test.Boot();
  EXPECT_EQ(test.Receive(Solicitation(kOurLinkLocal, std::nullopt), {kNeighbor, kOurLinkLocal}),
            std::nullopt);
  EXPECT_EQ(test.neighbor_state(kNeighbor), kNone);
  EXPECT_EQ(test.Sent(Icmpv6Type::kNeighborAdvertisement).size(), 1u);
}

TEST(DiscoveryNeighborMessages, ARouterSaysSo) {  // §7.2.4
  DiscoveryForTest test({.is_router = true});
  test.Boot();
  test.Receive(Solicitation(kOurLinkLocal), {kNeighbor, kOurLinkLocal});
  EXPECT_TRUE(test.sent.at(0).advertisement.router);
}

TEST(DiscoveryNeighborMessages, AnothersDetectionIsAnsweredToAllNodes) {  // §7.2.4
  DiscoveryForTest test;
  test.Boot();
  EXPECT_EQ(test.ReceiveProbe(kOurLinkLocal, NdpNonce::FromInteger(5)), std::nullopt);
  ASSERT_EQ(test.sent.size(), 1u);
  EXPECT_EQ(test.sent[0].destination, Ipv6Address::AllNodes());
  EXPECT_FALSE(test.sent[0].advertisement.solicited);
  EXPECT_TRUE(test.sent[0].advertisement.override_flag);
  EXPECT_EQ(test.state(kOurLinkLocal), AddressState::kPreferred);
  EXPECT_EQ(test.discovery.neighbors().size(), 0u) << "nobody is at ::";
  EXPECT_EQ(test.logs.size(), 1u);
}

TEST(DiscoveryNeighborMessages, SolicitationsForOthersAreDropped) {
  DiscoveryForTest test;
  test.Boot();
  EXPECT_EQ(test.Receive(Solicitation(A("fe80::77")), {kNeighbor, A("ff02::1:ff00:77")}),
            DropReason::NS_NOT_OUR_TARGET);
  EXPECT_TRUE(test.sent.empty());
  EXPECT_EQ(test.neighbor_state(kNeighbor), kNone);
}

TEST(DiscoveryNeighborMessages, ADuplicateAddressIsTheOtherNodes) {
  DiscoveryForTest test(
      {.link_local_address = A("fe80::5"), .addresses = {*Ipv6Cidr::Parse("2001:db8::42/64")}});
  test.discovery.Start(test.now);
  test.ReceiveProbe(A("fe80::5"));
  test.Run(Seconds(3));
  test.sent.clear();
  EXPECT_EQ(test.Receive(Solicitation(A("fe80::5")), {kNeighbor, A("ff02::1:ff00:5")}),
            DropReason::NS_NOT_OUR_TARGET);
  test.SendTo(A("fe80::5"), 3);
  EXPECT_EQ(test.Solicitations(A("fe80::5")).size(), 1u) << "and it can be talked to";
  EXPECT_EQ(test.Receive(Advertisement(A("fe80::5"), false, true, true, kNeighborMac)),
            std::nullopt);
  EXPECT_EQ(test.transmitted, (std::vector{std::pair(3, kNeighborMac)}));
}

TEST(DiscoveryNeighborMessages, AConflictAfterDetectionIsDefendedAndLogged) {  // mirage-stack.md 7
  DiscoveryForTest test;
  test.Boot();
  EXPECT_EQ(test.Receive(Advertisement(kOurLinkLocal, false, false, true, kNeighborMac)),
            std::nullopt);
  EXPECT_EQ(test.state(kOurLinkLocal), AddressState::kPreferred);
  EXPECT_EQ(test.logs.size(), 1u);
  EXPECT_EQ(test.Receive(Solicitation(kOurLinkLocal), {kOurLinkLocal, kOurLinkLocal}),
            DropReason::NS_FROM_OUR_ADDRESS);
  EXPECT_EQ(test.logs.size(), 2u);
  EXPECT_EQ(test.discovery.neighbors().size(), 0u) << "none of it is another node's";
  EXPECT_TRUE(test.sent.empty());
}

TEST(DiscoveryNeighborMessages, ResolutionAsksTheSolicitedNodeGroup) {  // §7.2.2
  DiscoveryForTest test;
  test.Boot();
  test.SendTo(kNeighbor, 1);
  test.Run(Seconds(10));
  const auto asked = test.Solicitations(kNeighbor);
  ASSERT_EQ(asked.size(), 3u);
  for (size_t i = 0; i < asked.size(); ++i) {
    EXPECT_EQ(asked[i].destination, kNeighbor.SolicitedNode());
    EXPECT_EQ(asked[i].source, kOurLinkLocal);
    EXPECT_EQ(asked[i].solicitation.options.source_link_layer_address, kOurMac);
    EXPECT_FALSE(asked[i].solicitation.options.nonce);
    EXPECT_EQ(asked[i].when, asked[0].when + Seconds(static_cast<int64_t>(i)));
  }
  EXPECT_EQ(test.lost, (std::vector{std::pair(1, DropReason::ADDRESS_UNREACHABLE)}));
}

TEST(DiscoveryNeighborMessages, TheSourceIsThatOfThePacketWhereItIsOurs) {  // §7.2.2
  const Ipv6Address ours = A("2001:db8::42");
  const Ipv6Address peer = A("2001:db8::b");
  for (const auto& [source, expected] :
       {std::pair(ours, ours), std::pair(A("2001:db8::99"), kOurLinkLocal)}) {
    DiscoveryForTest test({.addresses = {{ours, 64}}});
    test.Boot();
    Packet packet = test.packets.Make(wire::Ipv6Header::kSize);
    wire::Ipv6Header{.source = source, .destination = peer}.Store(packet.mutable_bytes().data());
    test.discovery.SendToNeighbor(test.now, peer, std::move(packet));
    EXPECT_EQ(test.Solicitations(peer).at(0).source, expected);
  }
}

TEST(DiscoveryNeighborMessages, ProbesOfReachabilityGoStraightToTheCard) {  // §7.3.3
  DiscoveryForTest test;
  test.Boot();
  test.Receive(Solicitation(kOurLinkLocal), {kNeighbor, kOurLinkLocal});
  test.sent.clear();
  test.SendTo(kNeighbor, 1);
  test.Run(Seconds(5));
  const auto probes = test.Solicitations(kNeighbor);
  ASSERT_EQ(probes.size(), 1u);
  EXPECT_EQ(probes[0].destination, kNeighbor);
  EXPECT_EQ(probes[0].link_layer_destination, kNeighborMac);
}

TEST(DiscoveryNeighborMessages, NobodyIsSolicitedFromTheUnspecifiedAddress) {
  DiscoveryForTest test;
  test.discovery.Start(test.now);
  test.SendTo(kNeighbor, 1);
  EXPECT_TRUE(test.Solicitations(kNeighbor).empty()) << "it would claim the address";
  test.Run(Seconds(10));
  for (const SentMessage& message : test.Solicitations(kNeighbor)) {
    EXPECT_EQ(message.source, kOurLinkLocal);
  }
}

TEST(DiscoveryNeighborMessages, ARouterThatBecomesAHostLeavesTheList) {  // §7.2.5, v6LC.2.1.21
  const struct {
    bool solicited;
    bool override_flag;
    std::optional<MacAddress> mac;
    bool leaves;
  } kRows[] = {
      {true, true, std::nullopt, true},  {false, true, std::nullopt, true},
      {true, false, std::nullopt, true}, {false, false, std::nullopt, true},
      {true, true, kRouterMac, true},    {false, true, kRouterMac, true},
      {true, false, kRouterMac, true},   {false, false, kRouterMac, true},
      {true, true, kRouter2Mac, true},   {false, true, kRouter2Mac, true},
      {true, false, kRouter2Mac, false}, {false, false, kRouter2Mac, false},
  };
  for (const auto& row : kRows) {
    DiscoveryForTest test;
    test.Boot();
    test.Receive(RouterIsHere());
    ASSERT_EQ(test.discovery.SelectDefaultRouter(), kRouter);
    const int before = test.next_hops_changed;
    test.Receive(Advertisement(kRouter, false, row.solicited, row.override_flag, row.mac));
    EXPECT_EQ(test.default_routers.empty(), row.leaves);
    EXPECT_EQ(test.discovery.SelectDefaultRouter().has_value(), !row.leaves);
    EXPECT_EQ(test.next_hops_changed > before, row.leaves);
  }
}

TEST(DiscoveryNeighborMessages, ARouterKnownFromItsAdvertisementAloneIsNoticedToo) {  // §7.3.3
  DiscoveryForTest test;
  test.Boot();
  test.Receive(RouterIsHere(std::nullopt));
  test.SendTo(kRouter, 1);
  test.Receive(Advertisement(kRouter, false, true, true, kRouterMac));
  EXPECT_TRUE(test.default_routers.empty());
}

TEST(DiscoveryNeighborMessages, ANextHopOfARedirectThatCeasesIsNoticedToo) {  // §7.3.3
  DiscoveryForTest test;
  test.Boot();
  test.discovery.neighbors().OnLinkLayerAddress(test.now, kRouter2, kRouter2Mac, true);
  const int before = test.next_hops_changed;
  test.Receive(Advertisement(kRouter2, false, false, true, kRouter2Mac));
  EXPECT_GT(test.next_hops_changed, before);
}

TEST(DiscoveryNeighborMessages, AStaticGatewayStaysWhateverItSays) {  // mirage-stack.md 12
  DiscoveryForTest test({.gateway = kRouter});
  test.Boot();
  auto message = RouterIsHere();
  test.Receive(message);
  EXPECT_EQ(test.default_routers.at(kRouter), Time::Never());
  message.router_lifetime = Duration();
  test.Receive(message);
  EXPECT_EQ(test.default_routers.count(kRouter), 1u);
  test.Receive(Advertisement(kRouter, false, true, true, kRouterMac));
  EXPECT_EQ(test.default_routers.count(kRouter), 1u);
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter);
  test.Run(Seconds(10'000));
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter);
}

TEST(DiscoveryNeighborMessages, SolicitationsOfADefaultRouterLeaveItARouter) {  // v6LC.2.1.13
  for (const auto mac :
       {std::optional<MacAddress>(), std::optional(kRouterMac), std::optional(kRouter2Mac)}) {
    DiscoveryForTest test;
    test.Boot();
    test.Receive(RouterIsHere());
    test.Receive(Solicitation(kOurLinkLocal, mac), {kRouter, kOurLinkLocal});
    EXPECT_TRUE(test.discovery.neighbors().Find(kRouter)->is_router);
    EXPECT_EQ(test.discovery.SelectDefaultRouter(), kRouter);
  }
}

TEST(DiscoveryNeighborMessages, WhoSolicitsRoutersIsNone) {  // §6.2.6
  for (const bool with_address : {true, false}) {
    DiscoveryForTest test({.is_router = true});
    test.Boot();
    test.discovery.neighbors().OnLinkLayerAddress(test.now, kNeighbor, kNeighborMac, true);
    wire::RouterSolicitation message;
    if (with_address) message.options.source_link_layer_address = kNeighborMac;
    test.discovery.OnRouterSolicitation(test.now, {kNeighbor, Ipv6Address::AllRouters()}, message);
    EXPECT_FALSE(test.discovery.neighbors().Find(kNeighbor)->is_router);
    EXPECT_EQ(test.neighbor_state(kNeighbor), kStale);
    test.discovery.OnRouterSolicitation(test.now, {Ipv6Address(), Ipv6Address::AllRouters()}, {});
    EXPECT_EQ(test.discovery.neighbors().size(), 1u);
  }
}

TEST(DiscoveryNeighborMessages, ReachableTimeIsDrawnAnewEveryFewHours) {  // §6.3.4
  DiscoveryForTest test;
  test.Boot();
  const Duration first = test.discovery.parameters().reachable_time;
  test.SendTo(kNeighbor, 1);
  test.Receive(Advertisement(kNeighbor, false, true, true, kNeighborMac));
  EXPECT_EQ(test.discovery.parameters().reachable_time, first);
  test.Run(Seconds(3 * 3600));
  test.Receive(Advertisement(kNeighbor, false, true, true, kNeighborMac));
  EXPECT_NE(test.discovery.parameters().reachable_time, first);
}

}  // namespace
}  // namespace dualsim::ndp
