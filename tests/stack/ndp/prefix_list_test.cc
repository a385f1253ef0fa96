#include "stack/ndp/prefix_list.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

using Change = PrefixList::Change;
constexpr Time kStart = Time() + Seconds(10);
const Ipv6Prefix kPrefix = *Ipv6Prefix::Parse("2001:db8::/64");
const Ipv6Address kCovered = *Ipv6Address::Parse("2001:db8::1");

TEST(PrefixList, TheLinkLocalPrefixIsAlwaysOnLinkAndNothingElse) {  // RFC 4861 §5.1, RFC 5942
  PrefixList list;
  EXPECT_TRUE(list.IsOnLink(*Ipv6Address::Parse("fe80::1")));
  EXPECT_FALSE(list.IsOnLink(kCovered));
  EXPECT_TRUE(list.entries().empty());
}

TEST(PrefixList, AnAdvertisedPrefixLivesAsLongAsItSays) {  // §6.3.4, §6.3.5
  PrefixList list;
  EXPECT_EQ(list.OnAdvertisement(kStart, kPrefix, Duration()), Change::kNone);
  EXPECT_EQ(list.OnAdvertisement(kStart, kPrefix, Seconds(100)), Change::kAdded);
  EXPECT_TRUE(list.IsOnLink(kCovered));
  EXPECT_EQ(list.OnAdvertisement(kStart, kPrefix, Seconds(50)), Change::kRefreshed);
  EXPECT_EQ(list.deadline(), kStart + Seconds(50));
  EXPECT_EQ(list.PopExpired(kStart + Seconds(50) - Nanoseconds(1)), std::nullopt);
  EXPECT_EQ(list.PopExpired(kStart + Seconds(50)), kPrefix);
  EXPECT_FALSE(list.IsOnLink(kCovered));
  EXPECT_EQ(list.deadline(), Time::Never());
}

TEST(PrefixList, ALifetimeOfZeroTakesItAway) {
  PrefixList list;
  list.OnAdvertisement(kStart, kPrefix, Duration::Infinite());
  EXPECT_EQ(list.deadline(), Time::Never());
  EXPECT_EQ(list.OnAdvertisement(kStart, kPrefix, Duration()), Change::kRemoved);
  EXPECT_FALSE(list.IsOnLink(kCovered));
}

TEST(PrefixList, PrefixesOfOneAddressAndTwoLengthsAreTwo) {
  PrefixList list;
  list.OnAdvertisement(kStart, kPrefix, Seconds(100));
  list.OnAdvertisement(kStart, *Ipv6Prefix::Parse("2001:db8::/48"), Seconds(50));
  EXPECT_TRUE(list.IsOnLink(*Ipv6Address::Parse("2001:db8:0:1::1")));
  EXPECT_EQ(list.PopExpired(kStart + Seconds(50)), *Ipv6Prefix::Parse("2001:db8::/48"));
  EXPECT_FALSE(list.IsOnLink(*Ipv6Address::Parse("2001:db8:0:1::1")));
  EXPECT_TRUE(list.IsOnLink(kCovered));
}

TEST(PrefixList, AStaticPrefixIsTakenBackAsOftenAsItWasAdded) {
  PrefixList list;
  EXPECT_EQ(list.AddStatic(kPrefix), Change::kAdded);
  EXPECT_EQ(list.AddStatic(kPrefix), Change::kNone);
  EXPECT_EQ(list.OnAdvertisement(kStart, kPrefix, Duration()), Change::kNone);
  EXPECT_EQ(list.RemoveStatic(kPrefix), Change::kNone);
  EXPECT_TRUE(list.IsOnLink(kCovered));
  EXPECT_EQ(list.RemoveStatic(kPrefix), Change::kRemoved);
  EXPECT_FALSE(list.IsOnLink(kCovered));
  EXPECT_EQ(list.RemoveStatic(kPrefix), Change::kNone);
}

TEST(PrefixList, StaticAndAdvertisedTheLongerLivedCounts) {
  PrefixList list;
  list.OnAdvertisement(kStart, kPrefix, Seconds(100));
  EXPECT_EQ(list.AddStatic(kPrefix), Change::kRefreshed);
  EXPECT_EQ(list.deadline(), Time::Never());
  EXPECT_EQ(list.PopExpired(kStart + Seconds(1000)), std::nullopt);
  EXPECT_EQ(list.RemoveStatic(kPrefix), Change::kRefreshed);
  EXPECT_EQ(list.Find(kPrefix)->until(), kStart + Seconds(100));
  EXPECT_EQ(list.PopExpired(kStart + Seconds(1000)), kPrefix);
}

TEST(PrefixList, AdvertisementsAddUpToALimit) {
  PrefixList list;
  list.AddStatic(kPrefix);
  size_t added = 0;
  for (uint64_t n = 0; n < 100; ++n) {
    const Ipv6Prefix prefix(Ipv6Address::FromIntegers(0x2001'0db9'0000'0000 + n, 0), 64);
    const Change change = list.OnAdvertisement(kStart, prefix, Seconds(100));
    EXPECT_EQ(change, added + 1 < PrefixList::kMaxPrefixes ? Change::kAdded : Change::kRefused);
    added += change == Change::kAdded ? 1 : 0;
  }
  EXPECT_EQ(list.entries().size(), PrefixList::kMaxPrefixes);
  EXPECT_TRUE(list.IsOnLink(kCovered));
}

TEST(PrefixList, AFullListLetsGoOfTheLastThatCameOnce) {
  PrefixList list;
  const auto prefix = [](uint64_t n) {
    return Ipv6Prefix(Ipv6Address::FromIntegers(0x2001'0db9'0000'0000 + n, 0), 64);
  };
  for (uint64_t n = 0; n < PrefixList::kMaxPrefixes; ++n) {
    list.OnAdvertisement(kStart, prefix(n), Seconds(100));
  }
  const Ipv6Prefix last = prefix(PrefixList::kMaxPrefixes - 1);
  EXPECT_EQ(list.MakeRoom(kStart), std::nullopt) << "it came just now";
  list.AddStatic(last);
  EXPECT_EQ(list.MakeRoom(kStart + Seconds(1)), prefix(PrefixList::kMaxPrefixes - 2));
  list.RemoveStatic(last);
  EXPECT_EQ(list.MakeRoom(kStart + Seconds(1)), last);
  list.OnAdvertisement(kStart + Seconds(1), prefix(PrefixList::kMaxPrefixes - 3), Seconds(100));
  EXPECT_EQ(list.MakeRoom(kStart + Seconds(2)), std::nullopt) << "the last came again";
  EXPECT_EQ(list.entries().size(), PrefixList::kMaxPrefixes - 2);
}

}  // namespace
}  // namespace dualsim::ndp
