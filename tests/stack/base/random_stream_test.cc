#include "stack/base/random_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace dualsim {
namespace {

// Computed by another implementation of SplitMix64 and xoshiro256**: a change
// here changes every run of everybody.
TEST(RandomStream, DrawsTheGoldenValues) {
  RandomStream stream(1, "host a", "dad");
  for (const uint64_t expected : {uint64_t{0xaca410517af35ef2}, uint64_t{0x7186637db427c17d},
                                  uint64_t{0x7ff7f6163a3aafe2}, uint64_t{0x9d75532b806edecc}}) {
    EXPECT_EQ(stream(), expected);
  }
  RandomStream empty(0, "", "");
  for (const uint64_t expected : {uint64_t{0x8a21cd34a214a917}, uint64_t{0x9c507e12243e64d0}}) {
    EXPECT_EQ(empty(), expected);
  }
}

TEST(RandomStream, DependsOnSeedEntityAndPurposeAndWhereTheyPart) {
  std::vector<uint64_t> firsts;
  for (const uint64_t seed : {0ull, 1ull}) {
    for (const auto& [entity, purpose] :
         {std::pair("a", "bc"), std::pair("ab", "c"), std::pair("abc", ""), std::pair("", "abc"),
          std::pair("a", "bd"), std::pair("b", "bc")}) {
      firsts.push_back(RandomStream(seed, entity, purpose)());
    }
  }
  std::sort(firsts.begin(), firsts.end());
  EXPECT_EQ(std::unique(firsts.begin(), firsts.end()), firsts.end());
}

TEST(RandomStream, ASourceGivesTheStreamsOfItsEntity) {
  RandomStream direct(7, "r1", "advertisement");
  RandomStream given = RandomSource(7, "r1").Stream("advertisement");
  EXPECT_EQ(given(), direct());
}

TEST(RandomStream, BelowStaysBelowAndReachesEveryValueEvenly) {
  RandomStream stream(3, "test", "below");
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts.at(stream.Below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(stream.Below(1), 0u);
  for (int i = 0; i < 1000; ++i) EXPECT_LT(stream.Below((1ull << 63) + 1), (1ull << 63) + 1);
}

TEST(RandomStream, BetweenIncludesBothEnds) {
  RandomStream stream(3, "test", "between");
  bool low = false;
  bool high = false;
  for (int i = 0; i < 1000; ++i) {
    const Duration d = stream.Between(Nanoseconds(-1), Nanoseconds(2));
    EXPECT_GE(d, Nanoseconds(-1));
    EXPECT_LE(d, Nanoseconds(2));
    low = low || d == Nanoseconds(-1);
    high = high || d == Nanoseconds(2);
  }
  EXPECT_TRUE(low);
  EXPECT_TRUE(high);
  EXPECT_EQ(stream.Between(Seconds(1), Seconds(1)), Seconds(1));
}

TEST(RandomStream, ChanceHasItsTwoCertainEnds) {
  RandomStream stream(3, "test", "chance");
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(stream.Chance(0));
    EXPECT_TRUE(stream.Chance(1'000'000'000));
    hits += stream.Chance(250'000'000) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 2500, 200);
}

}  // namespace
}  // namespace dualsim
