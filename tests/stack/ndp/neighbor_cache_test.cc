#include "stack/ndp/neighbor_cache.h"

#include <gtest/gtest.h>

#include "tests/stack/ndp/cache_for_test.h"

namespace dualsim::ndp {
namespace {

using enum NeighborState;
using Strings = std::vector<std::string>;
constexpr Time kStart = Time() + Seconds(100);
const std::string kToMac = "to " + kMac.ToString();

Ipv6Address Address(uint64_t n) { return Ipv6Address::FromIntegers(0x2001'0db8ull << 32, n); }

NeighborCache::Advertisement Answer(const Ipv6Address& target, MacAddress mac) {
  return {
      .target = target, .target_link_layer_address = mac, .solicited = true, .override_flag = true};
}

TEST(NeighborCache, QueuedPacketsKeepTheirOrderAndTheOldestMakesRoom) {  // RFC 4861 §7.2.2
  CacheForTest test({.queue = 3});
  for (uint8_t id = 1; id <= 5; ++id) test.Send(kStart, kPeer, id);
  EXPECT_EQ(test.TakeSent(), (Strings{"NS fe80::b for 1", "lost 1 NEIGHBOR_QUEUE_FULL",
                                      "lost 2 NEIGHBOR_QUEUE_FULL"}));
  test.cache.OnAdvertisement(kStart, Answer(kPeer, kMac));
  EXPECT_EQ(test.TakeSent(),
            (Strings{"packet 3 " + kToMac, "packet 4 " + kToMac, "packet 5 " + kToMac}));
  test.Send(kStart, kPeer, 6);
  EXPECT_EQ(test.TakeSent(), Strings{"packet 6 " + kToMac});
}

TEST(NeighborCache, WhatWaitsInAllIsBoundedAndANewcomerWithNothingWaitingLosesItsPacket) {
  CacheForTest test({.queue = 3, .queued_in_all = 4});
  for (uint8_t id = 1; id <= 3; ++id) test.Send(kStart, Address(1), id);
  for (uint8_t id = 4; id <= 6; ++id) test.Send(kStart, Address(2), id);
  test.TakeSent();
  EXPECT_EQ(test.cache.Find(Address(1))->queue.size(), 3u);
  EXPECT_EQ(test.cache.Find(Address(2))->queue.size(), 1u);
  test.Send(kStart, Address(3), 7);
  EXPECT_TRUE(test.cache.Find(Address(3))->queue.empty());
  // Room again once somebody is resolved.
  test.cache.OnAdvertisement(kStart, Answer(Address(1), kMac));
  test.Send(kStart, Address(3), 8);
  EXPECT_EQ(test.cache.Find(Address(3))->queue.size(), 1u);
}

TEST(NeighborCache, EveryPacketThatWaitedIsReportedWhenResolutionFails) {  // §7.2.2
  CacheForTest test;
  for (uint8_t id = 1; id <= 3; ++id) test.Send(kStart, kPeer, id);
  test.TakeSent();
  for (int i = 1; i <= 3; ++i) test.cache.Advance(kStart + Seconds(i));
  EXPECT_EQ(test.TakeSent(),
            (Strings{"NS fe80::b for 1", "NS fe80::b for 1", "lost 1 ADDRESS_UNREACHABLE",
                     "lost 2 ADDRESS_UNREACHABLE", "lost 3 ADDRESS_UNREACHABLE"}));
  test.Send(kStart + Seconds(3), kPeer, 4);
  EXPECT_EQ(test.TakeSent(), Strings{"NS fe80::b for 4"}) << "and it is tried anew";
}

TEST(NeighborCache, AnEarlySolicitationMayBeLost) {  // mirage-stack.md 15
  CacheForTest test;
  test.Send(kStart, kPeer, 1);
  test.cache.Advance(kStart + Seconds(1));
  test.TakeSent();
  test.cache.OnAdvertisement(kStart + Milliseconds(1001), Answer(kPeer, kMac));
  EXPECT_EQ(test.TakeSent(), Strings{"packet 1 " + kToMac});
  EXPECT_EQ(test.state(), kReachable);
}

TEST(NeighborCache, RetransTimerSpacesSolicitations) {
  CacheForTest test;
  test.parameters.retrans_timer = Seconds(5);
  test.Send(kStart, kPeer, 1);
  EXPECT_EQ(test.cache.deadline(), kStart + Seconds(5));
  test.parameters.retrans_timer = Milliseconds(250);  // A router says so meanwhile.
  test.cache.Advance(kStart + Seconds(5));
  EXPECT_EQ(test.cache.deadline(), kStart + Milliseconds(5250));
}

TEST(NeighborCache, OverrideAdvertisementReplacesLinkLayerAddress) {  // mirage-stack.md 8
  CacheForTest test;
  const Time now = test.Bring(kStart, kReachable);
  test.cache.OnAdvertisement(
      now, {.target = kPeer, .target_link_layer_address = kOtherMac, .override_flag = true});
  EXPECT_EQ(test.state(), kStale);
  test.Send(now, kPeer, 5);
  EXPECT_EQ(test.TakeSent(), Strings{"packet 5 to " + kOtherMac.ToString()});
  test.cache.Advance(now + Seconds(5));
  EXPECT_EQ(test.TakeSent(), Strings{"NS fe80::b to " + kOtherMac.ToString()});
}

TEST(NeighborCache, EveryChangeIsToldAndNothingElse) {
  CacheForTest test;
  const Time now = test.Bring(kStart, kReachable);
  test.cache.OnAdvertisement(now, Answer(kPeer, kMac));
  EXPECT_EQ(test.TakeTold(), Strings{}) << "the same again";
  test.cache.OnAdvertisement(now, Answer(kPeer, kOtherMac));
  EXPECT_EQ(test.TakeTold(), Strings{"REACHABLE 02:00:00:00:00:0c"})
      << "another address in the same state";
  auto router = Answer(kPeer, kOtherMac);
  router.router = true;
  test.cache.OnAdvertisement(now, router);
  EXPECT_EQ(test.TakeTold(), Strings{"REACHABLE 02:00:00:00:00:0c router"});
  test.cache.OnRouterFlag(now, kPeer, true);
  EXPECT_EQ(test.TakeTold(), Strings{});
  test.cache.OnLinkLayerAddress(now, kPeer, kOtherMac, false);
  EXPECT_EQ(test.TakeTold(), Strings{"REACHABLE 02:00:00:00:00:0c"});
  test.cache.OnLinkLayerAddress(now, kPeer, kMac, std::nullopt);
  EXPECT_EQ(test.TakeTold(), Strings{"STALE 02:00:00:00:00:0b"});
  test.cache.OnLinkLayerAddress(now, kPeer, kOtherMac, std::nullopt);
  EXPECT_EQ(test.TakeTold(), Strings{"STALE 02:00:00:00:00:0c"}) << "another address, still STALE";
  test.cache.Clear(now);
  EXPECT_EQ(test.TakeTold(), Strings{"NONE 00:00:00:00:00:00"});
}

TEST(NeighborCache, ASolicitationDoesNotTouchTheRouterFlag) {  // RFC 4861 §7.2.3, appendix D
  CacheForTest test;
  test.cache.OnLinkLayerAddress(kStart, kPeer, kMac, true);
  for (const MacAddress mac : {kMac, kOtherMac}) {
    test.cache.OnLinkLayerAddress(kStart, kPeer, mac, std::nullopt);
    EXPECT_TRUE(test.cache.Find(kPeer)->is_router);
  }
}

TEST(NeighborCache, WhatAnAdvertisementSaysOfRoutersIsTakenUpWhereItMay) {  // §7.2.5
  CacheForTest test;
  test.cache.OnLinkLayerAddress(kStart, kPeer, kMac, true);
  auto host = Answer(kPeer, kOtherMac);
  host.override_flag = false;
  auto result = test.cache.OnAdvertisement(kStart, host);
  EXPECT_FALSE(result.router_flag_taken) << "nothing of it counts";
  EXPECT_TRUE(test.cache.Find(kPeer)->is_router);
  host.target_link_layer_address = kMac;
  result = test.cache.OnAdvertisement(kStart, host);
  EXPECT_TRUE(result.router_flag_taken);
  EXPECT_TRUE(result.was_router);
  EXPECT_FALSE(test.cache.Find(kPeer)->is_router);
}

TEST(NeighborCache, ARouterThatCeasesWhileItIsResolvedIsNoticed) {
  CacheForTest test;
  test.Send(kStart, kPeer, 1);
  test.cache.OnRouterFlag(kStart, kPeer, true);
  const auto result = test.cache.OnAdvertisement(kStart, Answer(kPeer, kMac));
  EXPECT_TRUE(result.router_flag_taken);
  EXPECT_TRUE(result.was_router);
}

TEST(NeighborCache, AProbeSendsOneSolicitationAlone) {  // RFC 4191 §3.5
  CacheForTest test;
  test.cache.Probe(kStart, kPeer);
  EXPECT_EQ(test.TakeSent(), Strings{"NS fe80::b"});
  test.cache.Probe(kStart, kPeer);
  EXPECT_EQ(test.TakeSent(), Strings{});
  test.cache.Advance(kStart + Seconds(1));
  EXPECT_EQ(test.TakeSent(), Strings{});
  EXPECT_EQ(test.state(), kNone);
  test.cache.Probe(kStart + Seconds(60), kPeer);
  test.cache.OnAdvertisement(kStart + Seconds(60), Answer(kPeer, kMac));
  EXPECT_EQ(test.state(), kReachable);
}

TEST(NeighborCache, AReportMaySendAgainThroughTheCache) {
  CacheForTest test({.queue = 3});
  int reports = 0;
  // An ICMPv6 error goes to a neighbour that is unknown yet, so that the entries
  // move in memory, and to the one that was just given up.
  test.on_lost = [&](Time now, uint8_t id) {
    ++reports;
    if (id >= 100) return;
    for (uint64_t n = 0; n < 50; ++n) test.Send(now, Address(1000 * id + n), 100);
    test.Send(now, kPeer, 101);
  };
  for (uint8_t id = 1; id <= 5; ++id) test.Send(kStart, kPeer, id);  // Two are reported at once.
  EXPECT_EQ(test.state(), kIncomplete);
  for (int i = 1; i <= 3; ++i) test.cache.Advance(kStart + Seconds(i));
  EXPECT_GE(reports, 5);
  EXPECT_EQ(test.state(), kIncomplete) << "a report made it anew";
  EXPECT_EQ(test.cache.Find(kPeer)->queue.size(), 1u);
  test.on_lost = nullptr;
  test.TakeSent();
  test.cache.OnAdvertisement(kStart + Seconds(3), Answer(kPeer, kMac));
  EXPECT_EQ(test.TakeSent(), Strings{"packet 101 " + kToMac});
}

TEST(NeighborCache, AReportOfOneThatMadeRoomMaySendToTheNewcomer) {
  CacheForTest test({.entries = 2, .incomplete = 2});
  test.on_lost = [&](Time now, uint8_t id) {
    if (id < 100) test.Send(now, Address(3), 100);
  };
  test.Send(kStart, Address(1), 1);
  test.Send(kStart, Address(2), 2);
  test.Send(kStart, Address(3), 3);
  EXPECT_EQ(test.cache.size(), 2u);
  EXPECT_EQ(test.state(Address(1)), kNone);
  EXPECT_EQ(test.cache.Find(Address(3))->queue.size(), 2u);
}

TEST(NeighborCache, AScanDoesNotPushOutThoseWhoAnswer) {  // RFC 6583 §6
  constexpr uint32_t kIncompleteLimit = 16;
  CacheForTest test({.entries = 64, .incomplete = kIncompleteLimit});
  for (uint64_t n = 0; n < 40; ++n) {
    test.Send(kStart, Address(n), 1);
    test.cache.OnAdvertisement(kStart, Answer(Address(n), kMac));
  }
  size_t incomplete = 0;
  for (uint64_t n = 1000; n < 11'000; ++n) {
    test.Send(kStart, Address(n), 2);
    ASSERT_LE(test.cache.size(), 40u + kIncompleteLimit);
  }
  for (uint64_t n = 1000; n < 11'000; ++n) incomplete += test.state(Address(n)) == kIncomplete;
  EXPECT_EQ(incomplete, kIncompleteLimit);
  EXPECT_EQ(test.state(Address(10'999)), kIncomplete) << "the oldest made room";
  for (uint64_t n = 0; n < 40; ++n) EXPECT_EQ(test.state(Address(n)), kReachable);
  // And a legitimate newcomer gets through.
  test.Send(kStart, kPeer, 3);
  test.TakeSent();
  test.cache.OnAdvertisement(kStart, Answer(kPeer, kMac));
  EXPECT_EQ(test.TakeSent(), Strings{"packet 3 " + kToMac});
}

TEST(NeighborCache, AFloodOfSolicitationsKeepsThoseInUse) {
  CacheForTest test({.entries = 64});
  test.Bring(kStart, kReachable);
  for (uint64_t n = 0; n < 20; ++n) {  // STALE, and in use.
    test.cache.OnLinkLayerAddress(kStart, Address(n), kMac, std::nullopt);
    test.Send(kStart, Address(n), 1);
  }
  for (uint64_t n = 1000; n < 1030; ++n) {
    test.cache.OnLinkLayerAddress(kStart, Address(n), kOtherMac, std::nullopt);
  }
  for (uint64_t n = 2000; n < 3000; ++n) {
    test.cache.OnLinkLayerAddress(kStart, Address(n), kOtherMac, std::nullopt);
    for (uint64_t used = 0; used < 20; ++used) test.Send(kStart, Address(used), 1);
    ASSERT_EQ(test.cache.size(), std::min<size_t>(64, 51 + (n - 1999)));
  }
  EXPECT_EQ(test.state(), kReachable);
  for (uint64_t n = 0; n < 20; ++n) EXPECT_EQ(test.state(Address(n)), kDelay) << n;
}

TEST(NeighborCache, AFloodKeepsARouterThatWasNotSentToYet) {
  CacheForTest test({.entries = 8});
  test.spared = kPeer;
  test.Bring(kStart, kStale);
  for (uint64_t n = 0; n < 100; ++n) {
    test.cache.OnLinkLayerAddress(kStart, Address(n), kOtherMac, true);
  }
  EXPECT_EQ(test.cache.size(), 8u);
  EXPECT_EQ(test.state(), kStale);
}

TEST(NeighborCache, OfReachableNeighborsAloneOneNotInUseMakesRoom) {
  CacheForTest test({.entries = 4});
  for (uint64_t n = 0; n < 4; ++n) {
    test.Send(kStart, Address(n), 1);
    test.cache.OnAdvertisement(kStart, Answer(Address(n), kMac));
  }
  for (const uint64_t used : {0, 1, 3}) test.Send(kStart, Address(used), 1);
  test.TakeSent();
  test.Send(kStart, kPeer, 9);
  EXPECT_EQ(test.TakeSent(), Strings{"NS " + kPeer.ToString() + " for 9"});
  EXPECT_EQ(test.cache.size(), 4u);
  EXPECT_EQ(test.state(), kIncomplete);
  EXPECT_EQ(test.state(Address(2)), kNone);
  for (const uint64_t used : {0, 1, 3}) EXPECT_EQ(test.state(Address(used)), kReachable);
}

TEST(NeighborCache, WhoAnswersForManyAddressesKeepsNobodyOut) {
  CacheForTest test({.entries = 64});
  for (uint64_t n = 0; n < 1000; ++n) {
    test.cache.OnLinkLayerAddress(kStart, Address(n), kOtherMac, std::nullopt);
    test.cache.OnAdvertisement(kStart, Answer(Address(n), kOtherMac));
    ASSERT_LE(test.cache.size(), 64u);
  }
  test.Send(kStart, kPeer, 9);
  test.cache.OnAdvertisement(kStart, Answer(kPeer, kMac));
  test.TakeSent();
  for (uint64_t n = 1000; n < 2000; ++n) {
    test.Send(kStart, kPeer, 10);
    test.cache.OnLinkLayerAddress(kStart, Address(n), kOtherMac, std::nullopt);
    test.cache.OnAdvertisement(kStart, Answer(Address(n), kOtherMac));
    ASSERT_EQ(test.state(), kReachable) << n;
  }
}

TEST(NeighborCache, ClearForgetsAllAndLetsGoWhatWaits) {
  CacheForTest test;
  test.Send(kStart, Address(1), 1);
  test.Bring(kStart, kProbe);
  test.TakeSent();
  test.cache.Clear(kStart);
  EXPECT_EQ(test.cache.size(), 0u);
  EXPECT_EQ(test.cache.deadline(), Time::Never());
  EXPECT_EQ(test.packets.in_use(), 0u);
  test.Send(kStart, Address(1), 2);
  EXPECT_EQ(test.state(Address(1)), kIncomplete);
}

TEST(NeighborCache, ManyDeadlinesComeInTheirOrder) {
  CacheForTest test;
  for (uint64_t n = 0; n < 100; ++n) test.Send(kStart + Milliseconds(n), Address(n), 1);
  test.TakeSent();
  for (int step = 0; step < 3; ++step) {
    for (uint64_t n = 0; n < 100; ++n) {
      const Time due = kStart + Milliseconds(n) + Seconds(step + 1);
      ASSERT_LE(test.cache.deadline(), due);
      test.cache.Advance(due);
      const Strings sent = test.TakeSent();
      ASSERT_EQ(sent.size(), 1u);
      ASSERT_EQ(sent[0],
                step < 2 ? "NS " + Address(n).ToString() + " for 1" : "lost 1 ADDRESS_UNREACHABLE");
    }
  }
  EXPECT_EQ(test.cache.size(), 0u);
}

}  // namespace
}  // namespace dualsim::ndp
