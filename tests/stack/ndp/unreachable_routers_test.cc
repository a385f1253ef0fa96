#include "stack/ndp/unreachable_routers.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

constexpr Time kStart = Time() + Seconds(10);
const Ipv6Address kRouter = *Ipv6Address::Parse("fe80::1");
const Ipv6Address kOther = *Ipv6Address::Parse("fe80::2");

TEST(UnreachableRouters, OneIsThereUntilItIsTakenOut) {
  UnreachableRouters routers;
  EXPECT_FALSE(routers.Contains(kRouter));
  routers.Add(kStart, kRouter);
  EXPECT_TRUE(routers.Contains(kRouter));
  EXPECT_FALSE(routers.Contains(kOther));
  routers.Remove(kRouter);
  EXPECT_FALSE(routers.Contains(kRouter));
  EXPECT_FALSE(routers.OnPassedOver(kStart + Seconds(1000), kRouter));
}

TEST(UnreachableRouters, ProbesAreAMinuteApart) {  // RFC 4191 §3.5
  UnreachableRouters routers;
  routers.Add(kStart, kRouter);
  EXPECT_FALSE(routers.OnPassedOver(kStart, kRouter)) << "it was solicited just now";
  EXPECT_FALSE(routers.OnPassedOver(kStart + Seconds(60) - Nanoseconds(1), kRouter));
  EXPECT_TRUE(routers.OnPassedOver(kStart + Seconds(60), kRouter));
  EXPECT_FALSE(routers.OnPassedOver(kStart + Seconds(60), kRouter));
  routers.Add(kStart + Seconds(61), kRouter);  // The probe went unanswered.
  EXPECT_TRUE(routers.OnPassedOver(kStart + Seconds(120), kRouter));
}

TEST(UnreachableRouters, OneThatNobodyWantedIsNotAskedFor) {
  UnreachableRouters routers;
  routers.Add(kStart, kRouter);
  EXPECT_EQ(routers.deadline(), Time::Never());
  EXPECT_FALSE(routers.Advance(kStart + Seconds(1000)));
  EXPECT_FALSE(routers.OnPassedOver(kStart + Seconds(1), kRouter));
  EXPECT_EQ(routers.deadline(), kStart + Seconds(60));
  EXPECT_FALSE(routers.Advance(kStart + Seconds(60) - Nanoseconds(1)));
  EXPECT_TRUE(routers.Advance(kStart + Seconds(60)));
  EXPECT_EQ(routers.deadline(), Time::Never()) << "until there is traffic again";
}

}  // namespace
}  // namespace dualsim::ndp
