// Stable opaque interface identifiers, RFC 7217.

#include <gtest/gtest.h>

#include <set>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum AddressState;
using enum AddressOrigin;

NeighborDiscoveryConfig Opaque() {
  return {.interface_identifiers = InterfaceIdentifiers::kOpaque};
}

wire::RouterAdvertisement OnePrefix() {
  return Advertised("2001:db8::/64", Seconds(7200), Seconds(3600));
}

// Takes every address that is tried, until none is any more; returns how many.
int TakeEvery(DiscoveryForTest& test, AddressOrigin origin) {
  for (int taken = 0;; ++taken) {
    const Ipv6Address latest = test.Addresses(origin).back();
    if (test.state(latest) != kTentative) return taken;
    test.ReceiveProbe(latest);
    EXPECT_EQ(test.state(latest), kDuplicate);
  }
}

TEST(DiscoveryOpaqueIdentifiers, EveryPrefixHasItsOwn) {
  DiscoveryForTest test(Opaque());
  test.Boot();
  test.Receive(OnePrefix());
  test.Receive(Advertised("2001:db8:1::/64", Seconds(7200), Seconds(3600)));
  test.Run(Seconds(3));
  std::set<uint64_t> identifiers = {Eui64InterfaceIdentifier(kOurMac)};
  for (const InterfaceAddress& entry : test.discovery.addresses().entries()) {
    EXPECT_EQ(entry.state, kPreferred);
    identifiers.insert(entry.address.low());
  }
  EXPECT_EQ(identifiers.size(), 4u);
}

TEST(DiscoveryOpaqueIdentifiers, StayTheSameWhenTheInterfaceComesBackWithAnotherCard) {
  DiscoveryForTest test(Opaque());
  test.Boot();
  const auto before = test.Addresses(kLinkLocal);
  test.discovery.Stop(test.now);
  test.discovery.SetLinkLayerAddress(test.now, kNeighborMac);
  test.Boot();
  EXPECT_EQ(test.Addresses(kLinkLocal), before);
}

TEST(DiscoveryOpaqueIdentifiers, DependOnTheNodeTheInterfaceAndTheNetwork) {
  NeighborDiscoveryConfig second = Opaque();
  second.interface = InterfaceId{1};
  NeighborDiscoveryConfig elsewhere = Opaque();
  elsewhere.network_id = "elsewhere";
  std::set<Ipv6Address> addresses;
  for (const auto& [config, seed] :
       {std::pair(Opaque(), 1), {Opaque(), 2}, {second, 1}, {elsewhere, 1}}) {
    DiscoveryForTest test(config, seed);
    test.Boot();
    addresses.insert(test.Addresses(kLinkLocal).at(0));
  }
  EXPECT_EQ(addresses.size(), 4u);
}

TEST(DiscoveryOpaqueIdentifiers, AConflictMakesAnotherAddressWithTheSameLifetimes) {  // §6
  DiscoveryForTest test(Opaque());
  test.Boot();
  const Time heard = test.now;
  test.Receive(OnePrefix());
  const Ipv6Address first = test.Addresses(kAutoconfigured).at(0);
  test.Run(Milliseconds(100));
  test.ReceiveProbe(first);
  EXPECT_EQ(test.state(first), kDuplicate);
  ASSERT_EQ(test.Addresses(kAutoconfigured).size(), 2u);
  const Ipv6Address second = test.Addresses(kAutoconfigured)[1];
  EXPECT_EQ(test.state(second), kTentative);
  test.Run(Seconds(2));
  EXPECT_EQ(test.state(second), kPreferred);
  const InterfaceAddress& entry = *test.discovery.addresses().Find(second);
  EXPECT_EQ(entry.preferred_until, heard + Seconds(3600));
  EXPECT_EQ(entry.dad_counter, 1u);
  test.Receive(OnePrefix());
  EXPECT_EQ(test.Addresses(kAutoconfigured).size(), 2u) << "the prefix has its address";
  EXPECT_EQ(entry.preferred_until, test.now + Seconds(3600)) << "which is refreshed";
}

TEST(DiscoveryOpaqueIdentifiers, TheNextAddressWaitsUpToIdgenDelay) {  // §6
  Duration longest;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    DiscoveryForTest test(Opaque(), seed);
    test.discovery.Start(test.now);
    test.ReceiveProbe(test.Addresses(kLinkLocal).at(0));
    const Time start = test.now;
    test.Run(Seconds(3));
    const auto probes = test.Solicitations(test.Addresses(kLinkLocal).at(1));
    ASSERT_EQ(probes.size(), 1u);
    longest = std::max(longest, probes[0].when - start);
  }
  EXPECT_LE(longest, kIdgenDelay);
  EXPECT_GT(longest, kIdgenDelay * 9 / 10);
}

TEST(DiscoveryOpaqueIdentifiers, AfterIdgenRetriesThereIsNone) {  // §6, §7
  DiscoveryForTest test(Opaque());
  test.Boot();
  test.Receive(OnePrefix());
  EXPECT_EQ(TakeEvery(test, kAutoconfigured), 1 + kIdgenRetries);
  EXPECT_EQ(test.logs.back(), "no address of 2001:db8::/64: one after the other is taken");
  test.Receive(OnePrefix());
  EXPECT_EQ(test.Addresses(kAutoconfigured).size(), 4u) << "nor by the next advertisement";
}

TEST(DiscoveryOpaqueIdentifiers, ALinkLocalConflictDoesNotDisableTheInterface) {
  DiscoveryForTest test(Opaque());
  test.discovery.Start(test.now);
  EXPECT_EQ(TakeEvery(test, kLinkLocal), 1 + kIdgenRetries);
  EXPECT_FALSE(test.discovery.disabled());
  test.Receive(OnePrefix());
  test.Run(Seconds(3));
  EXPECT_EQ(test.state(test.Addresses(kAutoconfigured).at(0)), kPreferred);
}

TEST(DiscoveryOpaqueIdentifiers, SolicitationsComeFromTheAddressThatIsOurs) {
  DiscoveryForTest test(Opaque());
  test.discovery.Start(test.now);
  test.ReceiveProbe(test.Addresses(kLinkLocal).at(0));
  test.Run(Seconds(3));
  test.SendTo(kNeighbor);
  ASSERT_EQ(test.Solicitations(kNeighbor).size(), 1u);
  EXPECT_EQ(test.Solicitations(kNeighbor)[0].source, test.Addresses(kLinkLocal).at(1));
}

TEST(DiscoveryOpaqueIdentifiers, AConfiguredLinkLocalAddressIsNotReplaced) {
  NeighborDiscoveryConfig config = Opaque();
  config.link_local_address = A("fe80::77");
  DiscoveryForTest test(config);
  test.discovery.Start(test.now);
  test.ReceiveProbe(A("fe80::77"));
  EXPECT_EQ(test.Addresses(kLinkLocal), std::vector{A("fe80::77")});
  EXPECT_FALSE(test.discovery.disabled());
}

TEST(DiscoveryOpaqueIdentifiers, PrefixesWithConflictsAreBounded) {
  DiscoveryForTest test(Opaque());
  test.Boot();
  for (int i = 0; i < 200; ++i) {
    test.Receive(
        Advertised("2001:db8:0:" + std::to_string(i) + "::/64", Seconds(7200), Seconds(3600)));
    TakeEvery(test, kAutoconfigured);
  }
  EXPECT_LE(test.Addresses(kAutoconfigured).size(),
            static_cast<size_t>(AddressList::kMaxAutoconfigured + kIdgenRetries));
}

}  // namespace
}  // namespace dualsim::ndp
