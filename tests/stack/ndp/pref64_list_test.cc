#include "stack/ndp/pref64_list.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

constexpr Time kStart = Time() + Seconds(10);
const Ipv6Prefix kWellKnown = *Ipv6Prefix::Parse("64:ff9b::/96");

TEST(Pref64List, APrefixIsKeptWhileItLasts) {  // RFC 8781 §4
  Pref64List list;
  EXPECT_TRUE(list.OnAdvertisement(kStart, {.prefix = kWellKnown, .lifetime = Seconds(80)}));
  EXPECT_EQ(list.deadline(), kStart + Seconds(80));
  EXPECT_TRUE(
      list.OnAdvertisement(kStart + Seconds(8), {.prefix = kWellKnown, .lifetime = Seconds(80)}));
  ASSERT_EQ(list.entries().size(), 1u);
  EXPECT_EQ(list.entries()[0].prefix, kWellKnown);
  list.Advance(kStart + Seconds(88) - Nanoseconds(1));
  EXPECT_EQ(list.entries().size(), 1u);
  list.Advance(kStart + Seconds(88));
  EXPECT_TRUE(list.entries().empty());
}

TEST(Pref64List, ALifetimeOfZeroEndsItAtOnce) {
  Pref64List list;
  EXPECT_TRUE(list.OnAdvertisement(kStart, {.prefix = kWellKnown, .lifetime = Duration()}));
  EXPECT_TRUE(list.entries().empty());
  list.OnAdvertisement(kStart, {.prefix = kWellKnown, .lifetime = Seconds(80)});
  EXPECT_TRUE(list.OnAdvertisement(kStart, {.prefix = kWellKnown, .lifetime = Duration()}));
  EXPECT_TRUE(list.entries().empty());
}

TEST(Pref64List, AdvertisementsAddUpToALimit) {
  Pref64List list;
  for (uint64_t n = 0; n < 100; ++n) {
    const Ipv6Prefix prefix(Ipv6Address::FromIntegers(n, 0), 96);
    EXPECT_EQ(list.OnAdvertisement(kStart, {.prefix = prefix, .lifetime = Seconds(80)}),
              n < Pref64List::kMaxPrefixes);
  }
  EXPECT_EQ(list.entries().size(), Pref64List::kMaxPrefixes);
}

TEST(Pref64List, AFullListLetsGoOfTheLastThatCameOnce) {
  Pref64List list;
  const auto option = [](uint64_t n) {
    return wire::Pref64{.prefix = Ipv6Prefix(Ipv6Address::FromIntegers(n, 0), 96),
                        .lifetime = Seconds(80)};
  };
  for (uint64_t n = 0; n < Pref64List::kMaxPrefixes; ++n) list.OnAdvertisement(kStart, option(n));
  EXPECT_FALSE(list.OnAdvertisement(kStart + Seconds(1), option(100))) << "there was no room";
  EXPECT_EQ(list.entries().size(), Pref64List::kMaxPrefixes);
  EXPECT_EQ(list.entries().back().prefix, option(100).prefix);
  EXPECT_TRUE(list.OnAdvertisement(kStart + Seconds(2), option(100)));
  EXPECT_FALSE(list.OnAdvertisement(kStart + Seconds(3), option(101)));
  EXPECT_EQ(list.entries().back().prefix, option(100).prefix) << "it came again";
}

}  // namespace
}  // namespace dualsim::ndp
