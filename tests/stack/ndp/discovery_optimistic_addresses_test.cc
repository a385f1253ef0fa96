// Optimistic duplicate address detection, RFC 4429.

#include <gtest/gtest.h>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum AddressState;
using wire::Icmpv6Type;

const Ipv6Address kAddress = A("2001:db8::ff:fe00:a");
const Ipv6Address kElsewhere = A("2001:db8::99");

NeighborDiscoveryConfig Optimistic() { return {.optimistic_dad = true}; }

wire::RouterAdvertisement OnePrefix() {
  return Advertised("2001:db8::/64", Seconds(7200), Seconds(3600));
}

// Booted, and kAddress optimistic since now.
struct OptimisticTest : DiscoveryForTest {
  explicit OptimisticTest(NeighborDiscoveryConfig config = Optimistic())
      : DiscoveryForTest(std::move(config)) {
    Boot();
    Receive(OnePrefix());
    RunUntil(now);
  }
  // An IPv6 packet, empty, that begins with 0x60.
  void SendFrom(const Ipv6Address& source, const Ipv6Address& destination) {
    Packet packet = packets.Make(wire::Ipv6Header::kSize);
    wire::Ipv6Header{.source = source, .destination = destination}.Store(
        packet.mutable_bytes().data());
    discovery.SendToNeighbor(now, destination, std::move(packet));
  }
};

TEST(DiscoveryOptimisticAddresses, AnAddressIsUsableWhileItIsProbed) {
  OptimisticTest test;
  EXPECT_EQ(test.state(kAddress), kOptimistic);
  EXPECT_TRUE(test.discovery.addresses().Find(kAddress)->assigned());
  ASSERT_EQ(test.Solicitations(kAddress).size(), 1u) << "without delay, §3.3";
  EXPECT_TRUE(test.Solicitations(kAddress)[0].source.is_unspecified());
  test.Run(Seconds(1));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  ASSERT_EQ(test.told[kAddress].size(), 2u);
}

TEST(DiscoveryOptimisticAddresses, OffUnlessConfigured) {
  OptimisticTest test((NeighborDiscoveryConfig()));
  EXPECT_EQ(test.state(kAddress), kTentative);
}

TEST(DiscoveryOptimisticAddresses, NotWhereNoRouterIsKnown) {  // §3.3
  DiscoveryForTest test(Optimistic());
  test.discovery.Start(test.now);
  EXPECT_EQ(test.state(kOurLinkLocal), kTentative);
  test.Run(Seconds(3));
  wire::RouterAdvertisement silent = OnePrefix();
  silent.options.source_link_layer_address.reset();
  test.Receive(silent);
  EXPECT_EQ(test.state(kAddress), kTentative) << "known, but not its card";
}

TEST(DiscoveryOptimisticAddresses, NotForStaticAddresses) {  // §3.1
  OptimisticTest test;
  test.discovery.AddStaticAddress(test.now, *Ipv6Cidr::Parse("2001:db8::42/64"));
  EXPECT_EQ(test.state(A("2001:db8::42")), kTentative);
}

TEST(DiscoveryOptimisticAddresses, WhoResolvesItIsAnsweredWithoutOverride) {  // §3.3
  OptimisticTest test;
  wire::NeighborSolicitation solicitation{.target = kAddress, .options = {}};
  solicitation.options.source_link_layer_address = kNeighborMac;
  EXPECT_EQ(test.Receive(solicitation, {kNeighbor, kAddress.SolicitedNode()}), std::nullopt);
  EXPECT_EQ(test.state(kAddress), kOptimistic);
  const auto answers = test.Sent(Icmpv6Type::kNeighborAdvertisement);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(answers[0].advertisement.solicited);
  EXPECT_FALSE(answers[0].advertisement.override_flag);
  EXPECT_EQ(answers[0].advertisement.target, kAddress);
  EXPECT_EQ(answers[0].source, kOurLinkLocal);
  test.Run(Seconds(1));
  test.Receive(solicitation, {kNeighbor, kAddress.SolicitedNode()});
  EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborAdvertisement).at(1).advertisement.override_flag)
      << "when it is verified";
}

TEST(DiscoveryOptimisticAddresses, WhoProbesItGetsIt) {  // §3.3
  OptimisticTest test;
  EXPECT_EQ(test.ReceiveProbe(kAddress), std::nullopt);
  EXPECT_EQ(test.state(kAddress), kDuplicate);
  EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborAdvertisement).empty());
}

TEST(DiscoveryOptimisticAddresses, WhoAdvertisesItKeepsIt) {
  OptimisticTest test;
  test.Receive(wire::NeighborAdvertisement{.target = kAddress, .options = {}});
  EXPECT_EQ(test.state(kAddress), kDuplicate);
  EXPECT_FALSE(test.discovery.disabled());
}

TEST(DiscoveryOptimisticAddresses, NobodyIsResolvedFromIt) {  // §3.2
  OptimisticTest test;
  test.SendFrom(kAddress, kElsewhere);
  EXPECT_TRUE(test.Solicitations(kElsewhere).empty());
  ASSERT_EQ(test.transmitted.size(), 1u) << "through the router";
  EXPECT_EQ(test.transmitted[0].second, kRouterMac);
  test.Run(Seconds(1));
  test.SendFrom(kAddress, kElsewhere);
  ASSERT_EQ(test.Solicitations(kElsewhere).size(), 1u);
  EXPECT_EQ(test.Solicitations(kElsewhere)[0].source, kAddress);
}

TEST(DiscoveryOptimisticAddresses, TheRouterThatForwardsMayRedirect) {  // §2.3
  OptimisticTest test;
  const auto redirect = [&] {
    wire::Redirect message{.target = kElsewhere, .destination = kElsewhere, .options = {}};
    message.options.target_link_layer_address = kNeighborMac;
    return test.discovery.OnRedirect(test.now, {kRouter, kAddress}, message, kElsewhere);
  };
  EXPECT_EQ(redirect().reason(), DropReason::REDIRECT_NOT_FIRST_HOP) << "it forwarded nothing";
  test.SendFrom(kAddress, kElsewhere);
  ASSERT_TRUE(redirect());
  test.SendFrom(kAddress, kElsewhere);
  ASSERT_EQ(test.transmitted.size(), 2u);
  EXPECT_EQ(test.transmitted[1].second, kNeighborMac);
}

TEST(DiscoveryOptimisticAddresses, AKnownNeighbourIsSentToDirectly) {
  OptimisticTest test;
  test.discovery.neighbors().OnLinkLayerAddress(test.now, kElsewhere, kNeighborMac, std::nullopt);
  test.SendFrom(kAddress, kElsewhere);
  EXPECT_EQ(test.transmitted.at(0).second, kNeighborMac);
}

TEST(DiscoveryOptimisticAddresses, NeighboursAreSolicitedFromVerifiedAddresses) {  // §3.2
  OptimisticTest test;
  // Somebody whose packet is from the link-local address began the resolution.
  test.SendFrom(kOurLinkLocal, kNeighbor);
  ASSERT_EQ(test.Solicitations(kNeighbor).size(), 1u);
  EXPECT_EQ(test.Solicitations(kNeighbor)[0].source, kOurLinkLocal);
}

TEST(DiscoveryOptimisticAddresses, WithoutARouterThatForwardsPacketsWait) {  // §3.2
  OptimisticTest test;
  test.SendFrom(kAddress, kNeighbor);  // Link-local: no router forwards it.
  EXPECT_TRUE(test.transmitted.empty());
  EXPECT_TRUE(test.Solicitations(kNeighbor).empty());
  test.Run(Seconds(1));
  EXPECT_EQ(test.Solicitations(kNeighbor).size(), 1u) << "when the detection is over";
  wire::NeighborAdvertisement answer{.solicited = true, .target = kNeighbor, .options = {}};
  answer.options.target_link_layer_address = kNeighborMac;
  test.Receive(answer, {kNeighbor, kAddress});
  ASSERT_EQ(test.transmitted.size(), 1u);
  EXPECT_EQ(test.transmitted[0].second, kNeighborMac);
}

TEST(DiscoveryOptimisticAddresses, WhatWaitsIsLetGoWithTheAddress) {
  OptimisticTest test;
  test.SendFrom(kAddress, kNeighbor);
  test.ReceiveProbe(kAddress);
  ASSERT_EQ(test.lost.size(), 1u);
  EXPECT_EQ(test.lost[0].second, DropReason::NO_SOURCE_ADDRESS);
}

TEST(DiscoveryOptimisticAddresses, FewPacketsWait) {
  OptimisticTest test;
  for (int i = 0; i < 100; ++i) test.SendFrom(kAddress, kNeighbor);
  EXPECT_EQ(test.lost.size(), 92u);
  EXPECT_EQ(test.lost[0].second, DropReason::NEIGHBOR_QUEUE_FULL);
}

}  // namespace
}  // namespace dualsim::ndp
