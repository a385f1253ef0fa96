#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <set>

#include "tests/sim/net/test_world.h"

namespace dualsim::sim {
namespace {

constexpr PartsPerBillion kAlways = 1'000'000'000;
constexpr PartsPerBillion kPercent = 10'000'000;
const LinkParameters kFast{.delay = Microseconds(5), .bandwidth = std::nullopt};

NetworkDescription Pair(const LinkFaults& faults) {
  return OneLink(LinkKind::kPointToPoint, 2, kFast, faults);
}

// Sends `count` frames from a to b, 10 us apart; number i has 100 + i bytes.
void SendMany(TestWorld& world, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    world.Send("a", Frame(Mac(2), Mac(1), 100 + i));
    world.Run(Microseconds(10));
  }
  world.Run(Seconds(1));
}

std::vector<size_t> Sizes(const Endpoint& endpoint) {
  std::vector<size_t> sizes;
  for (const auto& frame : endpoint.frames) sizes.push_back(frame.size());
  return sizes;
}

// Which of the frames sent were dropped.
std::vector<bool> Dropped(const TestWorld& world) {
  std::vector<bool> dropped;
  for (const FrameEvent& event : world.observer.frames) dropped.push_back(event.dropped);
  return dropped;
}

size_t Count(const std::vector<bool>& flags) {
  return static_cast<size_t>(std::count(flags.begin(), flags.end(), true));
}

TEST(LinkFaults, LossTakesItsShareAndIsTold) {
  TestWorld world(Pair({.loss = 20 * kPercent}));
  SendMany(world, 1000);
  const size_t lost = Count(Dropped(world));
  EXPECT_GT(lost, 150u);
  EXPECT_LT(lost, 250u);
  EXPECT_EQ(world.at("b").frames.size(), 1000 - lost);
  for (const FrameEvent& event : world.observer.frames) {
    if (event.dropped) {
      EXPECT_EQ(event.reason, DropReason::LINK_LOSS);
    }
  }
}

TEST(LinkFaults, OnALanALostFrameReachesNobody) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3, kFast, {.loss = kAlways}));
  world.Send("a", Frame(MacAddress::Broadcast(), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_TRUE(world.at("b").frames.empty());
  EXPECT_TRUE(world.at("c").frames.empty());
  EXPECT_EQ(world.network.simulation().counters().events, 0u);
}

TEST(LinkFaults, BurstsComeTogether) {
  TestWorld world(Pair({.burst_loss = BurstLoss{.enter = 2 * kPercent, .leave = 20 * kPercent}}));
  SendMany(world, 1000);
  const std::vector<bool> dropped = Dropped(world);
  size_t bursts = 0;
  for (size_t i = 0; i < dropped.size(); ++i) bursts += dropped[i] && (i == 0 || !dropped[i - 1]);
  EXPECT_GT(bursts, 5u);
  EXPECT_GT(Count(dropped), 3 * bursts) << "a burst has five frames in the mean";
  EXPECT_LT(Count(dropped), 300u);
}

TEST(LinkFaults, ADuplicateFollowsItsOriginal) {
  TestWorld world(Pair({.duplicate = kAlways}));
  SendMany(world, 2);
  EXPECT_EQ(Sizes(world.at("b")), (std::vector<size_t>{100, 100, 101, 101}));
  EXPECT_EQ(world.at("b").times[0], world.at("b").times[1]);
  EXPECT_EQ(world.observer.frames.size(), 2u) << "each frame is told of once";
  EXPECT_TRUE(world.observer.frames[0].duplicated);
}

TEST(LinkFaults, AReorderedFrameIsOvertaken) {
  TestWorld world(Pair({.reorder = 10 * kPercent, .reorder_delay = Microseconds(15)}));
  SendMany(world, 300);
  const std::vector<size_t> sizes = Sizes(world.at("b"));
  ASSERT_EQ(sizes.size(), 300u);
  EXPECT_FALSE(std::is_sorted(sizes.begin(), sizes.end()));
  for (size_t i = 0; i < sizes.size(); ++i) {
    // 15 us late: behind the next frame, which follows after 10, and no other.
    EXPECT_LE(sizes[i], 100 + i + 1);
    EXPECT_GE(sizes[i] + 1, 100 + i);
  }
}

TEST(LinkFaults, JitterKeepsTheOrder) {
  TestWorld world(Pair({.jitter = Microseconds(200)}));
  SendMany(world, 300);
  const Endpoint& b = world.at("b");
  const std::vector<size_t> sizes = Sizes(b);
  ASSERT_EQ(sizes.size(), 300u);
  EXPECT_TRUE(std::is_sorted(sizes.begin(), sizes.end()));
  std::set<Duration> delays;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const Duration delay = b.times[i] - world.observer.frame_times[i];
    EXPECT_GE(delay, Microseconds(5));
    EXPECT_LE(delay, Microseconds(205));
    delays.insert(delay);
  }
  EXPECT_GT(delays.size(), 10u);
}

TEST(LinkFaults, CorruptionInvertsAsManyBitsAsAskedAndIsNotSeenAtTheSender) {
  for (const uint32_t bits : {1u, 3u, 50u}) {
    TestWorld world(Pair({.corrupt = kAlways, .corrupted_bits = bits}));
    SendMany(world, 50);
    ASSERT_EQ(world.observer.bytes[0], Frame(Mac(2), Mac(1), 100));
    EXPECT_TRUE(world.observer.frames[0].corrupted);
    for (const std::vector<uint8_t>& got : world.at("b").frames) {
      const std::vector<uint8_t> sent = Frame(Mac(2), Mac(1), got.size());
      uint32_t inverted = 0;
      for (size_t i = 0; i < got.size(); ++i) {
        inverted += static_cast<uint32_t>(std::popcount(static_cast<unsigned>(got[i] ^ sent[i])));
      }
      EXPECT_EQ(inverted, bits);
    }
  }
}

TEST(LinkFaults, CorruptionOfAFrameLeavesTheSendersCopyAlone) {
  TestWorld world(Pair({.corrupt = kAlways, .corrupted_bits = 8}));
  const Packet kept = world.network.packets().Copy(Frame(Mac(2), Mac(1), 200));
  world.station("a").Transmit(InterfaceId{0}, kept);
  world.Run(Seconds(1));
  const ByteView bytes = kept.bytes();
  EXPECT_EQ(std::vector(bytes.begin(), bytes.end()), Frame(Mac(2), Mac(1), 200));
}

TEST(LinkFaults, AFaultThatChangesLeavesTheDrawsOfTheOthers) {
  TestWorld quiet(Pair({.loss = 20 * kPercent}));
  TestWorld busy(Pair({.loss = 20 * kPercent,
                       .duplicate = 30 * kPercent,
                       .reorder = 5 * kPercent,
                       .jitter = Microseconds(3),
                       .corrupt = 10 * kPercent}));
  SendMany(quiet, 500);
  SendMany(busy, 500);
  EXPECT_EQ(Dropped(quiet), Dropped(busy));
}

TEST(LinkFaults, AnotherSendersFramesLeaveTheDrawsOfThisOne) {
  const LinkFaults faults{.loss = 20 * kPercent};
  TestWorld alone(OneLink(LinkKind::kSwitched, 2, kFast, faults));
  TestWorld together(OneLink(LinkKind::kSwitched, 3, kFast, faults));
  for (int i = 0; i < 500; ++i) {
    alone.Send("b", Frame(Mac(1), Mac(2)));
    together.Send("c", Frame(Mac(1), Mac(3)));
    together.Send("b", Frame(Mac(1), Mac(2)));
  }
  std::vector<bool> of_b;
  for (const FrameEvent& event : together.observer.frames) {
    if (event.sender == together.node("b")) of_b.push_back(event.dropped);
  }
  EXPECT_EQ(Dropped(alone), of_b);
}

TEST(LinkFaults, FaultsCanBeSetAndEndedWhileTheWorldRuns) {
  TestWorld world(Pair({}));
  const LinkId link = world.link("link");
  SendMany(world, 10);
  world.network.SetFaults(link, {.loss = kAlways});
  SendMany(world, 10);
  world.network.SetFaults(link, {});
  SendMany(world, 10);
  EXPECT_EQ(world.at("b").frames.size(), 20u);
}

// Matches frames of an even size.
class EvenSize final : public FrameFilter {
 public:
  bool Matches(ByteView frame) override { return frame.size() % 2 == 0; }
};

TEST(DropRule, DropsTheFramesThatWereAskedForAndNoOthers) {
  TestWorld world(Pair({}));
  world.network.AddDropRule(world.link("link"), {std::make_unique<EvenSize>(), {}, 2, 2});
  SendMany(world, 10);
  EXPECT_EQ(Sizes(world.at("b")), (std::vector<size_t>{100, 101, 103, 105, 106, 107, 108, 109}));
  EXPECT_EQ(world.observer.frames[2].reason, DropReason::LINK_FILTER);
}

TEST(DropRule, CountsFromWhenItWasSetAndOnlyItsSender) {
  TestWorld world(Pair({}));
  SendMany(world, 3);
  world.network.AddDropRule(world.link("link"), {nullptr, world.node("b"), 1, 1});
  SendMany(world, 3);
  world.Send("b", Frame(Mac(1), Mac(2)));
  world.Send("b", Frame(Mac(1), Mac(2)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 6u);
  EXPECT_EQ(world.at("a").frames.size(), 1u);
}

TEST(DropRule, EveryRuleSeesEveryFrame) {
  TestWorld world(Pair({}));
  const LinkId link = world.link("link");
  world.network.AddDropRule(link, {nullptr, {}, 1, 1});
  world.network.AddDropRule(link, {nullptr, {}, 2, 1});
  SendMany(world, 3);
  EXPECT_EQ(Sizes(world.at("b")), std::vector<size_t>{102});
}

TEST(DropRule, CanBeTakenAwayUntilItIsUsedUp) {
  TestWorld world(Pair({}));
  const LinkId link = world.link("link");
  const DropRuleId all = world.network.AddDropRule(link, {nullptr, {}, 1, ~uint64_t{0}});
  SendMany(world, 3);
  EXPECT_TRUE(world.network.RemoveDropRule(link, all));
  EXPECT_FALSE(world.network.RemoveDropRule(link, all));
  const DropRuleId one = world.network.AddDropRule(link, {nullptr, {}, 1, 1});
  SendMany(world, 3);
  EXPECT_FALSE(world.network.RemoveDropRule(link, one));
  EXPECT_EQ(Sizes(world.at("b")), (std::vector<size_t>{101, 102}));
}

}  // namespace
}  // namespace dualsim::sim
