#include "sim/net/mac_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>

#include "sim/net/mac_map.h"
#include "stack/base/random_stream.h"

namespace dualsim::sim {
namespace {

constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }

TEST(MacTable, RemembersWhereAStationWasHeardLast) {
  MacTable table(10, Seconds(300));
  EXPECT_EQ(table.Find(1, At(0)), std::nullopt);
  table.Learn(1, 7, At(0));
  EXPECT_EQ(table.Find(1, At(1)), 7u);
  table.Learn(1, 8, At(2));
  EXPECT_EQ(table.Find(1, At(3)), 8u);
  EXPECT_EQ(table.size(), 1u);
}

TEST(MacTable, AStationThatWasSilentForTheAgeingTimeIsForgotten) {
  MacTable table(10, Seconds(300));
  table.Learn(1, 7, At(0));
  table.Learn(2, 7, At(0));
  table.Learn(1, 7, At(100));
  EXPECT_EQ(table.Find(2, At(299)), 7u);
  EXPECT_EQ(table.Find(2, At(300)), std::nullopt);
  EXPECT_EQ(table.Find(1, At(399)), 7u);
}

TEST(MacTable, AFullTableForgetsWhoWasSilentLongest) {
  MacTable table(3, Seconds(300));
  for (uint64_t key : {1, 2, 3}) table.Learn(key, 0, At(static_cast<int64_t>(key)));
  table.Learn(1, 0, At(4));
  table.Learn(4, 0, At(5));
  EXPECT_EQ(table.Find(2, At(6)), std::nullopt);
  for (uint64_t key : {1, 3, 4}) EXPECT_NE(table.Find(key, At(6)), std::nullopt) << key;
  EXPECT_EQ(table.size(), 3u);
}

TEST(MacTable, SmallerLimitsForgetTheLongestSilent) {
  MacTable table(3, Seconds(300));
  for (uint64_t key : {1, 2, 3}) table.Learn(key, 0, At(static_cast<int64_t>(key)));
  table.SetLimits(1, Seconds(10));
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.Find(3, At(12)), 0u);
  EXPECT_EQ(table.Find(3, At(13)), std::nullopt);
  table.SetLimits(0, Seconds(10));
  table.Learn(5, 0, At(20));
  EXPECT_EQ(table.size(), 0u);
}

TEST(MacTable, ForgettingAPortLeavesTheOthers) {
  MacTable table(10, Seconds(300));
  for (uint64_t key = 0; key < 6; ++key) table.Learn(key, key % 2, At(0));
  table.ForgetPort(1);
  for (uint64_t key = 0; key < 6; ++key) {
    EXPECT_EQ(table.Find(key, At(1)).has_value(), key % 2 == 0) << key;
  }
  table.Clear();
  EXPECT_EQ(table.size(), 0u);
  table.Learn(1, 5, At(2));
  EXPECT_EQ(table.Find(1, At(2)), 5u);
}

TEST(MacMap, AgreesWithAStandardMapOnRandomWork) {
  RandomStream random(3, "map", "work");
  MacMap map;
  std::map<uint64_t, uint32_t> expected;
  for (int step = 0; step < 200'000; ++step) {
    const uint64_t key = random.Below(400) * (step % 2 == 0 ? 1 : uint64_t{1} << 40);
    const auto at = expected.find(key);
    if (at == expected.end()) {
      ASSERT_EQ(map.Find(key), MacMap::kNone);
      const auto value = static_cast<uint32_t>(random.Below(1000));
      map.Insert(key, value);
      expected[key] = value;
    } else {
      ASSERT_EQ(map.Find(key), at->second);
      map.Erase(key);
      expected.erase(at);
    }
    ASSERT_EQ(map.size(), expected.size());
  }
  for (const auto& [key, value] : expected) ASSERT_EQ(map.Find(key), value);
}

}  // namespace
}  // namespace dualsim::sim
