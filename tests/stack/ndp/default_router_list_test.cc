#include "stack/ndp/default_router_list.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

using Change = DefaultRouterList::Change;
using enum wire::RouterPreference;
constexpr Time kStart = Time() + Seconds(10);
const Ipv6Address kRouter = *Ipv6Address::Parse("fe80::1");
const Ipv6Address kOther = *Ipv6Address::Parse("fe80::2");

TEST(DefaultRouterList, ARouterLivesAsLongAsItSays) {  // RFC 4861 §6.3.4, §6.3.5
  DefaultRouterList list;
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Duration(), kMedium), Change::kNone);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Seconds(1800), kMedium), Change::kAdded);
  EXPECT_EQ(list.OnAdvertisement(kStart, kOther, Seconds(900), kMedium), Change::kAdded);
  EXPECT_EQ(list.deadline(), kStart + Seconds(900));
  EXPECT_EQ(list.PopExpired(kStart + Seconds(900) - Nanoseconds(1)), std::nullopt);
  EXPECT_EQ(list.PopExpired(kStart + Seconds(900)), kOther);
  EXPECT_EQ(list.PopExpired(kStart + Seconds(900)), std::nullopt);
  EXPECT_EQ(list.PopExpired(kStart + Seconds(1800)), kRouter);
  EXPECT_TRUE(list.empty());
}

TEST(DefaultRouterList, EachAdvertisementSetsLifetimeAndPreference) {  // RFC 4191 §3.1
  DefaultRouterList list;
  list.OnAdvertisement(kStart, kRouter, Seconds(10), kMedium);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Seconds(20), kMedium), Change::kRefreshed);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Seconds(5), kHigh), Change::kChanged);
  EXPECT_EQ(list.Find(kRouter)->until, kStart + Seconds(5));
  EXPECT_EQ(list.Find(kRouter)->preference, kHigh);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Duration(), kHigh), Change::kRemoved);
  EXPECT_EQ(list.Find(kRouter), nullptr);
}

TEST(DefaultRouterList, AStaticRouterIsTheConfigurationsAlone) {
  DefaultRouterList list;
  list.OnAdvertisement(kStart, kRouter, Seconds(10), kHigh);
  list.AddStatic(kRouter);
  EXPECT_EQ(list.entries().size(), 1u);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Seconds(10), kHigh), Change::kNone);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Duration(), kHigh), Change::kNone);
  EXPECT_FALSE(list.Remove(kRouter));
  EXPECT_EQ(list.deadline(), Time::Never());
  EXPECT_TRUE(list.Find(kRouter)->is_static);
}

TEST(DefaultRouterList, RemovingTakesOne) {
  DefaultRouterList list;
  list.OnAdvertisement(kStart, kRouter, Seconds(10), kMedium);
  list.OnAdvertisement(kStart, kOther, Seconds(10), kMedium);
  EXPECT_TRUE(list.Remove(kRouter));
  EXPECT_FALSE(list.Remove(kRouter));
  EXPECT_EQ(list.entries().size(), 1u);
}

TEST(DefaultRouterList, AdvertisementsAddUpToALimitAndThoseThereAreRefreshed) {
  DefaultRouterList list;
  for (uint64_t n = 0; n < 100; ++n) {
    const Ipv6Address router = Ipv6Address::FromIntegers(0xfe80ull << 48, n);
    EXPECT_EQ(list.OnAdvertisement(kStart, router, Seconds(10), kMedium),
              n < DefaultRouterList::kMaxRouters ? Change::kAdded : Change::kRefused);
  }
  EXPECT_EQ(list.entries().size(), DefaultRouterList::kMaxRouters);
  EXPECT_EQ(list.OnAdvertisement(kStart, Ipv6Address::FromIntegers(0xfe80ull << 48, 3), Seconds(20),
                                 kMedium),
            Change::kRefreshed);
}

TEST(DefaultRouterList, AFullListLetsGoOfTheLastThatCameOnce) {
  DefaultRouterList list;
  const auto router = [](uint64_t n) { return Ipv6Address::FromIntegers(0xfe80ull << 48, n); };
  list.AddStatic(kRouter);
  for (uint64_t n = 1; n < DefaultRouterList::kMaxRouters; ++n) {
    list.OnAdvertisement(kStart, router(n), Seconds(10), kMedium);
  }
  const Ipv6Address last = router(DefaultRouterList::kMaxRouters - 1);
  EXPECT_EQ(list.MakesRoom(kStart), nullptr) << "it came just now";
  ASSERT_NE(list.MakesRoom(kStart + Seconds(1)), nullptr);
  EXPECT_EQ(list.MakesRoom(kStart + Seconds(1))->address, last);
  list.OnAdvertisement(kStart + Seconds(1), last, Seconds(10), kMedium);
  EXPECT_EQ(list.MakesRoom(kStart + Seconds(2)), nullptr) << "it came again";
}

TEST(DefaultRouterList, ThoseOfTheConfigurationMakeNoRoom) {
  DefaultRouterList list;
  list.AddStatic(kRouter);
  EXPECT_EQ(list.MakesRoom(kStart + Seconds(1)), nullptr);
}

}  // namespace
}  // namespace dualsim::ndp
