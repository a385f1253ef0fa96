#include "stack/ipv6/destination_cache.h"

#include <gtest/gtest.h>

namespace dualsim::ipv6 {
namespace {

Ipv6Address Address(uint64_t n) { return Ipv6Address::FromIntegers(0x2001'0db8ull << 32, n); }

TEST(DestinationCache, ANewEntryKnowsNoNextHop) {
  DestinationCache cache;
  EXPECT_EQ(cache.Find(Address(1)), nullptr);
  const Destination& entry = cache.FindOrAdd(Address(1));
  EXPECT_EQ(entry.address, Address(1));
  EXPECT_FALSE(cache.IsCurrent(entry));
  EXPECT_EQ(entry.path_mtu, 0u);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(DestinationCache, AnEntryIsFoundAgainWithWhatWasLearnt) {
  DestinationCache cache;
  cache.FindOrAdd(Address(1)).path_mtu = 1280;
  cache.FindOrAdd(Address(2)).path_mtu = 1400;
  EXPECT_EQ(cache.FindOrAdd(Address(1)).path_mtu, 1280u);
  EXPECT_EQ(cache.Find(Address(2))->path_mtu, 1400u);
  EXPECT_EQ(cache.size(), 2u);
}

TEST(DestinationCache, InvalidatingVoidsNextHopsAndKeepsPathMtus) {  // RFC 4861 §5.2
  DestinationCache cache;
  for (uint64_t n = 0; n < 3; ++n) {
    Destination& entry = cache.FindOrAdd(Address(n));
    entry.path_mtu = 1300;
    cache.MarkCurrent(entry);
    EXPECT_TRUE(cache.IsCurrent(entry));
  }
  cache.Invalidate();
  for (uint64_t n = 0; n < 3; ++n) {
    EXPECT_FALSE(cache.IsCurrent(*cache.Find(Address(n))));
    EXPECT_EQ(cache.Find(Address(n))->path_mtu, 1300u);
  }
  cache.MarkCurrent(*cache.Find(Address(1)));
  EXPECT_TRUE(cache.IsCurrent(*cache.Find(Address(1))));
  EXPECT_FALSE(cache.IsCurrent(*cache.Find(Address(2))));
}

TEST(DestinationCache, AFloodKeepsTheDestinationsInUse) {
  DestinationCache cache;
  for (uint64_t n = 0; n < 10; ++n) cache.FindOrAdd(Address(n)).path_mtu = 1300;
  for (uint64_t n = 0; n < 3 * DestinationCache::kMaxEntries; ++n) {
    cache.FindOrAdd(Address(1'000'000 + n));
    for (uint64_t used = 0; used < 10; ++used) cache.Find(Address(used));
    ASSERT_LE(cache.size(), DestinationCache::kMaxEntries);
  }
  for (uint64_t n = 0; n < 10; ++n) {
    ASSERT_NE(cache.Find(Address(n)), nullptr);
    EXPECT_EQ(cache.Find(Address(n))->path_mtu, 1300u);
  }
  const uint64_t last = 1'000'000 + 3 * DestinationCache::kMaxEntries - 1;
  EXPECT_NE(cache.Find(Address(last)), nullptr);
  EXPECT_EQ(cache.Find(Address(1'000'000)), nullptr);
}

TEST(DestinationCache, AnEntryThatTookAnothersPlaceKnowsNothingOfIt) {
  DestinationCache cache;
  for (uint64_t n = 0; n < DestinationCache::kMaxEntries; ++n) {
    Destination& entry = cache.FindOrAdd(Address(n));
    entry.path_mtu = 1300;
    entry.redirected = true;
    cache.MarkCurrent(entry);
  }
  const Destination& entry = cache.FindOrAdd(Address(1'000'000));
  EXPECT_EQ(entry.path_mtu, 0u);
  EXPECT_FALSE(entry.redirected);
  EXPECT_FALSE(cache.IsCurrent(entry));
}

TEST(DestinationCache, OneAddressOfTwoZonesIsTwoDestinations) {  // RFC 4007 §6
  DestinationCache cache;
  cache.FindOrAdd({Address(1), 1}).path_mtu = 1300;
  EXPECT_EQ(cache.FindOrAdd({Address(1), 2}).path_mtu, 0u);
  EXPECT_EQ(cache.Find({Address(1), 1})->path_mtu, 1300u);
  EXPECT_EQ(cache.Find(Address(1)), nullptr);
}

TEST(DestinationCache, ClearForgetsAll) {
  DestinationCache cache;
  cache.MarkCurrent(cache.FindOrAdd(Address(1)));
  cache.Clear();
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.Find(Address(1)), nullptr);
  EXPECT_FALSE(cache.IsCurrent(cache.FindOrAdd(Address(1))));
}

}  // namespace
}  // namespace dualsim::ipv6
