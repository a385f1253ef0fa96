#include "stack/ndp/router_solicitation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dualsim::ndp {
namespace {

constexpr Time kStart = Time() + Seconds(7);
constexpr Duration kRouterLifetime = Seconds(1800);

RandomStream Random(uint64_t seed) { return RandomStream(seed, "host", "router solicitation"); }

TEST(RouterSolicitation, FirstLeavesWithinMaxRtrSolicitationDelay) {  // RFC 4861 §6.3.7
  Time earliest = Time::Never();
  Time latest;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const RouterSolicitation rs(kStart, Random(seed));
    ASSERT_GE(rs.deadline(), kStart);
    ASSERT_LE(rs.deadline(), kStart + kMaxRtrSolicitationDelay);
    earliest = std::min(earliest, rs.deadline());
    latest = std::max(latest, rs.deadline());
  }
  EXPECT_LT(earliest, kStart + Milliseconds(100)) << "the delay spreads over the whole range";
  EXPECT_GT(latest, kStart + Milliseconds(900));
}

TEST(RouterSolicitation, NothingLeavesBeforeTheDeadline) {
  RouterSolicitation rs(kStart, Random(1));
  EXPECT_FALSE(rs.Advance(rs.deadline() - Nanoseconds(1)));
  EXPECT_TRUE(rs.Advance(rs.deadline()));
}

TEST(RouterSolicitation, IntervalsDoubleFromIrtToMrtAndNeverEnd) {  // RFC 7559 §2
  for (uint64_t seed = 0; seed < 20; ++seed) {
    RouterSolicitation rs(kStart, Random(seed));
    Time sent = rs.deadline();
    ASSERT_TRUE(rs.Advance(sent));
    Duration previous = rs.deadline() - sent;
    ASSERT_GE(previous, Milliseconds(3600));
    ASSERT_LE(previous, Milliseconds(4400));
    for (int i = 0; i < 40; ++i) {
      sent = rs.deadline();
      ASSERT_TRUE(rs.Advance(sent));
      const Duration interval = rs.deadline() - sent;
      ASSERT_LE(interval, Seconds(3960)) << "MRT and a tenth";
      if (interval < Seconds(3240)) {
        ASSERT_GE(interval, previous * 19 / 10);
        ASSERT_LE(interval, previous * 21 / 10);
      }
      previous = interval;
    }
    EXPECT_GE(previous, Seconds(3240)) << "a long silence is asked into once an hour";
  }
}

TEST(RouterSolicitation, AnAdvertisementOfADefaultRouterEndsIt) {  // RFC 7559 §2.1
  RouterSolicitation rs(kStart, Random(1));
  ASSERT_TRUE(rs.Advance(rs.deadline()));
  rs.OnRouterAdvertisement(kRouterLifetime);
  EXPECT_EQ(rs.deadline(), Time::Never());
  EXPECT_FALSE(rs.Advance(kStart + Seconds(100'000)));
}

TEST(RouterSolicitation, AnAdvertisementWithRouterLifetimeZeroDoesNotEndIt) {  // RFC 7559 §2.1
  RouterSolicitation rs(kStart, Random(1));
  ASSERT_TRUE(rs.Advance(rs.deadline()));
  const Time next = rs.deadline();
  rs.OnRouterAdvertisement(Duration());
  EXPECT_EQ(rs.deadline(), next);
  EXPECT_TRUE(rs.Advance(next));
}

TEST(RouterSolicitation, AnAdvertisementBeforeTheFirstStillLetsOneOut) {  // RFC 4861 §6.3.7
  RouterSolicitation rs(kStart, Random(1));
  const Time first = rs.deadline();
  rs.OnRouterAdvertisement(kRouterLifetime);
  EXPECT_EQ(rs.deadline(), first);
  EXPECT_TRUE(rs.Advance(first));
  EXPECT_EQ(rs.deadline(), Time::Never());
}

TEST(RouterSolicitation, ComingUpAgainBeginsAnew) {
  RouterSolicitation rs(kStart, Random(1));
  ASSERT_TRUE(rs.Advance(rs.deadline()));
  rs.OnRouterAdvertisement(kRouterLifetime);
  const Time up = kStart + Seconds(60);
  rs.Restart(up);
  EXPECT_GE(rs.deadline(), up);
  EXPECT_LE(rs.deadline(), up + kMaxRtrSolicitationDelay);
  const Time sent = rs.deadline();
  EXPECT_TRUE(rs.Advance(sent));
  EXPECT_LE(rs.deadline(), sent + Milliseconds(4400)) << "from IRT again";
}

}  // namespace
}  // namespace dualsim::ndp
