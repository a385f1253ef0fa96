#include "stack/ndp/unsolicited_advertisements.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dualsim::ndp {
namespace {

constexpr Time kNow = Time() + Seconds(10);
const Ipv6Address kOne = Ipv6Address::FromIntegers(0x20010db8ull << 32, 1);
const Ipv6Address kTwo = Ipv6Address::FromIntegers(0x20010db8ull << 32, 2);
using enum UnsolicitedAdvertisements::Audience;

// When each is due, until nothing is left: "1@10 2@11" for kOne at 10 s, kTwo at 11 s.
std::string Drain(UnsolicitedAdvertisements& advertisements, Duration retrans_timer = Seconds(1)) {
  std::string result;
  while (!advertisements.deadline().is_never()) {
    const Time now = advertisements.deadline();
    EXPECT_FALSE(advertisements.Next(now - Nanoseconds(1), retrans_timer)) << "before its time";
    const auto due = advertisements.Next(now, retrans_timer);
    if (!due) return result + "nothing";
    if (!result.empty()) result += ' ';
    result += std::to_string(due->target.low()) + '@' +
              std::to_string((now - Time()).nanoseconds() / 1'000'000'000);
  }
  return result;
}

TEST(UnsolicitedAdvertisements, EachIsSentThreeTimesRetransTimerApart) {  // RFC 4861 §7.2.6
  UnsolicitedAdvertisements advertisements;
  EXPECT_TRUE(advertisements.deadline().is_never());
  advertisements.Announce(kNow, kOne, kNeighbors);
  EXPECT_EQ(Drain(advertisements, Seconds(4)), "1@10 1@14 1@18");
}

TEST(UnsolicitedAdvertisements, SeveralTargetsKeepTheirOwnTimes) {
  UnsolicitedAdvertisements advertisements;
  advertisements.Announce(kNow, kOne, kNeighbors);
  advertisements.Announce(kNow + Seconds(1), kTwo, kRouters);
  EXPECT_EQ(Drain(advertisements, Seconds(5)), "1@10 2@11 1@15 2@16 1@20 2@21");
}

TEST(UnsolicitedAdvertisements, TheSameNewsAgainBeginsAnew) {
  UnsolicitedAdvertisements advertisements;
  advertisements.Announce(kNow, kOne, kNeighbors);
  ASSERT_TRUE(advertisements.Next(kNow, Seconds(1)));
  advertisements.Announce(kNow + Seconds(5), kOne, kNeighbors);
  EXPECT_EQ(Drain(advertisements), "1@15 1@16 1@17");
}

TEST(UnsolicitedAdvertisements, AnAddressThatWentAwayIsNotAdvertised) {
  UnsolicitedAdvertisements advertisements;
  advertisements.Announce(kNow, kOne, kNeighbors);
  advertisements.Announce(kNow, kOne, kRouters);
  advertisements.Announce(kNow, kTwo, kNeighbors);
  advertisements.Withdraw(kOne);
  EXPECT_EQ(Drain(advertisements), "2@10 2@11 2@12");
}

}  // namespace
}  // namespace dualsim::ndp
