// Advertisements that nobody asked for: RFC 9131, RFC 4861 §7.2.6.

#include <gtest/gtest.h>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum AddressState;
using wire::Icmpv6Type;

const Ipv6Address kAddress = A("2001:db8::ff:fe00:a");

NeighborDiscoveryConfig Gratuitous() { return {.gratuitous_neighbor_discovery = true}; }

wire::RouterAdvertisement OnePrefix() {
  return Advertised("2001:db8::/64", Seconds(7200), Seconds(3600));
}

wire::NeighborAdvertisement NewNeighbor(const Ipv6Address& target) {
  wire::NeighborAdvertisement message{.target = target, .options = {}};
  message.options.target_link_layer_address = kNeighborMac;
  return message;
}

TEST(DiscoveryGratuitous, OffUnlessConfigured) {
  DiscoveryForTest test;
  test.Boot();
  test.Receive(OnePrefix());
  test.Run(Seconds(10));
  EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborAdvertisement).empty());
}

TEST(DiscoveryGratuitous, RoutersAreToldOfANewGlobalAddress) {  // RFC 9131 §6.1.2
  DiscoveryForTest test(Gratuitous());
  test.Boot();
  EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborAdvertisement).empty()) << "not of fe80::";
  test.Receive(OnePrefix());
  test.Run(Seconds(10));
  const auto told = test.Sent(Icmpv6Type::kNeighborAdvertisement);
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[0].when, test.told[kAddress].at(1).first) << "as soon as it is PREFERRED";
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(told[i].source, kAddress);
    EXPECT_EQ(told[i].destination, Ipv6Address::AllRouters());
    EXPECT_FALSE(told[i].advertisement.solicited);
    EXPECT_FALSE(told[i].advertisement.override_flag);
    EXPECT_EQ(told[i].advertisement.options.target_link_layer_address, kOurMac);
    EXPECT_EQ(told[i].when, told[0].when + Seconds(1) * static_cast<int64_t>(i)) << "RetransTimer";
  }
}

TEST(DiscoveryGratuitous, OfAnOptimisticAddressAtOnce) {
  NeighborDiscoveryConfig config = Gratuitous();
  config.optimistic_dad = true;
  DiscoveryForTest test(config);
  test.Boot();
  const Time heard = test.now;
  test.Receive(OnePrefix());
  test.Run(Seconds(10));
  const auto told = test.Sent(Icmpv6Type::kNeighborAdvertisement);
  ASSERT_EQ(told.size(), 3u) << "and not again when it is PREFERRED";
  EXPECT_EQ(told[0].when, heard);
}

TEST(DiscoveryGratuitous, ARouterMakesAnEntryInStale) {  // RFC 9131 §6.1.1
  NeighborDiscoveryConfig config = Gratuitous();
  config.is_router = true;
  DiscoveryForTest test(config);
  test.Boot();
  const Ipv6Address host = A("2001:db8::b");
  EXPECT_EQ(test.Receive(NewNeighbor(host), {host, Ipv6Address::AllRouters()}), std::nullopt);
  EXPECT_EQ(test.neighbor_state(host), NeighborState::kStale);
  wire::NeighborAdvertisement bare{.target = A("2001:db8::c"), .options = {}};
  EXPECT_EQ(test.Receive(bare), DropReason::NA_NO_ENTRY);
}

TEST(DiscoveryGratuitous, HostsAndOtherRoutersMakeNone) {
  for (const bool is_router : {false, true}) {
    NeighborDiscoveryConfig config;
    config.is_router = is_router;
    config.gratuitous_neighbor_discovery = !is_router;
    DiscoveryForTest test(config);
    test.Boot();
    EXPECT_EQ(test.Receive(NewNeighbor(A("2001:db8::b"))), DropReason::NA_NO_ENTRY);
    EXPECT_EQ(test.neighbor_state(A("2001:db8::b")), NeighborState::kNone);
  }
}

TEST(DiscoveryNewLinkLayerAddress, NeighboursAreToldThreeTimes) {  // RFC 4861 §7.2.6
  DiscoveryForTest test({.addresses = {*Ipv6Cidr::Parse("2001:db8::42/64")}});
  test.Boot();
  const Time changed = test.now;
  test.discovery.SetLinkLayerAddress(test.now, kNeighborMac);
  test.Run(Seconds(10));
  const auto told = test.Sent(Icmpv6Type::kNeighborAdvertisement);
  ASSERT_EQ(told.size(), 6u);
  for (const SentMessage& message : told) {
    EXPECT_EQ(message.destination, Ipv6Address::AllNodes());
    EXPECT_FALSE(message.advertisement.solicited);
    EXPECT_TRUE(message.advertisement.override_flag);
    EXPECT_EQ(message.advertisement.options.target_link_layer_address, kNeighborMac);
  }
  EXPECT_EQ(told[0].when, changed);
  EXPECT_EQ(told[0].advertisement.target, kOurLinkLocal);
  EXPECT_EQ(told[1].when, changed + UnsolicitedAdvertisements::kSeparation);
  EXPECT_EQ(told[1].advertisement.target, A("2001:db8::42"));
  EXPECT_EQ(told[2].when, changed + Seconds(1));
}

TEST(DiscoveryNewLinkLayerAddress, EverythingSaysIt) {
  DiscoveryForTest test;
  test.Boot();
  test.discovery.SetLinkLayerAddress(test.now, kRouter2Mac);
  test.SendTo(kNeighbor);
  EXPECT_EQ(test.Solicitations(kNeighbor).at(0).solicitation.options.source_link_layer_address,
            kRouter2Mac);
  wire::NeighborSolicitation solicitation{.target = kOurLinkLocal, .options = {}};
  solicitation.options.source_link_layer_address = kNeighborMac;
  test.sent.clear();
  test.Receive(solicitation, {kNeighbor, kOurLinkLocal});
  EXPECT_EQ(test.Sent(Icmpv6Type::kNeighborAdvertisement)
                .at(0)
                .advertisement.options.target_link_layer_address,
            kRouter2Mac);
  EXPECT_EQ(test.state(kOurLinkLocal), kPreferred) << "the addresses stay";
}

TEST(DiscoveryNewLinkLayerAddress, AnAddressThatWentAwayIsNotAdvertised) {
  DiscoveryForTest test({.addresses = {*Ipv6Cidr::Parse("2001:db8::42/64")}});
  test.Boot();
  test.discovery.SetLinkLayerAddress(test.now, kNeighborMac);
  test.discovery.RemoveAddress(test.now, A("2001:db8::42"));
  test.Run(Seconds(10));
  for (const SentMessage& message : test.Sent(Icmpv6Type::kNeighborAdvertisement)) {
    EXPECT_EQ(message.advertisement.target, kOurLinkLocal);
  }
}

}  // namespace
}  // namespace dualsim::ndp
