#include "stack/ndp/temporary_addresses.h"

#include <gtest/gtest.h>

#include <set>

namespace dualsim::ndp {
namespace {

constexpr Time kNow = Time() + Seconds(1000);
constexpr Duration kDay = Seconds(86400);

RandomStream Random(uint64_t seed = 1) { return {seed, "host", "temporary"}; }

TEST(TemporaryAddresses, RegenAdvanceLeavesTimeForEveryRetry) {  // RFC 8981 §3.8
  EXPECT_EQ(RegenAdvance(1, Seconds(1)), Seconds(5));
  EXPECT_EQ(RegenAdvance(2, Seconds(3)), Seconds(20));
  EXPECT_EQ(RegenAdvance(0, Seconds(1)), Seconds(2));
}

TEST(TemporaryAddresses, LifetimesAreThePrefixesUntilTheirOwnLimits) {  // §3.4
  const TemporaryLifetimes lifetimes({}, kNow, Seconds(600));
  EXPECT_EQ(lifetimes.PreferredUntil(kNow + Seconds(100)), kNow + Seconds(100));
  EXPECT_EQ(lifetimes.PreferredUntil(Time::Never()), kNow + kDay - Seconds(600));
  EXPECT_EQ(lifetimes.ValidUntil(kNow + Seconds(100)), kNow + Seconds(100));
  EXPECT_EQ(lifetimes.ValidUntil(Time::Never()), kNow + kDay * 2);
}

TEST(TemporaryAddresses, DesyncFactorIsUpToFourTenthsOfTheLifetime) {
  Time first = Time::Never();
  Time last;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    TemporaryAddresses addresses({}, Random(seed));
    const Time until = addresses.DrawLifetimes(kNow, Seconds(5)).PreferredUntil(Time::Never());
    first = std::min(first, until);
    last = std::max(last, until);
  }
  EXPECT_GE(first, kNow + kDay * 6 / 10);
  EXPECT_LT(first, kNow + kDay * 62 / 100);
  EXPECT_LE(last, kNow + kDay);
  EXPECT_GT(last, kNow + kDay * 98 / 100);
}

TEST(TemporaryAddresses, DesyncFactorLeavesMoreThanRegenAdvance) {  // §3.8
  for (uint64_t seed = 0; seed < 300; ++seed) {
    TemporaryAddresses addresses({.preferred_lifetime = Seconds(7)}, Random(seed));
    EXPECT_GT(addresses.DrawLifetimes(kNow, Seconds(5)).PreferredUntil(Time::Never()),
              kNow + Seconds(5));
  }
}

TEST(TemporaryAddresses, IdentifiersDiffer) {  // §3.3
  TemporaryAddresses addresses({}, Random());
  std::set<uint64_t> identifiers;
  for (int i = 0; i < 100; ++i) identifiers.insert(addresses.DrawInterfaceIdentifier());
  EXPECT_EQ(identifiers.size(), 100u);
}

TEST(TemporaryAddresses, APrefixThatWasGivenUpStaysSoWhileAttached) {
  TemporaryAddresses addresses({}, Random());
  const auto prefix = [](uint64_t n) {
    return Ipv6Prefix(Ipv6Address::FromIntegers(0x20010db8ull << 32 | n, 0), 64);
  };
  addresses.GiveUp(prefix(1));
  EXPECT_TRUE(addresses.GaveUp(prefix(1)));
  EXPECT_FALSE(addresses.GaveUp(prefix(2)));
  for (uint64_t n = 2; n < 2 + TemporaryAddresses::kMaxGivenUp; ++n) addresses.GiveUp(prefix(n));
  EXPECT_FALSE(addresses.GaveUp(prefix(1))) << "the oldest is forgotten";
  addresses.Clear();
  EXPECT_FALSE(addresses.GaveUp(prefix(2)));
}

}  // namespace
}  // namespace dualsim::ndp
