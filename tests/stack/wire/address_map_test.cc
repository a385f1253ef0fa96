#include "stack/wire/address_map.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "stack/base/random_stream.h"

namespace dualsim {
namespace {

Ipv6Address Key(uint64_t n) { return Ipv6Address::FromIntegers(0x2001'0db8ull << 32, n); }

TEST(AddressMap, EmptyItFindsNothing) {
  AddressMap<int> map;
  EXPECT_EQ(map.Find(Key(1)), nullptr);
  EXPECT_FALSE(map.Erase(Key(1)));
  EXPECT_EQ(map.size(), 0u);
  map.Clear();
  EXPECT_EQ(map.Find(Ipv6Address()), nullptr);
}

TEST(AddressMap, TheUnspecifiedAddressIsAKeyLikeAnyOther) {
  AddressMap<int> map;
  map.Insert(Ipv6Address(), 7);
  ASSERT_NE(map.Find(Ipv6Address()), nullptr);
  EXPECT_EQ(*map.Find(Ipv6Address()), 7);
  EXPECT_TRUE(map.Erase(Ipv6Address()));
  EXPECT_EQ(map.Find(Ipv6Address()), nullptr);
}

TEST(AddressMap, InsertingAgainReplacesTheValue) {
  AddressMap<int> map;
  map.Insert(Key(1), 1);
  EXPECT_EQ(map.Insert(Key(1), 2), 2);
  EXPECT_EQ(*map.Find(Key(1)), 2);
  EXPECT_EQ(map.size(), 1u);
}

TEST(AddressMap, ErasingLetsGoOfTheValue) {
  AddressMap<std::shared_ptr<int>> map;
  const auto value = std::make_shared<int>(1);
  for (uint64_t n = 0; n < 10; ++n) map.Insert(Key(n), value);
  for (uint64_t n = 0; n < 10; ++n) EXPECT_TRUE(map.Erase(Key(n)));
  EXPECT_EQ(value.use_count(), 1);
}

// Few keys in a small map, so that they collide and erasing moves others back;
// and many, so that it grows.
TEST(AddressMap, BehavesAsAnOrderedMapDoes) {
  for (const uint64_t keys : {3, 12, 100, 5000}) {
    RandomStream random(keys, "address map", "test");
    AddressMap<uint64_t> map;
    std::map<Ipv6Address, uint64_t> expected;
    for (int step = 0; step < 40'000; ++step) {
      const Ipv6Address key = Key(random.Below(keys) << 40 | random.Below(2));
      switch (random.Below(4)) {
        case 0:
        case 1: {
          const uint64_t value = random();
          EXPECT_EQ(map.Insert(key, value), value);
          expected[key] = value;
          break;
        }
        case 2:
          ASSERT_EQ(map.Erase(key), expected.erase(key) > 0);
          break;
        case 3: {
          const uint64_t* found = map.Find(key);
          const auto wanted = expected.find(key);
          ASSERT_EQ(found != nullptr, wanted != expected.end());
          if (found != nullptr) {
            ASSERT_EQ(*found, wanted->second);
          }
          break;
        }
      }
      ASSERT_EQ(map.size(), expected.size());
      if (step % 10'000 == 9'999) {
        for (const auto& [address, value] : expected) {
          ASSERT_NE(map.Find(address), nullptr);
          ASSERT_EQ(*map.Find(address), value);
        }
      }
      if (step == 25'000) {
        map.Clear();
        expected.clear();
      }
    }
  }
}

}  // namespace
}  // namespace dualsim
