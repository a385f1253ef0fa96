#include "sim/scenario/near_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace dualsim::sim {
namespace {

const std::vector<std::string> kFields = {"name", "delay", "bandwidth", "queue", "mtu"};

TEST(NearName, CountsEditsAndSwaps) {
  EXPECT_EQ(EditDistance("delay", "delay"), 0u);
  EXPECT_EQ(EditDistance("dealy", "delay"), 1u);
  EXPECT_EQ(EditDistance("DELAY", "delay"), 0u);
  EXPECT_EQ(EditDistance("", "mtu"), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(NearName, OffersTheNearestAndTheFirstOfEquals) {
  EXPECT_EQ(NearName("delai", kFields), "delay");
  EXPECT_EQ(NearName("bandwith", kFields), "bandwidth");
  EXPECT_EQ(NearName("h2", std::vector<std::string>{"h1", "h3"}), "h1");
}

TEST(NearName, OffersNothingThatIsFar) {
  EXPECT_EQ(NearName("colour", kFields), std::nullopt);
  EXPECT_EQ(NearName("", kFields), std::nullopt);
  EXPECT_EQ(NearName("x", std::vector<std::string>{"y"}), std::nullopt)
      << "one letter for another is no slip";
  EXPECT_EQ(NearName(std::string(1000, 'a'), kFields), std::nullopt);
  EXPECT_EQ(DidYouMean("colour", kFields), "");
}

}  // namespace
}  // namespace dualsim::sim
