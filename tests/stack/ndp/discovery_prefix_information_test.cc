// What a host takes from the prefixes that routers advertise: RFC 4861 §6.3.4, RFC
// 4862 §5.5.

#include <gtest/gtest.h>

#include <algorithm>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/advertisements_for_test.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum AddressState;
using wire::RouterAdvertisement;

TEST(DiscoveryPrefixInformation, APrefixGivesAnAddressAfterDetection) {  // 2, 4, v6LC.3.2.1
  DiscoveryForTest test;
  test.Boot();
  const Time heard = test.now;
  RouterAdvertisement message = WithPrefix();
  message.options.prefixes.push_back(Option("2001:db8:1::/64", Seconds(7200), Seconds(3600)));
  message.options.prefixes.push_back(Option("fec0::/64", Seconds(7200), Seconds(3600)));
  EXPECT_EQ(test.Receive(message), std::nullopt);
  for (const Ipv6Address& address : {kAddress, A("2001:db8:1::ff:fe00:a"), A("fec0::ff:fe00:a")}) {
    EXPECT_EQ(test.state(address), kTentative);
    EXPECT_EQ(test.discovery.addresses().Find(address)->prefix_length, 64);
  }
  test.Run(Seconds(3));
  for (const Ipv6Address& address : {kAddress, A("2001:db8:1::ff:fe00:a"), A("fec0::ff:fe00:a")}) {
    EXPECT_EQ(test.state(address), kPreferred);
    EXPECT_EQ(test.Solicitations(address).size(), 1u);
    // RFC 4862 §5.5.3: counted from the message, not from the end of detection.
    EXPECT_EQ(test.discovery.addresses().Find(address)->valid_until, heard + Seconds(7200));
  }
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8::1")));
  EXPECT_FALSE(test.discovery.IsOnLink(A("2001:db8:2::1")));
}

TEST(DiscoveryPrefixInformation, BitsBehindThePrefixLengthAreIgnored) {  // §4.6.2
  DiscoveryForTest test;
  test.Boot();
  RouterAdvertisement message = FromRouter();
  message.options.prefixes.push_back(Option("2001:db8::dead:beef/64", Seconds(60), Seconds(60)));
  test.Receive(message);
  EXPECT_EQ(test.prefixes.count(kPrefix), 1u);
  EXPECT_EQ(test.state(kAddress), kTentative);
}

TEST(DiscoveryPrefixInformation, DetectionIsDelayedWhereOthersHeardItToo) {  // RFC 4862 §5.4.2
  Duration longest;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    DiscoveryForTest test({}, seed);
    test.Boot();
    const Time heard = test.now;
    test.Receive(WithPrefix());
    test.Run(Seconds(3));
    longest = std::max(longest, test.Solicitations(kAddress).at(0).when - heard);
  }
  EXPECT_GT(longest, Milliseconds(800));
  EXPECT_LE(longest, Seconds(1));
  DiscoveryForTest test;
  test.Boot();
  const Time heard = test.now;
  test.Receive(WithPrefix(), {kRouter, kOurLinkLocal});
  test.Run(Seconds(3));
  EXPECT_EQ(test.Solicitations(kAddress).at(0).when, heard);
}

TEST(DiscoveryPrefixInformation, OnLinkAndAutonomousAreSeparate) {  // 3
  DiscoveryForTest test;
  test.Boot();
  RouterAdvertisement message = FromRouter();
  message.options.prefixes = {Option("2001:db8:1::/64", Seconds(60), Seconds(60)),
                              Option("2001:db8:2::/64", Seconds(60), Seconds(60))};
  message.options.prefixes[0].on_link = false;
  message.options.prefixes[1].autonomous = false;
  test.Receive(message);
  EXPECT_FALSE(test.discovery.IsOnLink(A("2001:db8:1::1")));
  EXPECT_EQ(test.state(A("2001:db8:1::ff:fe00:a")), kTentative);
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8:2::1")));
  EXPECT_EQ(test.state(A("2001:db8:2::ff:fe00:a")), kRemoved);
}

TEST(DiscoveryPrefixInformation, WithoutTheFlagAnOptionTakesNothingOffTheLink) {  // v6LC.2.1.3
  DiscoveryForTest test;
  test.Boot();
  test.Receive(WithPrefix());
  RouterAdvertisement message = WithPrefix();
  message.options.prefixes[0].on_link = false;
  test.Receive(message);
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8::1")));
  message.options.prefixes[0].valid_lifetime = Duration();
  message.options.prefixes[0].preferred_lifetime = Duration();
  test.Receive(message);
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8::1")));
  message.options.prefixes[0].on_link = true;
  test.Receive(message);
  EXPECT_FALSE(test.discovery.IsOnLink(A("2001:db8::1"))) << "this does";
}

TEST(DiscoveryPrefixInformation, APrefixIsOnLinkAsLongAsItSays) {  // v6LC.2.1.4
  DiscoveryForTest test;
  test.Boot();
  const Time heard = test.now;
  test.Receive(WithPrefix(Seconds(10), Seconds(10)));
  test.RunUntil(heard + Seconds(8));
  test.Receive(WithPrefix(Seconds(10), Seconds(10)));
  test.RunUntil(heard + Seconds(18) - kNanosecond);
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8::1")));
  test.RunUntil(heard + Seconds(18));
  EXPECT_FALSE(test.discovery.IsOnLink(A("2001:db8::1")));
  EXPECT_TRUE(test.prefixes.empty());
}

TEST(DiscoveryPrefixInformation, OptionsThatAreNoGoodAreIgnored) {  // v6LC.3.2.4
  const struct {
    const char* why;
    wire::PrefixInformation option;
  } kRows[] = {
      {"the link-local prefix", Option("fe80::/64", Seconds(60), Seconds(60))},
      {"a multicast prefix", Option("ff05::/64", Seconds(60), Seconds(60))},
      {"preferred over valid", Option("2001:db8::/64", Seconds(60), Seconds(61))},
      {"shorter than 64", Option("2001:db8::/63", Seconds(60), Seconds(60))},
      {"longer than 64", Option("2001:db8::/65", Seconds(60), Seconds(60))},
      {"valid for no time", Option("2001:db8::/64", Duration(), Duration())},
  };
  for (const auto& row : kRows) {
    DiscoveryForTest test;
    test.Boot();
    RouterAdvertisement message = FromRouter();
    message.options.prefixes = {row.option};
    EXPECT_EQ(test.Receive(message), std::nullopt);
    EXPECT_EQ(test.discovery.addresses().entries().size(), 1u) << row.why;
  }
  DiscoveryForTest test;
  test.Boot();
  RouterAdvertisement message = FromRouter();
  message.options.prefixes = {Option("2001:db8::/128", Seconds(60), Seconds(60))};
  message.options.prefixes[0].prefix_length = 129;
  test.Receive(message);
  EXPECT_EQ(test.discovery.addresses().entries().size(), 1u);
  EXPECT_TRUE(test.prefixes.empty());
}

TEST(DiscoveryPrefixInformation,
     AnAddressIsDeprecatedThenRemovedToTheNanosecond) {  // v6LC.3.2.2
  DiscoveryForTest test;
  test.Boot();
  const Time heard = test.now;
  test.Receive(WithPrefix(Seconds(30), Seconds(20)));
  test.RunUntil(heard + Seconds(20) - kNanosecond);
  EXPECT_EQ(test.state(kAddress), kPreferred);
  test.RunUntil(heard + Seconds(20));
  EXPECT_EQ(test.state(kAddress), kDeprecated);
  test.RunUntil(heard + Seconds(30) - kNanosecond);
  EXPECT_EQ(test.state(kAddress), kDeprecated);
  EXPECT_EQ(test.ReceiveProbe(kAddress), std::nullopt) << "deprecated is still ours";
  test.RunUntil(heard + Seconds(30));
  EXPECT_EQ(test.state(kAddress), kRemoved);
  EXPECT_EQ(test.told[kAddress].back(), std::pair(heard + Seconds(30), kRemoved));
  EXPECT_EQ(test.ReceiveProbe(kAddress), DropReason::NS_NOT_OUR_TARGET);
  EXPECT_EQ(test.joined_groups[kAddress.SolicitedNode()], 1) << "the link-local address's";
}

TEST(DiscoveryPrefixInformation, APreferredLifetimeOfZeroMakesADeprecatedAddress) {
  DiscoveryForTest test;
  test.Boot();
  test.Receive(WithPrefix(Seconds(3600), Duration()));
  test.Run(Seconds(3));
  EXPECT_EQ(test.state(kAddress), kDeprecated);
  for (const auto& [when, state] : test.told[kAddress]) EXPECT_NE(state, kPreferred);
  test.Receive(WithPrefix(Seconds(3600), Seconds(100)));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  test.Receive(WithPrefix(Seconds(3600), Duration()));
  EXPECT_EQ(test.state(kAddress), kDeprecated);
}

TEST(DiscoveryPrefixInformation, LifetimesPassDuringDetectionToo) {
  DiscoveryForTest test({.retrans_timer = Seconds(10)});
  test.discovery.Start(test.now);
  test.Run(Seconds(12));
  const Time heard = test.now;
  // Deprecated before detection ends.
  RouterAdvertisement message = WithPrefix(Seconds(600), Seconds(5));
  message.options.prefixes.push_back(Option("2001:db8:1::/64", Seconds(4), Seconds(4)));
  test.Receive(message, {kRouter, kOurLinkLocal});
  test.Run(Seconds(11));
  EXPECT_EQ(test.told[kAddress], (std::vector{std::pair(heard, kTentative),
                                              std::pair(heard + Seconds(10), kDeprecated)}));
  // Gone before detection ends.
  EXPECT_EQ(test.told[A("2001:db8:1::ff:fe00:a")],
            (std::vector{std::pair(heard, kTentative), std::pair(heard + Seconds(4), kRemoved)}));
}

TEST(DiscoveryPrefixInformation, LifetimesOfATentativeAddressAreRefreshed) {
  DiscoveryForTest test;
  test.Boot();
  test.Receive(WithPrefix(Seconds(600), Seconds(300)));
  test.Run(Milliseconds(10));
  const Time heard = test.now;
  test.Receive(WithPrefix(Seconds(9000), Seconds(8000)));
  ASSERT_EQ(test.state(kAddress), kTentative);
  test.Run(Seconds(3));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  EXPECT_EQ(test.discovery.addresses().Find(kAddress)->valid_until, heard + Seconds(9000));
  EXPECT_EQ(test.discovery.addresses().Find(kAddress)->preferred_until, heard + Seconds(8000));
  EXPECT_EQ(test.Solicitations(kAddress).size(), 1u) << "detection is not begun again";
}

TEST(DiscoveryPrefixInformation, AnInfiniteLifetimeNeverEnds) {  // v6LC.3.2.4.J
  DiscoveryForTest test;
  test.Boot();
  test.Receive(WithPrefix(Duration::Infinite(), Duration::Infinite()));
  test.Run(Seconds(3));
  EXPECT_EQ(test.discovery.addresses().Find(kAddress)->valid_until, Time::Never());
  EXPECT_EQ(test.prefixes.at(kPrefix), Time::Never());
  test.Run(Seconds(1'000'000'000));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  EXPECT_TRUE(test.discovery.IsOnLink(A("2001:db8::1")));
}

// RFC 4862 §5.5.3 e, v6LC.3.2.5.
TEST(DiscoveryPrefixInformation, TheTwoHourRule) {
  constexpr Duration kTwoHours = Seconds(7200);
  const struct {
    Duration stored;
    Duration received;
    Duration expected;
  } kRows[] = {
      {Seconds(100), Seconds(101), Seconds(101)},        // More than what remains.
      {Seconds(100), Seconds(100), Seconds(100)},        // The same.
      {Seconds(100), Seconds(99), Seconds(100)},         // Ignored.
      {Seconds(100), Duration(), Seconds(100)},          // Likewise.
      {kTwoHours, Seconds(10), kTwoHours},               // At the edge: ignored.
      {kTwoHours + Seconds(1), Seconds(10), kTwoHours},  // Past it: cut to two hours.
      {kTwoHours + Seconds(1), Duration(), kTwoHours},   // Likewise.
      {Seconds(20'000), kTwoHours, kTwoHours},           // Two hours are not over two.
      {Seconds(20'000), kTwoHours + Seconds(1), kTwoHours + Seconds(1)},
      {Duration::Infinite(), Seconds(5), kTwoHours},
      {Duration::Infinite(), Seconds(9'000), Seconds(9'000)},
      {Seconds(100), Duration::Infinite(), Duration::Infinite()},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.stored.nanoseconds() / 1'000'000'000);
    SCOPED_TRACE(row.received.nanoseconds() / 1'000'000'000);
    DiscoveryForTest test;
    test.Boot();
    const Time heard = test.now;
    test.Receive(WithPrefix(row.stored, Duration()));
    test.Receive(WithPrefix(row.received, Duration()));
    const Time end = heard + row.expected;
    EXPECT_EQ(test.discovery.addresses().Find(kAddress)->valid_until, end);
    if (end.is_never()) continue;
    test.RunUntil(end - kNanosecond);
    EXPECT_EQ(test.state(kAddress), kDeprecated);
    test.RunUntil(end);
    EXPECT_EQ(test.state(kAddress), kRemoved);
  }
}

TEST(DiscoveryPrefixInformation, ThePreferredLifetimeIsTakenWhateverTheValidOne) {  // §5.5.3 e
  DiscoveryForTest test;
  test.Boot();
  test.Receive(WithPrefix(Seconds(3600), Seconds(3600)));
  test.Run(Seconds(3));
  const Time end = test.discovery.addresses().Find(kAddress)->valid_until;
  test.Receive(WithPrefix(Duration(), Duration()));
  EXPECT_EQ(test.state(kAddress), kDeprecated);
  EXPECT_EQ(test.discovery.addresses().Find(kAddress)->valid_until, end);
}

TEST(DiscoveryPrefixInformation, RenumberingLeavesTheNewPrefixAlone) {  // v6LC.3.2.3
  DiscoveryForTest test;
  test.Boot();
  const Ipv6Address next = A("2001:db8:1::ff:fe00:a");
  test.Receive(WithPrefix(Seconds(30), Seconds(30)));
  test.Run(Seconds(20));
  RouterAdvertisement message = FromRouter();
  message.options.prefixes = {Option("2001:db8:1::/64", Seconds(100), Seconds(100))};
  test.Receive(message);
  test.Run(Seconds(5));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  EXPECT_EQ(test.state(next), kPreferred);
  test.Run(Seconds(10));
  EXPECT_EQ(test.state(kAddress), kRemoved);
  EXPECT_EQ(test.state(next), kPreferred);
}

TEST(DiscoveryPrefixInformation, ADuplicateAddressStaysSoUntilItsLifetimeEnds) {
  DiscoveryForTest test;
  test.Boot();
  test.Receive(WithPrefix(Seconds(100), Seconds(100)));
  test.ReceiveProbe(kAddress);
  EXPECT_EQ(test.state(kAddress), kDuplicate);
  test.Run(Seconds(10));
  const Time heard = test.now;
  test.Receive(WithPrefix(Seconds(100), Seconds(100)));
  test.RunUntil(heard + Seconds(100) - kNanosecond);
  EXPECT_EQ(test.state(kAddress), kDuplicate);
  test.RunUntil(heard + Seconds(100));
  EXPECT_EQ(test.state(kAddress), kRemoved);
  EXPECT_FALSE(test.discovery.disabled());
  EXPECT_EQ(test.joined_groups[kAddress.SolicitedNode()], 1);
}

TEST(DiscoveryPrefixInformation, RetransTimerDuringBootDoesNotUpsetDetection) {  // 11
  for (const Duration retrans_timer : {Milliseconds(1), Seconds(1000)}) {
    DiscoveryForTest test;
    test.discovery.Start(test.now);
    RouterAdvertisement message = FromRouter();
    message.retrans_timer = retrans_timer;
    test.Receive(message);
    test.Run(Seconds(2));
    const auto probes = test.Solicitations(kOurLinkLocal);
    ASSERT_EQ(probes.size(), 1u);
    EXPECT_EQ(test.told[kOurLinkLocal].back(), std::pair(probes[0].when + Seconds(1), kPreferred));
  }
}

TEST(DiscoveryPrefixInformation, AStaticAddressOfThePrefixStaysStatic) {
  DiscoveryForTest test({.addresses = {{kAddress, 64}}});
  test.Boot();
  test.Receive(WithPrefix(Seconds(30), Seconds(30)));
  test.Run(Seconds(100));
  EXPECT_EQ(test.state(kAddress), kPreferred);
  EXPECT_EQ(test.discovery.addresses().Find(kAddress)->origin, AddressOrigin::kStatic);
  EXPECT_EQ(test.prefixes.at(kPrefix), Time::Never());
}

TEST(DiscoveryPrefixInformation, AnAdvertisedPrefixOutlivesAStaticAddress) {
  DiscoveryForTest test({.addresses = {{A("2001:db8::42"), 64}}});
  test.Boot();
  const Time heard = test.now;
  test.Receive(WithPrefix(Seconds(300), Seconds(300)));
  EXPECT_EQ(test.prefixes.at(kPrefix), Time::Never());
  test.discovery.RemoveAddress(test.now, A("2001:db8::42"));
  EXPECT_EQ(test.prefixes.at(kPrefix), heard + Seconds(300));
  test.RunUntil(heard + Seconds(300));
  EXPECT_TRUE(test.prefixes.empty());
}

}  // namespace
}  // namespace dualsim::ndp
