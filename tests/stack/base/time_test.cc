#include "stack/base/time.h"

#include <gtest/gtest.h>

namespace dualsim {
namespace {

TEST(Duration, UnitsAgree) {
  EXPECT_EQ(Seconds(1), Milliseconds(1000));
  EXPECT_EQ(Milliseconds(1), Microseconds(1000));
  EXPECT_EQ(Microseconds(1), Nanoseconds(1000));
  EXPECT_EQ(Seconds(-3).nanoseconds(), -3'000'000'000);
}

TEST(Duration, ArithmeticSaturatesAtInfinity) {
  const Duration most = Nanoseconds(Duration::Infinite().nanoseconds() - 1);
  EXPECT_TRUE((most + Seconds(1)).is_infinite());
  EXPECT_TRUE((most * 2).is_infinite());
  EXPECT_TRUE((most * -2 < Duration()));
  EXPECT_EQ(most * -2, Duration() - Duration::Infinite());
  EXPECT_EQ(Duration() - most - most, Duration() - Duration::Infinite());
  EXPECT_TRUE(Seconds(Duration::Infinite().nanoseconds()).is_infinite());
}

TEST(Duration, InfinityStaysInfinite) {
  EXPECT_TRUE((Duration::Infinite() - Seconds(5)).is_infinite());
  EXPECT_TRUE((Duration::Infinite() / 1000).is_infinite());
  EXPECT_TRUE((Duration::Infinite() * 3).is_infinite());
}

TEST(Time, NeverComesAfterEveryOtherTime) {
  EXPECT_LT(Time::FromNanoseconds(Time::Never().nanoseconds() - 1), Time::Never());
  EXPECT_TRUE((Time() + Duration::Infinite()).is_never());
  EXPECT_TRUE((Time::Never() + Seconds(1)).is_never());
  EXPECT_TRUE((Time::Never() - Seconds(1)).is_never());
  EXPECT_TRUE((Time::Never() - Time()).is_infinite());
}

TEST(Time, TheDistanceOfTwoTimesIsADuration) {
  const Time start = Time() + Milliseconds(300);
  EXPECT_EQ(start + Seconds(1) - start, Seconds(1));
  EXPECT_EQ(start - (start + Seconds(1)), Seconds(-1));
  EXPECT_EQ(start - Milliseconds(300), Time());
}

}  // namespace
}  // namespace dualsim
