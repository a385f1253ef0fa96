#include "stack/ndp/dad.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

using Verdict = DuplicateAddressDetection::Verdict;
constexpr Time kStart = Time() + Milliseconds(300);
const NdpNonce kTheirs = NdpNonce::FromInteger(0xffff);
NdpNonce Ours(uint64_t n) { return NdpNonce::FromInteger(n); }

TEST(DuplicateAddressDetection, SilenceForRetransTimerMakesTheAddressUnique) {  // RFC 4862 §5.4
  DuplicateAddressDetection dad({}, kStart);
  EXPECT_FALSE(dad.Advance(kStart - Nanoseconds(1), Ours(1))) << "the start delay is respected";
  EXPECT_EQ(dad.deadline(), kStart);
  EXPECT_TRUE(dad.Advance(kStart, Ours(1)));
  EXPECT_EQ(dad.deadline(), kStart + Seconds(1));
  EXPECT_FALSE(dad.Advance(kStart + Seconds(1) - Nanoseconds(1), Ours(2)));
  EXPECT_EQ(dad.verdict(), Verdict::kTentative);
  EXPECT_FALSE(dad.Advance(kStart + Seconds(1), Ours(2)));
  EXPECT_EQ(dad.verdict(), Verdict::kUnique);
  EXPECT_EQ(dad.deadline(), Time::Never());
}

TEST(DuplicateAddressDetection, SeveralProbesLeaveRetransTimerApart) {
  DuplicateAddressDetection dad(
      {.dup_addr_detect_transmits = 3, .retrans_timer = Milliseconds(250)}, kStart);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(dad.Advance(dad.deadline(), Ours(i)));
    EXPECT_EQ(dad.deadline(), kStart + Milliseconds(250) * (i + 1));
  }
  EXPECT_FALSE(dad.Advance(dad.deadline(), Ours(3)));
  EXPECT_EQ(dad.verdict(), Verdict::kUnique);
  EXPECT_EQ(dad.probes_sent(), 3);
}

TEST(DuplicateAddressDetection, WithoutTransmitsItIsUniqueAtOnce) {  // RFC 4862 §5.1
  DuplicateAddressDetection dad({.dup_addr_detect_transmits = 0}, kStart);
  EXPECT_EQ(dad.verdict(), Verdict::kUnique);
  EXPECT_EQ(dad.deadline(), Time::Never());
  EXPECT_FALSE(dad.Advance(kStart, Ours(1)));
  EXPECT_EQ(dad.probes_sent(), 0);
}

TEST(DuplicateAddressDetection, AProbeOfAnotherHostMakesItDuplicateEvenBeforeOurFirst) {
  DuplicateAddressDetection dad({}, kStart);
  EXPECT_TRUE(dad.OnSolicitation(kTheirs));
  EXPECT_EQ(dad.verdict(), Verdict::kDuplicate);
  EXPECT_FALSE(dad.Advance(kStart, Ours(1))) << "a decided detection sends nothing";
}

TEST(DuplicateAddressDetection, AnOldHostProbesWithoutNonceAndStillCounts) {
  DuplicateAddressDetection dad({}, kStart);
  ASSERT_TRUE(dad.Advance(kStart, Ours(1)));
  EXPECT_TRUE(dad.OnSolicitation(std::nullopt));
  EXPECT_EQ(dad.verdict(), Verdict::kDuplicate);
}

TEST(DuplicateAddressDetection, ANonceThatWasNotSentYetIsNotOurs) {
  DuplicateAddressDetection dad({}, kStart);
  EXPECT_TRUE(dad.OnSolicitation(NdpNonce())) << "not even the one of nothing but zeros";
}

TEST(DuplicateAddressDetection, AnAdvertisementMakesItDuplicate) {  // RFC 4862 §5.4.4
  DuplicateAddressDetection dad({}, kStart);
  ASSERT_TRUE(dad.Advance(kStart, Ours(1)));
  dad.OnAdvertisement();
  EXPECT_EQ(dad.verdict(), Verdict::kDuplicate);
  EXPECT_EQ(dad.deadline(), Time::Never());
}

TEST(DuplicateAddressDetection, OurOwnProbeLoopedBackProvesNothingAndThreeMoreFollow) {
  DuplicateAddressDetection dad({}, kStart);  // RFC 7527 §4.1
  ASSERT_TRUE(dad.Advance(kStart, Ours(1)));
  EXPECT_FALSE(dad.OnSolicitation(Ours(1)));
  EXPECT_EQ(dad.verdict(), Verdict::kTentative);
  for (int i = 2; i <= 4; ++i) EXPECT_TRUE(dad.Advance(dad.deadline(), Ours(i)));
  EXPECT_FALSE(dad.Advance(dad.deadline(), Ours(5)));
  EXPECT_EQ(dad.verdict(), Verdict::kUnique);
  EXPECT_EQ(dad.probes_sent(), 4);
}

TEST(DuplicateAddressDetection, AnEarlierProbeThatComesBackLateIsKnownToo) {
  DuplicateAddressDetection dad({.dup_addr_detect_transmits = 3}, kStart);
  ASSERT_TRUE(dad.Advance(dad.deadline(), Ours(1)));
  ASSERT_TRUE(dad.Advance(dad.deadline(), Ours(2)));
  EXPECT_FALSE(dad.OnSolicitation(Ours(1)));
  EXPECT_FALSE(dad.OnSolicitation(Ours(2)));
  EXPECT_TRUE(dad.OnSolicitation(kTheirs));
  EXPECT_EQ(dad.verdict(), Verdict::kDuplicate);
}

TEST(DuplicateAddressDetection, WhileTheLinkLoopsItGoesOn) {  // RFC 7527 §4.1
  DuplicateAddressDetection dad({}, kStart);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(dad.Advance(dad.deadline(), Ours(i)));
    ASSERT_FALSE(dad.OnSolicitation(Ours(i)));
  }
  EXPECT_EQ(dad.verdict(), Verdict::kTentative);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(dad.Advance(dad.deadline(), Ours(100 + i)));
  EXPECT_FALSE(dad.Advance(dad.deadline(), Ours(200)));
  EXPECT_EQ(dad.verdict(), Verdict::kUnique) << "the loop is gone";
}

TEST(DuplicateAddressDetection, ALoopNeverShortensIt) {
  DuplicateAddressDetection dad({.dup_addr_detect_transmits = 10}, kStart);
  ASSERT_TRUE(dad.Advance(dad.deadline(), Ours(1)));
  EXPECT_FALSE(dad.OnSolicitation(Ours(1)));
  for (int i = 2; i <= 10; ++i) EXPECT_TRUE(dad.Advance(dad.deadline(), Ours(i)));
  EXPECT_FALSE(dad.Advance(dad.deadline(), Ours(11)));
}

TEST(DuplicateAddressDetection, AVerdictIsFinal) {
  DuplicateAddressDetection dad({.dup_addr_detect_transmits = 0}, kStart);
  dad.OnAdvertisement();
  EXPECT_EQ(dad.verdict(), Verdict::kUnique) << "a conflict after DAD is another mechanism's";
}

}  // namespace
}  // namespace dualsim::ndp
