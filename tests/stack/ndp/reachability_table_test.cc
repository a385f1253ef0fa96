// RFC 4861 appendix C, row by row, in the reading that §7.2.5 and §7.3.3 (which
// bind where the appendix only sums up) give it.

#include <gtest/gtest.h>

#include "stack/ndp/neighbor_cache.h"
#include "tests/stack/ndp/cache_for_test.h"

namespace dualsim::ndp {
namespace {

using enum NeighborState;
constexpr Time kStart = Time() + Seconds(100);
const std::string kToMac = "to " + kMac.ToString();
const std::string kToOther = "to " + kOtherMac.ToString();

enum class Lla { kNo, kSame, kOther };

std::optional<MacAddress> Mac(Lla lla) {
  if (lla == Lla::kNo) return std::nullopt;
  return lla == Lla::kSame ? kMac : kOtherMac;
}

struct Advertised {
  NeighborState before;
  bool solicited;
  bool override_flag;
  Lla lla;
  NeighborState after;
  Lla mac_after;    // Which address the entry has then; kNo while kIncomplete.
  bool flag_taken;  // Whether IsRouter is set from the Router flag.
};

// Every state, both flags, and no, the same, or another link-layer address.
constexpr Advertised kAdvertised[] = {
    // INCOMPLETE: without an address it is discarded; Override does not matter.
    {kIncomplete, false, false, Lla::kNo, kIncomplete, Lla::kNo, false},
    {kIncomplete, false, true, Lla::kNo, kIncomplete, Lla::kNo, false},
    {kIncomplete, true, false, Lla::kNo, kIncomplete, Lla::kNo, false},
    {kIncomplete, true, true, Lla::kNo, kIncomplete, Lla::kNo, false},
    // The packet that waits is sent then, so that STALE is DELAY at once.
    {kIncomplete, false, false, Lla::kSame, kDelay, Lla::kSame, true},
    {kIncomplete, false, true, Lla::kSame, kDelay, Lla::kSame, true},
    {kIncomplete, true, false, Lla::kSame, kReachable, Lla::kSame, true},
    {kIncomplete, true, true, Lla::kSame, kReachable, Lla::kSame, true},
    // REACHABLE.
    {kReachable, false, false, Lla::kNo, kReachable, Lla::kSame, true},
    {kReachable, false, true, Lla::kNo, kReachable, Lla::kSame, true},
    {kReachable, true, false, Lla::kNo, kReachable, Lla::kSame, true},
    {kReachable, true, true, Lla::kNo, kReachable, Lla::kSame, true},
    {kReachable, false, false, Lla::kSame, kReachable, Lla::kSame, true},
    {kReachable, false, true, Lla::kSame, kReachable, Lla::kSame, true},
    {kReachable, true, false, Lla::kSame, kReachable, Lla::kSame, true},
    {kReachable, true, true, Lla::kSame, kReachable, Lla::kSame, true},
    {kReachable, false, false, Lla::kOther, kStale, Lla::kSame, false},
    {kReachable, false, true, Lla::kOther, kStale, Lla::kOther, true},
    {kReachable, true, false, Lla::kOther, kStale, Lla::kSame, false},
    {kReachable, true, true, Lla::kOther, kReachable, Lla::kOther, true},
    // STALE.
    {kStale, false, false, Lla::kNo, kStale, Lla::kSame, true},
    {kStale, false, true, Lla::kNo, kStale, Lla::kSame, true},
    {kStale, true, false, Lla::kNo, kReachable, Lla::kSame, true},
    {kStale, true, true, Lla::kNo, kReachable, Lla::kSame, true},
    {kStale, false, false, Lla::kSame, kStale, Lla::kSame, true},
    {kStale, false, true, Lla::kSame, kStale, Lla::kSame, true},
    {kStale, true, false, Lla::kSame, kReachable, Lla::kSame, true},
    {kStale, true, true, Lla::kSame, kReachable, Lla::kSame, true},
    {kStale, false, false, Lla::kOther, kStale, Lla::kSame, false},
    {kStale, false, true, Lla::kOther, kStale, Lla::kOther, true},
    {kStale, true, false, Lla::kOther, kStale, Lla::kSame, false},
    {kStale, true, true, Lla::kOther, kReachable, Lla::kOther, true},
    // DELAY.
    {kDelay, false, false, Lla::kNo, kDelay, Lla::kSame, true},
    {kDelay, false, true, Lla::kNo, kDelay, Lla::kSame, true},
    {kDelay, true, false, Lla::kNo, kReachable, Lla::kSame, true},
    {kDelay, true, true, Lla::kNo, kReachable, Lla::kSame, true},
    {kDelay, false, false, Lla::kSame, kDelay, Lla::kSame, true},
    {kDelay, false, true, Lla::kSame, kDelay, Lla::kSame, true},
    {kDelay, true, false, Lla::kSame, kReachable, Lla::kSame, true},
    {kDelay, true, true, Lla::kSame, kReachable, Lla::kSame, true},
    {kDelay, false, false, Lla::kOther, kDelay, Lla::kSame, false},
    {kDelay, false, true, Lla::kOther, kStale, Lla::kOther, true},
    {kDelay, true, false, Lla::kOther, kDelay, Lla::kSame, false},
    {kDelay, true, true, Lla::kOther, kReachable, Lla::kOther, true},
    // PROBE.
    {kProbe, false, false, Lla::kNo, kProbe, Lla::kSame, true},
    {kProbe, false, true, Lla::kNo, kProbe, Lla::kSame, true},
    {kProbe, true, false, Lla::kNo, kReachable, Lla::kSame, true},
    {kProbe, true, true, Lla::kNo, kReachable, Lla::kSame, true},
    {kProbe, false, false, Lla::kSame, kProbe, Lla::kSame, true},
    {kProbe, false, true, Lla::kSame, kProbe, Lla::kSame, true},
    {kProbe, true, false, Lla::kSame, kReachable, Lla::kSame, true},
    {kProbe, true, true, Lla::kSame, kReachable, Lla::kSame, true},
    {kProbe, false, false, Lla::kOther, kProbe, Lla::kSame, false},
    {kProbe, false, true, Lla::kOther, kStale, Lla::kOther, true},
    {kProbe, true, false, Lla::kOther, kProbe, Lla::kSame, false},
    {kProbe, true, true, Lla::kOther, kReachable, Lla::kOther, true},
};

std::string Describe(const Advertised& row) {
  constexpr const char* kLla[] = {"no", "the same", "another"};
  return std::string(NeighborStateName(row.before)) + ", S=" + std::to_string(row.solicited) +
         " O=" + std::to_string(row.override_flag) + ", " + kLla[static_cast<int>(row.lla)] +
         " address";
}

TEST(ReachabilityTable, AdvertisementsOfNeighbors) {
  for (const Advertised& row : kAdvertised) {
    SCOPED_TRACE(Describe(row));
    CacheForTest test;
    const Time now = test.Bring(kStart, row.before);
    ASSERT_EQ(test.state(), row.before);
    const auto result = test.cache.OnAdvertisement(now, {.target = kPeer,
                                                         .target_link_layer_address = Mac(row.lla),
                                                         .router = true,
                                                         .solicited = row.solicited,
                                                         .override_flag = row.override_flag});
    EXPECT_EQ(test.state(), row.after);
    const Neighbor* neighbor = test.cache.Find(kPeer);
    EXPECT_EQ(neighbor->link_layer_address, Mac(row.mac_after).value_or(MacAddress()));
    EXPECT_EQ(neighbor->is_router, row.flag_taken);
    EXPECT_EQ(result.router_flag_taken, row.flag_taken);
    EXPECT_FALSE(result.was_router);
    const bool discarded = row.before == kIncomplete && row.lla == Lla::kNo;
    EXPECT_EQ(result.dropped,
              discarded ? std::optional(DropReason::NA_NO_LINK_LAYER_ADDRESS) : std::nullopt);
    const bool flushed = row.before == kIncomplete && !discarded;
    EXPECT_EQ(test.TakeSent(), flushed ? std::vector<std::string>{"packet 1 " + kToMac}
                                       : std::vector<std::string>{});
  }
}

TEST(ReachabilityTable, AnAdvertisementThatNobodyAskedForMakesNoEntry) {
  for (const Lla lla : {Lla::kNo, Lla::kSame}) {
    for (int flags = 0; flags < 4; ++flags) {
      CacheForTest test;
      const auto result = test.cache.OnAdvertisement(kStart, {.target = kPeer,
                                                              .target_link_layer_address = Mac(lla),
                                                              .solicited = (flags & 1) != 0,
                                                              .override_flag = (flags & 2) != 0});
      EXPECT_EQ(result.dropped, DropReason::NA_NO_ENTRY);
      EXPECT_EQ(test.cache.size(), 0u);
    }
  }
}

struct Learnt {
  NeighborState before;
  Lla lla;
  NeighborState after;
  Lla mac_after;
  std::vector<std::string> sent;
};

// NS, RS, RA and Redirect with a link-layer address; without one they change
// nothing, and the cache is not called for it.
TEST(ReachabilityTable, LinkLayerAddressesOfOtherMessages) {
  const Learnt kRows[] = {
      {kNone, Lla::kSame, kStale, Lla::kSame, {}},
      {kIncomplete, Lla::kSame, kDelay, Lla::kSame, {"packet 1 " + kToMac}},
      {kReachable, Lla::kSame, kReachable, Lla::kSame, {}},
      {kStale, Lla::kSame, kStale, Lla::kSame, {}},
      {kDelay, Lla::kSame, kDelay, Lla::kSame, {}},
      {kProbe, Lla::kSame, kProbe, Lla::kSame, {}},
      {kReachable, Lla::kOther, kStale, Lla::kOther, {}},
      {kStale, Lla::kOther, kStale, Lla::kOther, {}},
      {kDelay, Lla::kOther, kStale, Lla::kOther, {}},
      {kProbe, Lla::kOther, kStale, Lla::kOther, {}},
  };
  for (const Learnt& row : kRows) {
    SCOPED_TRACE(std::string(NeighborStateName(row.before)) +
                 (row.lla == Lla::kSame ? ", the same" : ", another"));
    CacheForTest test;
    const Time now = test.Bring(kStart, row.before);
    test.cache.OnLinkLayerAddress(now, kPeer, *Mac(row.lla), std::nullopt);
    EXPECT_EQ(test.state(), row.after);
    EXPECT_EQ(test.cache.Find(kPeer)->link_layer_address, Mac(row.mac_after));
    EXPECT_FALSE(test.cache.Find(kPeer)->is_router);
    EXPECT_EQ(test.TakeSent(), row.sent);
    if (row.after == kStale) {
      EXPECT_EQ(test.cache.deadline(), Time::Never()) << "nothing is probed until it is used";
      test.Send(now, kPeer, 9);
      EXPECT_EQ(test.TakeSent(),
                (std::vector<std::string>{"packet 9 " +
                                          (row.mac_after == Lla::kSame ? kToMac : kToOther)}));
      EXPECT_EQ(test.state(), kDelay);
    }
  }
}

TEST(ReachabilityTable, PacketsToSend) {
  const struct {
    NeighborState before;
    NeighborState after;
    std::vector<std::string> sent;
  } kRows[] = {
      {kNone, kIncomplete, {"NS fe80::b for 7"}},       {kIncomplete, kIncomplete, {}},
      {kReachable, kReachable, {"packet 7 " + kToMac}}, {kStale, kDelay, {"packet 7 " + kToMac}},
      {kDelay, kDelay, {"packet 7 " + kToMac}},         {kProbe, kProbe, {"packet 7 " + kToMac}},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(NeighborStateName(row.before));
    CacheForTest test;
    const Time now = test.Bring(kStart, row.before);
    test.Send(now, kPeer, 7);
    EXPECT_EQ(test.state(), row.after);
    EXPECT_EQ(test.TakeSent(), row.sent);
  }
}

TEST(ReachabilityTable, AdviceOfUpperLayers) {
  for (const NeighborState before : {kNone, kIncomplete, kReachable, kStale, kDelay, kProbe}) {
    SCOPED_TRACE(NeighborStateName(before));
    CacheForTest test;
    const Time now = test.Bring(kStart, before);
    test.cache.ConfirmReachability(now, kPeer);
    const bool unresolved = before == kNone || before == kIncomplete;
    EXPECT_EQ(test.state(), unresolved ? before : kReachable);
    if (unresolved) continue;
    test.cache.Advance(now + Seconds(30) - Nanoseconds(1));
    EXPECT_EQ(test.state(), kReachable);
    test.cache.Advance(now + Seconds(30));
    EXPECT_EQ(test.state(), kStale);
  }
}

TEST(ReachabilityTable, Timeouts) {
  {
    CacheForTest test;  // INCOMPLETE: three solicitations in all, then it is discarded.
    const Time now = test.Bring(kStart, kIncomplete);
    for (int i = 1; i < 3; ++i) {
      test.cache.Advance(now + Seconds(i) - Nanoseconds(1));
      EXPECT_EQ(test.TakeSent(), std::vector<std::string>{});
      test.cache.Advance(now + Seconds(i));
      EXPECT_EQ(test.TakeSent(), std::vector<std::string>{"NS fe80::b for 1"});
      EXPECT_EQ(test.state(), kIncomplete);
    }
    test.cache.Advance(now + Seconds(3) - Nanoseconds(1));
    EXPECT_EQ(test.state(), kIncomplete);
    test.cache.Advance(now + Seconds(3));
    EXPECT_EQ(test.state(), kNone);
    EXPECT_EQ(test.TakeSent(), std::vector<std::string>{"lost 1 ADDRESS_UNREACHABLE"});
    EXPECT_EQ(test.TakeUnreachable(), std::vector<Ipv6Address>{kPeer});
    EXPECT_EQ(test.cache.deadline(), Time::Never());
  }
  {
    CacheForTest test;  // REACHABLE, to the nanosecond; STALE stays.
    test.parameters.reachable_time = Milliseconds(17'345);
    const Time now = test.Bring(kStart, kReachable);
    test.cache.Advance(now + Milliseconds(17'345) - Nanoseconds(1));
    EXPECT_EQ(test.state(), kReachable);
    test.cache.Advance(now + Milliseconds(17'345));
    EXPECT_EQ(test.state(), kStale);
    test.cache.Advance(now + Seconds(1'000'000));
    EXPECT_EQ(test.state(), kStale);
    EXPECT_EQ(test.TakeSent(), std::vector<std::string>{});
  }
  {
    CacheForTest test;  // DELAY, PROBE, and three unicast solicitations.
    const Time now = test.Bring(kStart, kDelay);
    test.cache.Advance(now + Seconds(5) - Nanoseconds(1));
    EXPECT_EQ(test.state(), kDelay);
    for (int i = 0; i < 3; ++i) {
      test.cache.Advance(now + Seconds(5 + i) - Nanoseconds(1));
      EXPECT_EQ(test.TakeSent(), std::vector<std::string>{});
      test.cache.Advance(now + Seconds(5 + i));
      EXPECT_EQ(test.TakeSent(), std::vector<std::string>{"NS fe80::b " + kToMac});
      EXPECT_EQ(test.state(), kProbe);
    }
    test.cache.Advance(now + Seconds(8) - Nanoseconds(1));
    EXPECT_EQ(test.state(), kProbe);
    test.cache.Advance(now + Seconds(8));
    EXPECT_EQ(test.state(), kNone);
    EXPECT_EQ(test.TakeSent(), std::vector<std::string>{});
    EXPECT_EQ(test.TakeUnreachable(), std::vector<Ipv6Address>{kPeer});
  }
}

}  // namespace
}  // namespace dualsim::ndp
