#include <gtest/gtest.h>

#include "tests/sim/net/test_world.h"

namespace dualsim::sim {
namespace {

// 1000 bytes take 8 us on each cable.
const LinkParameters kGigabit{.delay = Microseconds(5), .bandwidth = 1'000'000'000};

TEST(SwitchedLan, AFrameIsStoredAndForwarded) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3, kGigabit));
  world.Send("a", Frame(Mac(2), Mac(1), 1000));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").times, std::vector{At(Microseconds(21))}) << "8 + 2.5, 8 + 2.5";
  EXPECT_TRUE(world.at("a").frames.empty());
  EXPECT_TRUE(world.at("c").frames.empty());
}

TEST(SwitchedLan, ABroadcastReachesAllButItsSender) {
  TestWorld world(OneLink(LinkKind::kSwitched, 4));
  world.Send("b", Frame(MacAddress::Broadcast(), Mac(2)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("a").frames.size(), 1u);
  EXPECT_EQ(world.at("b").frames.size(), 0u);
  EXPECT_EQ(world.at("c").frames.size(), 1u);
  EXPECT_EQ(world.at("d").frames.size(), 1u);
}

TEST(SwitchedLan, AGroupsFrameReachesThoseWhoListenAndCostsNoMore) {
  TestWorld world(OneLink(LinkKind::kSwitched, 20));
  world.station("b").JoinGroup(InterfaceId{0}, GroupMac(1));
  world.station("d").JoinGroup(InterfaceId{0}, GroupMac(1));
  world.station("e").JoinGroup(InterfaceId{0}, GroupMac(2));
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  EXPECT_EQ(world.at("d").frames.size(), 1u);
  EXPECT_EQ(world.at("e").frames.size(), 0u);
  EXPECT_EQ(world.network.simulation().counters().events, 3u) << "the switch and two receivers";
}

TEST(SwitchedLan, ACardThatHearsAllGroupsGetsEachFrameOnce) {
  TestWorld world(OneLink(LinkKind::kSwitched, 5));
  world.station("c").HearAllGroups(InterfaceId{0}, true);
  world.station("c").JoinGroup(InterfaceId{0}, GroupMac(1));
  world.station("e").JoinGroup(InterfaceId{0}, GroupMac(1));
  world.station("b").HearAllGroups(InterfaceId{0}, true);
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Send("a", Frame(GroupMac(2), Mac(1)));
  world.Send("c", Frame(GroupMac(2), Mac(3)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 3u);
  EXPECT_EQ(world.at("c").frames.size(), 2u);
  EXPECT_EQ(world.at("d").frames.size(), 0u);
  EXPECT_EQ(world.at("e").frames.size(), 1u);
  world.station("b").HearAllGroups(InterfaceId{0}, false);
  world.Send("a", Frame(GroupMac(2), Mac(1)));
  world.Run(Seconds(2));
  EXPECT_EQ(world.at("b").frames.size(), 3u);
}

TEST(SwitchedLan, AMemberDoesNotHearItsOwnFrames) {
  TestWorld world(OneLink(LinkKind::kSwitched, 2));
  world.station("a").JoinGroup(InterfaceId{0}, GroupMac(1));
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_TRUE(world.at("a").frames.empty());
}

TEST(SwitchedLan, AGroupThatWasJoinedTwiceIsHeardUntilItWasLeftTwice) {
  TestWorld world(OneLink(LinkKind::kSwitched, 2));
  Station& b = world.station("b");
  b.JoinGroup(InterfaceId{0}, GroupMac(1));
  b.JoinGroup(InterfaceId{0}, GroupMac(1));
  b.LeaveGroup(InterfaceId{0}, GroupMac(1));
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  b.LeaveGroup(InterfaceId{0}, GroupMac(1));
  b.LeaveGroup(InterfaceId{0}, GroupMac(1));  // Leaving what was not joined does nothing.
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
}

TEST(SwitchedLan, AnUnknownAddressIsFloodedToEveryCardThatHasIt) {
  NetworkDescription description = OneLink(LinkKind::kSwitched, 4, kGigabit);
  description.nodes[2].cards[0].mac = Mac(2);  // c has b's address.
  TestWorld world(description);
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  EXPECT_EQ(world.at("c").frames.size(), 1u);
  EXPECT_EQ(world.network.simulation().counters().events, 3u);

  world.Send("c", Frame(Mac(1), Mac(2)));  // The switch hears the address behind c's port.
  world.Run(Seconds(1));
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  EXPECT_EQ(world.at("c").frames.size(), 2u);

  world.Send("b", Frame(Mac(2), Mac(2)));  // And now behind b's: its own, so nobody gets it.
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("c").frames.size(), 2u);
}

TEST(SwitchedLan, ACardIsFoundUnderItsNewAddressAlone) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3));
  world.Send("a", Frame(Mac(2), Mac(1)));  // A flood before the change.
  world.Run(Seconds(1));
  world.station("b").SetAddress(InterfaceId{0}, Mac(9));
  world.Send("a", Frame(Mac(9), Mac(1)));
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 2u);
  EXPECT_TRUE(world.at("c").frames.empty());
}

TEST(SwitchedLan, WhatWasLearnedIsForgottenAfterTheAgeingTime) {
  NetworkDescription description = OneLink(LinkKind::kSwitched, 3);
  description.nodes[2].cards[0].mac = Mac(2);
  TestWorld world(description);
  world.Send("c", Frame(Mac(1), Mac(2)));
  world.Run(Seconds(299));
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(2));
  EXPECT_EQ(world.at("b").frames.size(), 0u);
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u) << "flooded again";
}

TEST(SwitchedLan, ASpoofedSourceDrawsTheTrafficToItsPort) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3));
  world.network.InjectFromNode(world.node("c"), InterfaceId{0}, Frame(Mac(1), Mac(2)));
  world.Run(Seconds(1));
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_TRUE(world.at("b").frames.empty());
  EXPECT_TRUE(world.at("c").frames.empty()) << "its card does not let the frame in";
}

TEST(SwitchedLan, AFrameFromNowhereReachesItsReceiversAndIsLearnedThere) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3));
  world.network.InjectOnLink(world.link("link"), Frame(Mac(1), Mac(2)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("a").frames.size(), 1u);
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_TRUE(world.at("b").frames.empty()) << "the switch believes b to be elsewhere";
}

TEST(SwitchedLan, APortsQueueFillsAndOnlyItsReceiverLoses) {
  LinkParameters parameters = kGigabit;
  parameters.queue_bytes = 2500;
  TestWorld world(OneLink(LinkKind::kSwitched, 5, parameters));
  // Three senders at once to one receiver, and one to another.
  for (const char* sender : {"a", "b", "c"}) world.Send(sender, Frame(Mac(4), Mac(9), 1000));
  world.Run(Microseconds(1));
  world.Send("a", Frame(Mac(5), Mac(1), 1000));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("d").times, (std::vector{At(Microseconds(21)), At(Microseconds(29))}));
  EXPECT_EQ(world.at("e").times.size(), 1u);
  ASSERT_EQ(world.observer.losses.size(), 1u);
  EXPECT_EQ(world.observer.losses[0].receiver, world.node("d"));
  EXPECT_EQ(world.observer.losses[0].reason, DropReason::LINK_QUEUE_FULL);
}

TEST(SwitchedLan, AStationThatIsOffLosesWhatItsCardWouldHaveLetIn) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3));
  Station& b = world.station("b");
  b.JoinGroup(InterfaceId{0}, GroupMac(1));
  b.SetPower(false);
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Send("a", Frame(Mac(3), Mac(1)));
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_TRUE(world.at("b").frames.empty());
  ASSERT_EQ(world.observer.losses.size(), 1u) << "its groups are forgotten";
  EXPECT_EQ(world.observer.losses[0].reason, DropReason::RECEIVER_OFF);
  b.SetPower(true);
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
}

TEST(SwitchedLan, APulledCableConcernsItsStationAlone) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3));
  world.network.SetCarrier(world.node("b"), InterfaceId{0}, false);
  EXPECT_EQ(world.at("b").carriers, std::vector{false});
  EXPECT_TRUE(world.at("a").carriers.empty());
  world.Send("a", Frame(MacAddress::Broadcast(), Mac(1)));
  world.Send("b", Frame(Mac(1), Mac(2)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("c").frames.size(), 1u);
  EXPECT_TRUE(world.at("b").frames.empty());
  EXPECT_TRUE(world.at("a").frames.empty());
  ASSERT_EQ(world.observer.losses.size(), 1u);
  EXPECT_EQ(world.observer.losses[0].receiver, world.node("b"));
  EXPECT_EQ(world.observer.losses[0].reason, DropReason::LINK_DOWN);
  EXPECT_EQ(world.observer.frames[1].reason, DropReason::LINK_DOWN);
}

TEST(SwitchedLan, FramesOnBothHalvesOfTheWayAreLostWhenTheLinkGoesDown) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3, kGigabit));
  world.Send("a", Frame(Mac(2), Mac(1), 1000));  // At the switch after 10.5 us.
  world.Run(Microseconds(8));
  world.Send("c", Frame(Mac(2), Mac(3), 1000));
  world.Run(Microseconds(4));
  world.network.SetLinkUp(world.link("link"), false);
  world.network.SetLinkUp(world.link("link"), true);
  world.Run(Seconds(1));
  EXPECT_TRUE(world.at("b").frames.empty());
  ASSERT_EQ(world.observer.losses.size(), 2u);
  EXPECT_EQ(world.observer.loss_times,
            (std::vector{At(Nanoseconds(18'500)), At(Microseconds(21))}));
}

TEST(SwitchedLan, ADividedLanCarriesFramesWithinItsGroups) {
  TestWorld world(OneLink(LinkKind::kSwitched, 4));
  const LinkId link = world.link("link");
  world.Send("c", Frame(Mac(1), Mac(3)));  // Learned, and forgotten when it divides.
  world.Run(Seconds(1));
  world.network.Partition(link, {{world.node("a"), world.node("b")}});
  world.Send("a", Frame(Mac(3), Mac(1)));
  world.Send("a", Frame(MacAddress::Broadcast(), Mac(1)));
  world.Send("d", Frame(Mac(3), Mac(4)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  EXPECT_EQ(world.at("c").frames.size(), 1u) << "c and d form the rest";
  EXPECT_EQ(world.at("d").frames.size(), 0u);
  ASSERT_EQ(world.observer.losses.size(), 3u) << "one of the first frame, two of the broadcast";
  for (const FrameLossEvent& loss : world.observer.losses) {
    EXPECT_EQ(loss.reason, DropReason::LINK_PARTITION);
  }
  world.network.Heal(link);
  world.Send("a", Frame(Mac(3), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("c").frames.size(), 2u);
}

TEST(SwitchedLan, PartsOfADividedLanLearnTheSameAddressEachForItself) {
  NetworkDescription description = OneLink(LinkKind::kSwitched, 4);
  description.nodes[3].cards[0].mac = Mac(2);  // d has b's address.
  TestWorld world(description);
  world.network.Partition(world.link("link"),
                          {{world.node("a"), world.node("b")}, {world.node("c"), world.node("d")}});
  world.Send("b", Frame(Mac(1), Mac(2)));
  world.Send("d", Frame(Mac(3), Mac(2)));
  world.Run(Seconds(1));
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Send("c", Frame(Mac(2), Mac(3)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  EXPECT_EQ(world.at("d").frames.size(), 1u);
  world.network.InjectOnLink(world.link("link"), Frame(Mac(2), Mac(7)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 2u) << "a frame from nowhere is in every part";
  EXPECT_EQ(world.at("d").frames.size(), 2u);
}

TEST(SwitchedLan, ReceiversShareTheBytesOfOneFrame) {
  TestWorld world(OneLink(LinkKind::kSwitched, 20));
  world.Send("a", Frame(MacAddress::Broadcast(), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  EXPECT_EQ(world.network.packets().allocated(), 1u);
  EXPECT_EQ(world.network.packets().in_use(), 0u);
}

TEST(SwitchedLan, ACardThatLetsInEverythingIsFlooded) {
  TestWorld world(OneLink(LinkKind::kSwitched, 3));
  world.station("c").LetInEverything(InterfaceId{0});
  world.Send("a", Frame(Mac(9), Mac(1)));
  world.Send("a", Frame(GroupMac(1), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("c").frames.size(), 2u);
  EXPECT_EQ(world.at("b").frames.size(), 0u);
  // What stands behind it is learned like anything else.
  world.Send("c", Frame(Mac(1), Mac(9)));
  world.Run(Seconds(1));
  world.Send("b", Frame(Mac(9), Mac(2)));
  world.Run(Seconds(1));
  world.Send("a", Frame(Mac(2), Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("c").frames.size(), 3u);
  EXPECT_EQ(world.at("b").frames.size(), 1u);
}

}  // namespace
}  // namespace dualsim::sim
