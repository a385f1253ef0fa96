#include "stack/icmp/error_limiter.h"

#include <gtest/gtest.h>

namespace dualsim::icmp {
namespace {

constexpr Time kStart = Time() + Seconds(5);

int CountAllowed(ErrorLimiter& limiter, Time now, int attempts) {
  int allowed = 0;
  for (int i = 0; i < attempts; ++i) allowed += limiter.Take(now) ? 1 : 0;
  return allowed;
}

TEST(ErrorLimiter, LetsABurstThroughAndThenTheAverage) {  // RFC 4443 §2.4(f)
  ErrorLimiter limiter;
  EXPECT_EQ(CountAllowed(limiter, kStart, 100), 10);
  EXPECT_EQ(CountAllowed(limiter, kStart + Milliseconds(100) - Nanoseconds(1), 100), 0);
  EXPECT_EQ(CountAllowed(limiter, kStart + Milliseconds(100), 100), 1);
  EXPECT_EQ(CountAllowed(limiter, kStart + Milliseconds(350), 100), 2);
}

TEST(ErrorLimiter, SilenceFillsTheBucketAndNoMore) {
  ErrorLimiter limiter;
  CountAllowed(limiter, kStart, 100);
  EXPECT_EQ(CountAllowed(limiter, kStart + Seconds(1), 100), 10);
  EXPECT_EQ(CountAllowed(limiter, kStart + Seconds(3600), 100), 10);
}

TEST(ErrorLimiter, ABurstOfOneSpacesErrorsOut) {
  ErrorLimiter limiter({.burst = 1, .interval = Seconds(1)});
  EXPECT_TRUE(limiter.Take(kStart));
  EXPECT_FALSE(limiter.Take(kStart + Milliseconds(999)));
  EXPECT_TRUE(limiter.Take(kStart + Seconds(1)));
}

}  // namespace
}  // namespace dualsim::icmp
