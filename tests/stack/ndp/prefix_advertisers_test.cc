#include "stack/ndp/prefix_advertisers.h"

#include <gtest/gtest.h>

#include <string>

namespace dualsim::ndp {
namespace {

constexpr Time kNow = Time() + Seconds(10);
const Ipv6Address kOne = *Ipv6Address::Parse("fe80::1");
const Ipv6Address kTwo = *Ipv6Address::Parse("fe80::2");
const Ipv6Prefix kPrefix = *Ipv6Prefix::Parse("2001:db8:1::/64");
const Ipv6Address kInside = *Ipv6Address::Parse("2001:db8:1::9");

TEST(PrefixAdvertisers, ARouterAdvertisesItsPrefixUntilTheLifetimeEnds) {
  PrefixAdvertisers advertisers;
  EXPECT_TRUE(advertisers.OnAdvertisement(kNow, kOne, kPrefix, Seconds(60)));
  EXPECT_TRUE(advertisers.Advertises(kNow, kOne, kInside));
  EXPECT_FALSE(advertisers.Advertises(kNow, kTwo, kInside));
  EXPECT_FALSE(advertisers.Advertises(kNow, kOne, *Ipv6Address::Parse("2001:db8:2::9")));
  EXPECT_TRUE(advertisers.Advertises(kNow + Seconds(60) - Nanoseconds(1), kOne, kInside));
  EXPECT_FALSE(advertisers.Advertises(kNow + Seconds(60), kOne, kInside));
  advertisers.OnAdvertisement(kNow + Seconds(70), kOne, kPrefix, Seconds(60));
  EXPECT_TRUE(advertisers.Advertises(kNow + Seconds(129), kOne, kInside));
  advertisers.OnAdvertisement(kNow + Seconds(80), kOne, kPrefix, Duration());
  EXPECT_FALSE(advertisers.Advertises(kNow + Seconds(80), kOne, kInside)) << "taken back";
}

TEST(PrefixAdvertisers, TheChoiceIsBetweenRouters) {
  PrefixAdvertisers advertisers;
  EXPECT_FALSE(advertisers.HasSeveralRouters());
  advertisers.OnAdvertisement(kNow, kOne, kPrefix, Seconds(60));
  advertisers.OnAdvertisement(kNow, kOne, *Ipv6Prefix::Parse("2001:db8:2::/64"), Seconds(60));
  EXPECT_FALSE(advertisers.HasSeveralRouters());
  advertisers.OnAdvertisement(kNow, kTwo, kPrefix, Seconds(60));
  EXPECT_TRUE(advertisers.HasSeveralRouters());
  advertisers.RemoveRouter(kOne);
  EXPECT_FALSE(advertisers.HasSeveralRouters());
  EXPECT_FALSE(advertisers.Advertises(kNow, kOne, kInside));
}

TEST(PrefixAdvertisers, WhatCameFirstStaysUntilItEnds) {
  PrefixAdvertisers advertisers;
  const auto prefix = [](size_t n) {
    return *Ipv6Prefix::Parse("2001:db8:" + std::to_string(n) + "::/64");
  };
  for (size_t n = 0; n < PrefixAdvertisers::kMaxEntries; ++n) {
    EXPECT_TRUE(advertisers.OnAdvertisement(kNow, kOne, prefix(n), Seconds(60)));
  }
  EXPECT_FALSE(advertisers.OnAdvertisement(kNow, kTwo, kPrefix, Seconds(60)));
  EXPECT_TRUE(advertisers.Advertises(kNow, kOne, prefix(0).address()));
  EXPECT_TRUE(advertisers.OnAdvertisement(kNow + Seconds(60), kTwo, kPrefix, Seconds(60)));
}

TEST(PrefixAdvertisers, AFullListLetsGoOfTheLastThatCameOnce) {
  PrefixAdvertisers advertisers;
  const auto prefix = [](size_t n) {
    return *Ipv6Prefix::Parse("2001:db8:" + std::to_string(n) + "::/64");
  };
  for (size_t n = 0; n < PrefixAdvertisers::kMaxEntries; ++n) {
    EXPECT_TRUE(advertisers.OnAdvertisement(kNow, kOne, prefix(n), Seconds(60)));
  }
  EXPECT_FALSE(advertisers.OnAdvertisement(kNow + Seconds(1), kTwo, kPrefix, Seconds(60)));
  EXPECT_TRUE(advertisers.Advertises(kNow + Seconds(1), kTwo, kInside));
  EXPECT_TRUE(advertisers.Advertises(kNow + Seconds(1), kOne, prefix(0).address()));
}

}  // namespace
}  // namespace dualsim::ndp
