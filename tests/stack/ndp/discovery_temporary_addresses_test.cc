// Temporary addresses, RFC 8981.

#include <gtest/gtest.h>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum AddressState;
using enum AddressOrigin;

constexpr Duration kDay = Seconds(86400);
const Ipv6Address kStable = A("2001:db8::ff:fe00:a");

NeighborDiscoveryConfig Temporary(TemporaryAddressConfig config = {}) {
  return {.temporary_addresses = config};
}

wire::RouterAdvertisement OnePrefix(Duration valid = Duration::Infinite(),
                                    Duration preferred = Duration::Infinite()) {
  return Advertised("2001:db8::/64", valid, preferred);
}

const InterfaceAddress& Entry(const DiscoveryForTest& test, size_t index) {
  return *test.discovery.addresses().Find(test.Addresses(kTemporary).at(index));
}

TEST(DiscoveryTemporaryAddresses, ThereAreNoneUnlessConfigured) {
  DiscoveryForTest test;
  test.Boot();
  test.Receive(OnePrefix());
  EXPECT_TRUE(test.Addresses(kTemporary).empty());
}

TEST(DiscoveryTemporaryAddresses, OneIsMadeBesideTheStableOneAndProbed) {  // §3.4 steps 3 to 7
  DiscoveryForTest test(Temporary());
  test.Boot();
  const Time heard = test.now;
  test.Receive(OnePrefix());
  ASSERT_EQ(test.Addresses(kTemporary).size(), 1u);
  const Ipv6Address address = test.Addresses(kTemporary)[0];
  EXPECT_EQ(test.state(address), kTentative);
  EXPECT_NE(address.low(), Eui64InterfaceIdentifier(kOurMac));
  test.Run(Seconds(3));
  EXPECT_EQ(test.state(address), kPreferred);
  EXPECT_EQ(test.state(kStable), kPreferred);
  EXPECT_EQ(test.Solicitations(address).size(), 1u);
  const InterfaceAddress& entry = Entry(test, 0);
  EXPECT_EQ(entry.valid_until, heard + kDay * 2);
  EXPECT_LE(entry.preferred_until, heard + kDay);
  EXPECT_GE(entry.preferred_until, heard + kDay * 6 / 10);
  EXPECT_TRUE(test.discovery.addresses().Find(kStable)->valid_until.is_never());
}

TEST(DiscoveryTemporaryAddresses, NoLifetimeIsLongerThanThePrefixes) {
  DiscoveryForTest test(Temporary());
  test.Boot();
  const Time heard = test.now;
  test.Receive(OnePrefix(Seconds(600), Seconds(300)));
  EXPECT_EQ(Entry(test, 0).valid_until, heard + Seconds(600));
  EXPECT_EQ(Entry(test, 0).preferred_until, heard + Seconds(300));
}

TEST(DiscoveryTemporaryAddresses, AdvertisementsRefreshUpToTheLimitAndMakeNoSecond) {  // §3.4 1, 2
  DiscoveryForTest test(
      Temporary({.valid_lifetime = Seconds(1000), .preferred_lifetime = Seconds(500)}));
  test.Boot();
  const Time created = test.now;
  test.Receive(OnePrefix(Seconds(200), Seconds(100)));
  test.Run(Seconds(50));
  test.Receive(OnePrefix(Seconds(300), Seconds(200)));
  ASSERT_EQ(test.Addresses(kTemporary).size(), 1u);
  EXPECT_EQ(Entry(test, 0).preferred_until, created + Seconds(250));
  EXPECT_EQ(Entry(test, 0).valid_until, created + Seconds(350));
  test.Receive(OnePrefix());
  EXPECT_LE(Entry(test, 0).preferred_until, created + Seconds(500));
  EXPECT_GE(Entry(test, 0).preferred_until, created + Seconds(300));
  EXPECT_EQ(Entry(test, 0).valid_until, created + Seconds(1000));
}

TEST(DiscoveryTemporaryAddresses, TheSuccessorIsReadyWhenTheFirstIsDeprecated) {  // §3.5
  DiscoveryForTest test(Temporary());
  test.Boot();
  test.Receive(OnePrefix());
  const Time deprecated = Entry(test, 0).preferred_until;
  test.RunUntil(deprecated - Seconds(5) - Nanoseconds(1));
  EXPECT_EQ(test.Addresses(kTemporary).size(), 1u);
  test.RunUntil(deprecated - Seconds(5));
  ASSERT_EQ(test.Addresses(kTemporary).size(), 2u) << "REGEN_ADVANCE before";
  test.RunUntil(deprecated);
  EXPECT_EQ(Entry(test, 0).state, kDeprecated);
  EXPECT_EQ(Entry(test, 1).state, kPreferred);
  EXPECT_NE(Entry(test, 0).address.low(), Entry(test, 1).address.low());
}

TEST(DiscoveryTemporaryAddresses, OneIsAlwaysPreferredAndFewAreThere) {
  DiscoveryForTest test(Temporary());
  test.Boot();
  test.Receive(OnePrefix());
  test.Run(Seconds(3));
  size_t most = 0;
  for (int hour = 0; hour < 24 * 14; ++hour) {
    test.Run(Seconds(3600));
    int preferred = 0;
    const std::vector<Ipv6Address> addresses = test.Addresses(kTemporary);
    for (const Ipv6Address& address : addresses) preferred += test.state(address) == kPreferred;
    EXPECT_GE(preferred, 1);
    most = std::max(most, addresses.size());
  }
  EXPECT_LE(most, 4u);
  EXPECT_GE(most, 2u);
}

TEST(DiscoveryTemporaryAddresses, NoneIsMadeThatWouldNotOutliveRegenAdvance) {  // §3.4 step 5
  DiscoveryForTest test(Temporary());
  test.Boot();
  test.Receive(OnePrefix(Seconds(600), Seconds(5)));
  EXPECT_TRUE(test.Addresses(kTemporary).empty());
  test.Receive(OnePrefix(Seconds(600), Seconds(6)));
  EXPECT_EQ(test.Addresses(kTemporary).size(), 1u);
}

TEST(DiscoveryTemporaryAddresses, ADeprecatedPrefixGetsNoSuccessor) {
  DiscoveryForTest test(Temporary());
  test.Boot();
  test.Receive(OnePrefix());
  test.Run(Seconds(3));
  test.Receive(OnePrefix(Duration::Infinite(), Duration()));
  EXPECT_EQ(Entry(test, 0).state, kDeprecated);
  test.Run(kDay);
  EXPECT_EQ(test.Addresses(kTemporary).size(), 1u);
  test.Receive(OnePrefix());
  test.Run(Seconds(3));
  EXPECT_EQ(test.Addresses(kTemporary).size(), 2u) << "the first is past its limit";
  test.Run(kDay);
  EXPECT_EQ(test.discovery.addresses().Count(kTemporary), 2) << "it expired; a third is there";
}

TEST(DiscoveryTemporaryAddresses, AConflictIsAnsweredByAnotherUpToTempIdgenRetries) {  // §3.4 7
  DiscoveryForTest test(Temporary());
  test.Boot();
  test.Receive(OnePrefix());
  for (int i = 0; i <= kTempIdgenRetries; ++i) {
    ASSERT_EQ(test.Addresses(kTemporary).size(), static_cast<size_t>(i + 1));
    test.ReceiveProbe(test.Addresses(kTemporary).back());
  }
  EXPECT_EQ(test.Addresses(kTemporary).size(), 1u + kTempIdgenRetries);
  EXPECT_EQ(test.logs.back(),
            "no temporary address of 2001:db8::/64: one after the other is taken");
  test.Receive(OnePrefix());
  test.Run(kDay * 3);
  test.Receive(OnePrefix());
  EXPECT_TRUE(test.Addresses(kTemporary).empty()) << "not again while attached";
  EXPECT_EQ(test.state(kStable), kPreferred);

  test.discovery.Start(test.now);
  test.Receive(OnePrefix());
  EXPECT_EQ(test.Addresses(kTemporary).size(), 1u) << "attached anew";
}

TEST(DiscoveryTemporaryAddresses, AnUnstablePrefixDoesNotFillTheList) {
  DiscoveryForTest test(Temporary());
  test.Boot();
  for (int i = 0; i < 2000; ++i) {
    test.Receive(OnePrefix(Duration::Infinite(), Seconds(i % 2 == 0 ? 7 : 0)));
    test.Run(Seconds(120));
  }
  EXPECT_LE(test.Addresses(kTemporary).size(), static_cast<size_t>(AddressList::kMaxTemporary));
}

}  // namespace
}  // namespace dualsim::ndp
