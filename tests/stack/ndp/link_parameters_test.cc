#include "stack/ndp/link_parameters.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

constexpr Time kStart = Time() + Seconds(10);

TEST(LinkParameters, ReachableTimeIsUniformBetweenHalfAndOneAndAHalfOfItsBase) {  // RFC 4861 §10
  RandomStream random(1, "host", "test");
  LinkParameters parameters{.base_reachable_time = Milliseconds(10'000)};
  int below = 0;
  for (int i = 0; i < 2000; ++i) {
    parameters.DrawReachableTime(kStart, random);
    ASSERT_GE(parameters.reachable_time, Seconds(5));
    ASSERT_LE(parameters.reachable_time, Seconds(15));
    below += parameters.reachable_time < Seconds(10) ? 1 : 0;
  }
  EXPECT_GT(below, 900);
  EXPECT_LT(below, 1100);
}

TEST(LinkParameters, ItIsDrawnAnewOnlyWhenTheLastDrawIsOld) {  // RFC 4861 §6.3.4
  RandomStream random(1, "host", "test");
  LinkParameters parameters;
  parameters.DrawReachableTime(kStart, random);
  const Duration drawn = parameters.reachable_time;
  parameters.RefreshReachableTime(kStart + Seconds(7200) - Nanoseconds(1), random);
  EXPECT_EQ(parameters.reachable_time, drawn);
  parameters.RefreshReachableTime(kStart + Seconds(7200), random);
  EXPECT_NE(parameters.reachable_time, drawn);
}

TEST(LinkParameters, TheLargestBaseThatARouterCanSayDoesNotOverflow) {
  RandomStream random(1, "host", "test");
  LinkParameters parameters{.base_reachable_time = Milliseconds(0xffffffff)};
  parameters.DrawReachableTime(kStart, random);
  EXPECT_GE(parameters.reachable_time, Milliseconds(0x7fffffff));
}

}  // namespace
}  // namespace dualsim::ndp
