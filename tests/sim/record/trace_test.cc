#include <gtest/gtest.h>

#include "sim/record/golden.h"
#include "sim/record/trace_digest.h"
#include "sim/record/trace_text.h"
#include "tests/sim/record/events.h"

namespace dualsim::sim {
namespace {

constexpr Time kNow = Time() + Seconds(12) + Nanoseconds(340);

class Lines : public LineSink {
 public:
  void OnLine(Time, LineKind, std::string_view line) override { lines_.emplace_back(line); }
  std::string Only() {
    EXPECT_EQ(lines_.size(), 1u);
    return lines_.empty() ? "" : lines_.back();
  }

 private:
  std::vector<std::string> lines_;
};

class TraceTextTest : public testing::Test {
 protected:
  const WorldNames names_ = SmallWorld();
  const FrameNotes notes_{names_};
  Lines lines_;
  TraceText text_{names_, notes_, {&lines_}};
};

TEST_F(TraceTextTest, AFrameShowsItsLinkItsSenderAndItsFate) {
  const auto frame = ClaimFrame(136, Address("fe80::1"), Address("fe80::1"));
  FrameEvent event = EventOf(frame, kLan, kA);
  event.dropped = true;
  event.reason = DropReason::LINK_FILTER;
  text_.OnFrame(kNow, event);
  const std::string line = lines_.Only();
  EXPECT_TRUE(line.starts_with("12.000000340 lan a> ")) << line;
  EXPECT_TRUE(line.ends_with(" [lost: LINK_FILTER]")) << line;
}

TEST_F(TraceTextTest, AFrameThatNoNodeSentShowsItsLinkAlone) {
  const auto frame = ClaimFrame(136, Address("fe80::1"), Address("fe80::1"));
  FrameEvent event = EventOf(frame, kLan, kNoNode);
  event.injected = true;
  text_.OnFrame(kNow, event);
  const std::string line = lines_.Only();
  EXPECT_TRUE(line.starts_with("12.000000340 lan fe80::1 > ")) << line;
  EXPECT_TRUE(line.ends_with(" [injected]")) << line;
}

TEST_F(TraceTextTest, AnAddressShowsStateOriginAndLifetimes) {
  AddressFact fact;
  fact.address = Address("2001:db8::1");
  fact.state = AddressState::kPreferred;
  fact.origin = AddressOrigin::kAutoconfigured;
  fact.preferred_until = kNow + Seconds(10);
  text_.OnAddress(kNow, kA, fact);
  EXPECT_EQ(lines_.Only(),
            "12.000000340 a lan0 address 2001:db8::1/64 AUTOCONFIGURED PREFERRED, "
            "preferred until 22.000000340");
}

TEST_F(TraceTextTest, ANeighborShowsItsAddressOnceItIsKnown) {
  NeighborFact fact;
  fact.interface = InterfaceId{1};
  fact.address = Address("fe80::2");
  fact.state = NeighborState::kReachable;
  fact.link_layer_address = MacAddress::FromInteger(0x02000000000a);
  fact.is_router = true;
  text_.OnNeighbor(kNow, kR, fact);
  EXPECT_EQ(lines_.Only(),
            "12.000000340 r wan0 neighbor fe80::2 REACHABLE 02:00:00:00:00:0a router");
}

TEST_F(TraceTextTest, WhatEndsIsGone) {
  text_.OnDefaultRouter(Time(), kA, {.router = Address("fe80::1")});
  EXPECT_EQ(lines_.Only(), "0.000000000 a lan0 default router fe80::1 gone");
}

TEST_F(TraceTextTest, AnUnknownIdIsAQuestionMark) {
  text_.OnLifecycle(Time(), NodeId{99}, Lifecycle::kCrash);
  EXPECT_EQ(lines_.Only(), "0.000000000 ? crashes");
}

TEST(TraceDigestTest, CountsBySecondAndKindAndTellsTextApart) {
  const auto digest = [](std::string_view second_line) {
    TraceDigest digest;
    digest.OnLine(Time(), LineKind::kFrame, "one");
    digest.OnLine(Time() + Milliseconds(999), LineKind::kAddress, second_line);
    digest.OnLine(Time() + Seconds(7), LineKind::kFrame, "three");
    return digest.Finish();
  };
  const std::string text = digest("two");
  EXPECT_NE(text.find("second 0: 1 frames, 1 addresses, fingerprint "), std::string::npos) << text;
  EXPECT_NE(text.find("second 7: 1 frames, fingerprint "), std::string::npos) << text;
  EXPECT_NE(text.find("all: 2 frames, 1 addresses, fingerprint "), std::string::npos) << text;
  EXPECT_EQ(text, digest("two"));
  const std::string other = digest("Two");
  EXPECT_NE(text, other);
  EXPECT_EQ(text.substr(text.find("second 7"), 60), other.substr(other.find("second 7"), 60))
      << "what did not change looks the same";
}

TEST(Golden, SameTextHasNoDifference) {
  EXPECT_EQ(DescribeDifference("a\nb\n", "a\nb\n"), std::nullopt);
}

TEST(Golden, ADifferenceShowsWhatLedThereAndBothSides) {
  EXPECT_EQ(DescribeDifference("1\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\nsix\n"),
            "line 5 differs:\n    2\n    3\n    4\n  - 5\n  + five\n  + six\n");
  EXPECT_EQ(DescribeDifference("", "1\n"), "line 1 differs:\n  + 1\n");
  EXPECT_EQ(DescribeDifference("1\n", ""), "line 1 differs:\n  - 1\n");
}

TEST(Golden, ALineEndThatIsMissingIsADifference) {
  EXPECT_EQ(DescribeDifference("1\n", "1"), "the lines are the same, their ends are not\n");
}

TEST(Golden, TheTextNamesTheRunAndItsEnd) {
  GoldenText golden(false, "same_mac", 7);
  golden.OnLine(Time(), LineKind::kFrame, "a line");
  EXPECT_EQ(golden.Finish(kNow), "# same_mac, seed 7\na line\n# end at 12.000000340\n");
}

}  // namespace
}  // namespace dualsim::sim
