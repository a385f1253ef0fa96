#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stack/arp/address_conflict_detection.h"
#include "stack/arp/address_resolution.h"
#include "stack/wire/ipv4.h"

namespace dualsim::arp {
namespace {

using Action = AddressConflictDetection::Action;
using Verdict = AddressConflictDetection::Verdict;

constexpr Time At(int64_t milliseconds) { return Time() + Milliseconds(milliseconds); }
const Ipv4Address kOurs = *Ipv4Address::Parse("192.0.2.1");
const Ipv4Address kTheirs = *Ipv4Address::Parse("192.0.2.2");
const MacAddress kOurMac({2, 0, 0, 0, 0, 1});
const MacAddress kTheirMac({2, 0, 0, 0, 0, 2});
const MacAddress kOtherMac({2, 0, 0, 0, 0, 3});

RandomStream Random() { return RandomStream(1, "test", "arp"); }

TEST(AddressConflictDetection, ThreeProbesThenTheAddressIsUsedAndAnnouncedTwice) {
  RandomStream random = Random();
  AddressConflictDetection detection({}, At(0), random);
  EXPECT_LE(detection.deadline(), At(1000)) << "PROBE_WAIT";
  std::vector<Time> times;
  std::vector<Action> actions;
  while (!detection.deadline().is_never() && actions.size() < 10) {
    const Time now = detection.deadline();
    EXPECT_EQ(detection.Advance(now - Nanoseconds(1), random), Action::kNothing);
    for (Action action = detection.Advance(now, random); action != Action::kNothing;
         action = detection.Advance(now, random)) {
      actions.push_back(action);
      times.push_back(now);
    }
  }
  EXPECT_EQ(actions, (std::vector<Action>{Action::kProbe, Action::kProbe, Action::kProbe,
                                          Action::kUse, Action::kAnnounce, Action::kAnnounce}));
  EXPECT_GE(times[1] - times[0], Seconds(1));
  EXPECT_LE(times[1] - times[0], Seconds(2));
  EXPECT_EQ(times[3] - times[2], Seconds(2)) << "ANNOUNCE_WAIT";
  EXPECT_EQ(times[5] - times[4], Seconds(2)) << "ANNOUNCE_INTERVAL";
  EXPECT_EQ(detection.verdict(), Verdict::kInUse);
}

TEST(AddressConflictDetection, AConflictWhileProbingIsFinal) {
  RandomStream random = Random();
  AddressConflictDetection detection({}, At(0), random);
  EXPECT_FALSE(detection.OnConflict(At(10)));
  EXPECT_EQ(detection.verdict(), Verdict::kConflict);
  EXPECT_TRUE(detection.deadline().is_never());
}

// An address in use, its announcements over at 10 s.
AddressConflictDetection Established(ConflictDetectionConfig config = {}) {
  RandomStream random = Random();
  config.probe_num = 0;
  AddressConflictDetection detection(config, At(0), random);
  for (int64_t t = 0; t <= 10'000; t += 1000) {
    while (detection.Advance(At(t), random) != Action::kNothing) {
    }
  }
  return detection;
}

TEST(AddressConflictDetection, WhoWasThereDefendsOncePerInterval) {
  AddressConflictDetection detection = Established();
  EXPECT_TRUE(detection.OnConflict(At(20'000)));
  EXPECT_EQ(detection.verdict(), Verdict::kInUse);
  EXPECT_TRUE(detection.OnConflict(At(30'000))) << "DEFEND_INTERVAL is over";
  EXPECT_FALSE(detection.OnConflict(At(39'999)));
  EXPECT_EQ(detection.verdict(), Verdict::kConflict);
}

TEST(AddressConflictDetection, WhoCameSecondYields) {
  RandomStream random = Random();
  AddressConflictDetection detection({.probe_num = 0}, At(0), random);
  EXPECT_EQ(detection.verdict(), Verdict::kInUse);
  EXPECT_EQ(detection.Advance(At(0), random), Action::kAnnounce);
  EXPECT_FALSE(detection.OnConflict(At(1)));
  EXPECT_EQ(detection.verdict(), Verdict::kConflict);
}

TEST(AddressConflictDetection, ARouterKeepsItsAddressAndIsNotDrawnIntoAStorm) {
  AddressConflictDetection detection = Established({.defend_always = true});
  EXPECT_TRUE(detection.OnConflict(At(20'000)));
  EXPECT_FALSE(detection.OnConflict(At(20'001)));
  EXPECT_EQ(detection.verdict(), Verdict::kInUse);
}

class Output final : public AddressResolutionOutput {
 public:
  void SendArp(Time, MacAddress destination, const wire::ArpPacket& packet) override {
    sent.push_back(packet);
    destinations.push_back(destination);
  }
  void SendToLinkLayer(Time, MacAddress destination, Packet packet) override {
    packets.push_back(packet.bytes()[20]);
    packet_destinations.push_back(destination);
  }
  void OnUndeliverable(Time, DropReason reason, Packet) override { dropped.push_back(reason); }
  void OnAddressChange(Time, const InterfaceAddress& address) override {
    states.push_back(address.state);
    last = address.cidr.address;
  }
  void OnArpEntryChange(Time, const ArpEntry& entry) override { entries.push_back(entry.state); }
  void OnLog(Time, std::string_view text) override { log.emplace_back(text); }
  void OnConflict(Time, std::string_view text) override { log.emplace_back(text); }

  std::vector<wire::ArpPacket> sent;
  std::vector<MacAddress> destinations;
  std::vector<uint8_t> packets;
  std::vector<MacAddress> packet_destinations;
  std::vector<DropReason> dropped;
  std::vector<AddressState> states;
  std::vector<NeighborState> entries;
  std::vector<std::string> log;
  Ipv4Address last;
};

// An interface with a static address, long in use.
class ResolutionTest : public ::testing::Test {
 protected:
  ResolutionTest() {
    resolution.Start(At(0));
    RunUntil(At(10'000));
    output.sent.clear();
    output.destinations.clear();
  }
  void RunUntil(Time until) {
    while (resolution.deadline() <= until) resolution.Advance(resolution.deadline());
  }
  // A packet whose payload begins with `mark`.
  Packet Datagram(uint8_t mark) {
    Packet packet = pool.Make(21);
    const wire::Ipv4Header header{.total_length = 21, .source = kOurs, .destination = kTheirs};
    header.Store(packet.mutable_bytes().data());
    packet.mutable_bytes()[20] = mark;
    return packet;
  }
  wire::ArpPacket From(const MacAddress& mac, const Ipv4Address& sender, wire::ArpOperation op,
                       const Ipv4Address& target) {
    return {.operation = op,
            .sender_mac = mac,
            .sender = sender,
            .target_mac = kOurMac,
            .target = target};
  }

  PacketPool pool;
  Output output;
  AddressResolution resolution{{.mac = kOurMac, .addresses = {{kOurs, 24}}}, Random(), output};
};

TEST_F(ResolutionTest, WhatWaitsIsSentInOrderWhenTheAnswerComes) {
  resolution.SendToNeighbor(At(11'000), kTheirs, Datagram(1));
  resolution.SendToNeighbor(At(11'000), kTheirs, Datagram(2));
  ASSERT_EQ(output.sent.size(), 1u) << "one request";
  EXPECT_EQ(output.sent[0].target, kTheirs);
  EXPECT_EQ(output.sent[0].sender, kOurs);
  EXPECT_TRUE(output.destinations[0].is_broadcast());
  EXPECT_EQ(
      resolution.OnPacket(At(11'001), From(kTheirMac, kTheirs, wire::ArpOperation::kReply, kOurs)),
      std::nullopt);
  EXPECT_EQ(output.packets, (std::vector<uint8_t>{1, 2}));
  EXPECT_EQ(output.entries.back(), NeighborState::kReachable);
}

TEST_F(ResolutionTest, TheQueueDropsItsOldest) {
  for (int i = 0; i < 66; ++i) {
    resolution.SendToNeighbor(At(11'000), kTheirs, Datagram(static_cast<uint8_t>(i)));
  }
  EXPECT_EQ(output.dropped.size(), 2u);
  EXPECT_EQ(output.dropped[0], DropReason::NEIGHBOR_QUEUE_FULL);
  (void)resolution.OnPacket(At(11'001),
                            From(kTheirMac, kTheirs, wire::ArpOperation::kReply, kOurs));
  ASSERT_EQ(output.packets.size(), 64u);
  EXPECT_EQ(output.packets.front(), 2);
  EXPECT_EQ(output.packets.back(), 65);
}

TEST_F(ResolutionTest, ThreeRequestsASecondApartThenItIsGivenUp) {
  resolution.SendToNeighbor(At(11'000), kTheirs, Datagram(1));
  RunUntil(At(13'999));
  EXPECT_EQ(output.sent.size(), 3u);
  EXPECT_TRUE(output.dropped.empty());
  RunUntil(At(14'000));
  EXPECT_EQ(output.dropped, (std::vector<DropReason>{DropReason::ADDRESS_UNREACHABLE}));
}

TEST_F(ResolutionTest, AnAnnouncementMovesANeighbourThatIsKnownAndMakesNoneKnown) {
  EXPECT_EQ(resolution.OnPacket(At(11'000),
                                From(kTheirMac, kTheirs, wire::ArpOperation::kRequest, kTheirs)),
            std::nullopt);
  EXPECT_EQ(resolution.cache().size(), 0u);
  (void)resolution.OnPacket(At(11'000),
                            From(kTheirMac, kTheirs, wire::ArpOperation::kRequest, kOurs));
  ASSERT_EQ(resolution.cache().Find(kTheirs), kTheirMac) << "it asked for us";
  (void)resolution.OnPacket(At(12'000),
                            From(kOtherMac, kTheirs, wire::ArpOperation::kRequest, kTheirs));
  EXPECT_EQ(resolution.cache().Find(kTheirs), kOtherMac);
}

TEST_F(ResolutionTest, ANeighbourThatIsUsedAndSilentIsAskedByUnicast) {
  (void)resolution.OnPacket(At(11'000),
                            From(kTheirMac, kTheirs, wire::ArpOperation::kRequest, kOurs));
  output.sent.clear();
  output.destinations.clear();
  resolution.SendToNeighbor(At(12'000), kTheirs, Datagram(1));
  EXPECT_EQ(output.packets, (std::vector<uint8_t>{1})) << "it is sent at once";
  RunUntil(At(16'999));
  EXPECT_TRUE(output.sent.empty());
  RunUntil(At(17'000));
  ASSERT_EQ(output.destinations.size(), 1u);
  EXPECT_EQ(output.destinations[0], kTheirMac);
}

TEST_F(ResolutionTest, AnotherNodeWithOurAddressIsToldOnce) {
  const auto theirs = From(kTheirMac, kOurs, wire::ArpOperation::kRequest, kOurs);
  EXPECT_EQ(resolution.OnPacket(At(20'000), theirs), DropReason::ARP_CONFLICT);
  ASSERT_EQ(output.sent.size(), 1u);
  EXPECT_EQ(output.sent[0].sender, kOurs);
  EXPECT_EQ(output.sent[0].target, kOurs);
  EXPECT_EQ(resolution.OnPacket(At(20'100), theirs), DropReason::ARP_CONFLICT);
  EXPECT_EQ(output.states.back(), AddressState::kDuplicate);
  EXPECT_TRUE(resolution.addresses().empty());
}

TEST_F(ResolutionTest, AProbeForOurAddressIsAnswered) {
  EXPECT_EQ(resolution.OnPacket(
                At(20'000), From(kTheirMac, Ipv4Address(), wire::ArpOperation::kRequest, kOurs)),
            std::nullopt);
  ASSERT_EQ(output.sent.size(), 1u);
  EXPECT_EQ(output.sent[0].operation, wire::ArpOperation::kReply);
  EXPECT_EQ(output.sent[0].sender, kOurs);
}

TEST_F(ResolutionTest, ALeaseIsProbedAndTwoWhoProbeItAtOnceBothYield) {
  const Ipv4Address wanted = *Ipv4Address::Parse("192.0.2.50");
  ASSERT_TRUE(resolution.AddAddress(At(20'000), {wanted, 24}, AddressOrigin::kDhcp, true));
  EXPECT_EQ(output.states.back(), AddressState::kTentative);
  RunUntil(At(21'000));
  ASSERT_FALSE(output.sent.empty());
  EXPECT_TRUE(output.sent[0].is_probe());
  EXPECT_EQ(resolution.OnPacket(
                At(21'000), From(kTheirMac, Ipv4Address(), wire::ArpOperation::kRequest, wanted)),
            DropReason::ARP_CONFLICT);
  EXPECT_EQ(output.states.back(), AddressState::kDuplicate);
  EXPECT_EQ(output.last, wanted);
}

TEST(LinkLocal, OneIsTakenWhileThereIsNoOtherAndAnotherAfterAConflict) {
  Output output;
  AddressResolution resolution({.mac = kOurMac, .link_local = true}, Random(), output);
  resolution.Start(At(0));
  const auto run = [&](Time until) {
    while (resolution.deadline() <= until) resolution.Advance(resolution.deadline());
  };
  run(At(1000));
  const Ipv4Address first = output.last;
  EXPECT_TRUE(first.is_link_local());
  (void)resolution.OnPacket(At(1500), {.operation = wire::ArpOperation::kReply,
                                       .sender_mac = kTheirMac,
                                       .sender = first,
                                       .target_mac = kOurMac,
                                       .target = Ipv4Address()});
  run(At(12'000));
  EXPECT_NE(output.last, first);
  EXPECT_EQ(output.states.back(), AddressState::kPreferred);
  for (const MacAddress& destination : output.destinations) {
    EXPECT_TRUE(destination.is_broadcast()) << "RFC 3927 §2.5";
  }
  // RFC 3927 §1.9: a routable address takes its place.
  ASSERT_TRUE(resolution.AddAddress(At(13'000), {kOurs, 24}, AddressOrigin::kStatic, false));
  ASSERT_EQ(resolution.addresses().size(), 1u);
  EXPECT_EQ(resolution.addresses()[0].cidr.address, kOurs);
}

}  // namespace
}  // namespace dualsim::arp
