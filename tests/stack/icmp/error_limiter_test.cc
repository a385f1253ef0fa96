#include "stack/icmp/error_limiter.h"

#include <gtest/gtest.h>

#include <functional>

#include "stack/wire/ipv6_address.h"

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

TEST(ErrorLimiters, OnePeerDoesNotUseUpWhatOthersHave) {
  ErrorLimiters limiters;
  const auto peer = [](uint64_t n) {
    return std::hash<Ipv6Address>()(Ipv6Address::FromIntegers(0x2001'0db8'0000'0000, n));
  };
  int allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += limiters.Take(kStart, peer(1)) ? 1 : 0;
  EXPECT_EQ(allowed, 10);
  EXPECT_TRUE(limiters.Take(kStart, peer(2)));
  EXPECT_TRUE(limiters.Take(kStart + Milliseconds(100), peer(1)));
}

TEST(ErrorLimiters, ManyPeersShareALimit) {
  ErrorLimiters limiters;
  size_t allowed = 0;
  for (uint64_t n = 0; n < 10'000; ++n) {
    const Ipv6Address peer = Ipv6Address::FromIntegers(0x2001'0db8'0000'0000, n);
    allowed += limiters.Take(kStart, std::hash<Ipv6Address>()(peer)) ? 1 : 0;
  }
  EXPECT_EQ(allowed, 10 * ErrorLimiters::kShares);
}

TEST(ErrorLimiters, TheRateIsConfigured) {  // RFC 4443 §2.4(f)
  ErrorLimiters limiters(PerSecond(2));
  constexpr size_t kPeer = 7;
  EXPECT_TRUE(limiters.Take(kStart, kPeer));
  EXPECT_TRUE(limiters.Take(kStart, kPeer));
  EXPECT_FALSE(limiters.Take(kStart, kPeer));
  EXPECT_FALSE(limiters.Take(kStart + Milliseconds(499), kPeer));
  EXPECT_TRUE(limiters.Take(kStart + Milliseconds(500), kPeer));
}

TEST(ErrorLimiter, ABurstOfOneSpacesErrorsOut) {
  ErrorLimiter limiter({.burst = 1, .interval = Seconds(1)});
  EXPECT_TRUE(limiter.Take(kStart));
  EXPECT_FALSE(limiter.Take(kStart + Milliseconds(999)));
  EXPECT_TRUE(limiter.Take(kStart + Seconds(1)));
}

}  // namespace
}  // namespace dualsim::icmp
