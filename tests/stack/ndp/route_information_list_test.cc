#include "stack/ndp/route_information_list.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

using Change = RouteInformationList::Change;
using enum wire::RouterPreference;
constexpr Time kStart = Time() + Seconds(10);
const Ipv6Address kRouter = *Ipv6Address::Parse("fe80::1");
const Ipv6Address kOther = *Ipv6Address::Parse("fe80::2");

wire::RouteInformation Route(std::string_view prefix, Duration lifetime,
                             wire::RouterPreference preference = kMedium) {
  return {.prefix = *Ipv6Prefix::Parse(prefix), .preference = preference, .lifetime = lifetime};
}

TEST(RouteInformationList, ARouteIsKnownByItsPrefixAndItsRouter) {  // RFC 4191 §3.1
  RouteInformationList list;
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/32", Duration())),
            Change::kNone);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/32", Seconds(10))),
            Change::kAdded);
  EXPECT_EQ(list.OnAdvertisement(kStart, kOther, Route("2001:db8::/32", Seconds(10))),
            Change::kAdded);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/48", Seconds(10))),
            Change::kAdded);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/32", Seconds(20))),
            Change::kRefreshed);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/32", Seconds(20), kLow)),
            Change::kChanged);
  EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/32", Duration())),
            Change::kRemoved);
  EXPECT_EQ(list.entries().size(), 2u);
  EXPECT_TRUE(list.HasRouter(kRouter));
  EXPECT_TRUE(list.RemoveRouter(kRouter));
  EXPECT_FALSE(list.RemoveRouter(kRouter));
  EXPECT_FALSE(list.HasRouter(kRouter));
  EXPECT_TRUE(list.HasRouter(kOther));
}

TEST(RouteInformationList, ARouteLivesAsLongAsItSays) {
  RouteInformationList list;
  list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/32", Seconds(10)));
  list.OnAdvertisement(kStart, kRouter, Route("2001:db8::/48", Duration::Infinite()));
  EXPECT_EQ(list.deadline(), kStart + Seconds(10));
  EXPECT_FALSE(list.PopExpired(kStart + Seconds(10) - Nanoseconds(1)));
  const auto expired = list.PopExpired(kStart + Seconds(10));
  ASSERT_TRUE(expired);
  EXPECT_EQ(expired->prefix, *Ipv6Prefix::Parse("2001:db8::/32"));
  EXPECT_EQ(expired->router, kRouter);
  EXPECT_EQ(list.deadline(), Time::Never());
}

TEST(RouteInformationList, AdvertisementsAddUpToALimit) {
  RouteInformationList list;
  for (uint64_t n = 0; n < 100; ++n) {
    const wire::RouteInformation route{
        .prefix = Ipv6Prefix(Ipv6Address::FromIntegers(0x2001'0db8'0000'0000 + n, 0), 64),
        .lifetime = Seconds(10)};
    EXPECT_EQ(list.OnAdvertisement(kStart, kRouter, route),
              n < RouteInformationList::kMaxRoutes ? Change::kAdded : Change::kRefused);
  }
  EXPECT_EQ(list.entries().size(), RouteInformationList::kMaxRoutes);
}

TEST(RouteInformationList, AFullListLetsGoOfTheLastThatCameOnce) {
  RouteInformationList list;
  const auto route = [](uint64_t n) {
    return wire::RouteInformation{
        .prefix = Ipv6Prefix(Ipv6Address::FromIntegers(0x2001'0db8'0000'0000 + n, 0), 64),
        .lifetime = Seconds(10)};
  };
  for (uint64_t n = 0; n < RouteInformationList::kMaxRoutes; ++n) {
    list.OnAdvertisement(kStart, kRouter, route(n));
  }
  EXPECT_FALSE(list.MakeRoom(kStart)) << "it came just now";
  const auto gone = list.MakeRoom(kStart + Seconds(1));
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->prefix, route(RouteInformationList::kMaxRoutes - 1).prefix);
  list.OnAdvertisement(kStart + Seconds(1), kRouter, route(RouteInformationList::kMaxRoutes - 2));
  EXPECT_FALSE(list.MakeRoom(kStart + Seconds(2))) << "the last came again";
}

}  // namespace
}  // namespace dualsim::ndp
