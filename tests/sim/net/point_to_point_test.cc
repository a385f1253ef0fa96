#include <gtest/gtest.h>

#include "sim/engine/invariant.h"
#include "tests/sim/net/test_world.h"

namespace dualsim::sim {
namespace {

// 1000 bytes take 8 us.
const LinkParameters kGigabit{.delay = Microseconds(5), .bandwidth = 1'000'000'000};

TEST(PointToPointLink, AFrameArrivesAfterItsSerialisationAndTheDelay) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, kGigabit));
  world.Send("a", Frame(Mac(2), Mac(1), 1000));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times, std::vector{At(Microseconds(13))});
  EXPECT_EQ(world.at("b").frames, Frames{Frame(Mac(2), Mac(1), 1000)});
  EXPECT_TRUE(world.at("a").frames.empty());
}

TEST(PointToPointLink, FramesQueueBehindEachOtherAndDirectionsDoNotMeet) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, kGigabit));
  for (int i = 0; i < 3; ++i) world.Send("a", Frame(Mac(2), Mac(1), 1000));
  world.Send("b", Frame(Mac(1), Mac(2), 1000));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times,
            (std::vector{At(Microseconds(13)), At(Microseconds(21)), At(Microseconds(29))}));
  EXPECT_EQ(world.at("a").times, std::vector{At(Microseconds(13))});
}

TEST(PointToPointLink, ATimeThatIsNotWholeIsRoundedUp) {
  TestWorld world(
      OneLink(LinkKind::kPointToPoint, 2, {.delay = Duration(), .bandwidth = 3'000'000'000}));
  world.Send("a", Frame(Mac(2), Mac(1), 100));  // 266.7 ns
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times, std::vector{At(Nanoseconds(267))});
}

TEST(PointToPointLink, WithoutABandwidthFramesTakeTheDelayAlone) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2,
                          {.delay = Microseconds(5), .bandwidth = std::nullopt, .queue_bytes = 0}));
  for (int i = 0; i < 100; ++i) world.Send("a", Frame(Mac(2), Mac(1), 1000));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times, std::vector<Time>(100, At(Microseconds(5))));
}

TEST(PointToPointLink, ALinkThatIsSlowerThanTimeLastsNeverDeliversAndBreaksNothing) {
  TestWorld world(
      OneLink(LinkKind::kPointToPoint, 2,
              {.delay = Duration::Infinite(), .bandwidth = 1, .queue_bytes = ~uint64_t{0}}));
  for (int i = 0; i < 3; ++i) world.Send("a", Frame(Mac(2), Mac(1), 1000));
  EXPECT_TRUE(world.network.simulation().quiet());
  EXPECT_EQ(world.network.packets().in_use(), 0u);
}

TEST(PointToPointLink, AQueueThatIsFullDropsTheNewestFrame) {
  LinkParameters parameters = kGigabit;
  parameters.queue_bytes = 2500;  // Two frames of 1000 and no third.
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, parameters));
  for (int i = 0; i < 3; ++i) world.Send("a", Frame(Mac(2), Mac(1), 1000));
  ASSERT_EQ(world.observer.frames.size(), 3u);
  EXPECT_FALSE(world.observer.frames[1].dropped);
  EXPECT_TRUE(world.observer.frames[2].dropped);
  EXPECT_EQ(world.observer.frames[2].reason, DropReason::LINK_QUEUE_FULL);
  world.Run(Microseconds(8));  // One has left: there is room again.
  world.Send("a", Frame(Mac(2), Mac(1), 1000));
  EXPECT_FALSE(world.observer.frames[3].dropped);
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times.size(), 3u);
}

TEST(PointToPointLink, AnIdleTransmitterTakesAFrameLargerThanItsQueue) {
  LinkParameters parameters = kGigabit;
  parameters.queue_bytes = 100;
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, parameters));
  world.Send("a", Frame(Mac(2), Mac(1), 1000));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times.size(), 1u);
}

TEST(PointToPointLink, AFrameAboveTheMtuAndAFrameWithoutAHeaderAreRefused) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, kGigabit));
  world.Send("a", Frame(Mac(2), Mac(1), 1514));
  world.Send("a", Frame(Mac(2), Mac(1), 1515));
  world.Send("a", std::vector<uint8_t>(13));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  ASSERT_EQ(world.observer.frames.size(), 3u);
  EXPECT_EQ(world.observer.frames[1].reason, DropReason::LINK_MTU);
  EXPECT_EQ(world.observer.frames[2].reason, DropReason::FRAME_TOO_SHORT);
}

TEST(PointToPointLink, TheObserverSeesEachFrameWhenItIsSent) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, kGigabit));
  world.Run(Milliseconds(1));
  world.Send("b", Frame(Mac(1), Mac(2), 60));
  ASSERT_EQ(world.observer.frames.size(), 1u);
  EXPECT_EQ(world.observer.frame_times[0], At(Milliseconds(1)));
  EXPECT_EQ(world.observer.frames[0].sender, world.node("b"));
  EXPECT_EQ(world.observer.frames[0].link, world.link("link"));
  EXPECT_EQ(world.observer.bytes[0], Frame(Mac(1), Mac(2), 60));
  EXPECT_FALSE(world.observer.frames[0].injected);
}

TEST(PointToPointLink, AFrameOnTheWayWhenTheLinkGoesDownIsLost) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, kGigabit));
  world.Send("a", Frame(Mac(2), Mac(1), 1000));
  world.Run(Microseconds(9));
  world.network.SetLinkUp(world.link("link"), false);
  world.Send("a", Frame(Mac(2), Mac(1), 60));
  world.network.SetLinkUp(world.link("link"), true);
  world.Send("a", Frame(Mac(2), Mac(1), 61));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames, Frames{Frame(Mac(2), Mac(1), 61)});
  ASSERT_EQ(world.observer.losses.size(), 1u);
  EXPECT_EQ(world.observer.losses[0].reason, DropReason::LINK_DOWN);
  EXPECT_EQ(world.observer.losses[0].receiver, world.node("b"));
  EXPECT_EQ(world.observer.loss_times[0], At(Microseconds(13)));
  EXPECT_EQ(world.observer.frames[1].reason, DropReason::LINK_DOWN);
  EXPECT_EQ(world.at("a").carriers, (std::vector{false, true}));
  EXPECT_EQ(world.at("b").carriers, (std::vector{false, true}));
}

TEST(PointToPointLink, SettingALinkUpThatIsUpTellsNobody) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2));
  world.network.SetLinkUp(world.link("link"), true);
  EXPECT_TRUE(world.at("a").carriers.empty());
}

TEST(PointToPointLink, PullingTheCableAtOneEndTakesTheCarrierOfBoth) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2));
  world.network.SetCarrier(world.node("a"), InterfaceId{0}, false);
  EXPECT_FALSE(world.network.carrier(world.node("b"), InterfaceId{0}));
  EXPECT_TRUE(world.network.link_up(world.link("link")));
  EXPECT_EQ(world.at("b").carriers, std::vector{false});
}

TEST(PointToPointLink, AParameterChangesForTheFramesSentAfterwards) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, {.delay = Milliseconds(10)}));
  world.Send("a", Frame(Mac(2), Mac(1), 125));
  LinkParameters faster = world.network.parameters(world.link("link"));
  faster.delay = Milliseconds(1);
  world.network.SetParameters(world.link("link"), faster);
  world.Send("a", Frame(Mac(2), Mac(1), 126));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times, (std::vector{At(Microseconds(10'001)), At(Microseconds(10'001))}))
      << "the second does not overtake the first";
  EXPECT_EQ(world.at("b").frames[1].size(), 126u);
  world.Send("a", Frame(Mac(2), Mac(1), 125));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times[2], At(Microseconds(1'001'001)));
}

TEST(PointToPointLink, AnInjectedFrameIsTheCardsOrReachesBothEnds) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 2, kGigabit));
  world.network.InjectFromNode(world.node("a"), InterfaceId{0}, Frame(Mac(2), Mac(9)));
  world.network.InjectOnLink(world.link("link"), Frame(MacAddress::Broadcast(), Mac(9)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("a").frames.size(), 1u);
  EXPECT_EQ(world.at("b").frames.size(), 2u);
  EXPECT_TRUE(world.observer.frames[0].injected);
  EXPECT_EQ(world.observer.frames[0].sender, world.node("a"));
  EXPECT_TRUE(world.observer.frames[1].injected);
  EXPECT_EQ(world.observer.frames[1].sender, kNoNode);
}

TEST(PointToPointLink, ACableWithOneEndCarriesFramesToNobody) {
  TestWorld world(OneLink(LinkKind::kPointToPoint, 1));
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  ASSERT_EQ(world.observer.frames.size(), 1u);
  EXPECT_FALSE(world.observer.frames[0].dropped);
}

TEST(PointToPointLink, AThirdCardIsAFaultOfOurs) {
  EXPECT_THROW(TestWorld(OneLink(LinkKind::kPointToPoint, 3)), InvariantViolation);
}

}  // namespace
}  // namespace dualsim::sim
