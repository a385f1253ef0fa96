#include "stack/wire/seq_num.h"

#include <gtest/gtest.h>

namespace dualsim {
namespace {

TEST(SeqNum, WrapsAroundAtTheEndOfItsSpace) {
  const SeqNum last(0xffffffff);
  EXPECT_EQ(last + 1, SeqNum(0));
  EXPECT_EQ(SeqNum(0) - 1, last);
  EXPECT_EQ((last + 10) - last, 10u);
  EXPECT_EQ(SeqNum::Distance(last + 10, last), -10);
}

TEST(SeqNum, ComparesWithinHalfOfItsSpace) {
  for (const uint32_t start : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xfffffff0u}) {
    const SeqNum a(start);
    EXPECT_TRUE(a <= a && a >= a && !(a < a) && !(a > a));
    for (const uint32_t step : {1u, 20u, 0x10000u, 0x7fffffffu}) {
      EXPECT_TRUE(a < a + step && a <= a + step) << start << '+' << step;
      EXPECT_TRUE(a + step > a && a + step >= a);
      EXPECT_EQ(SeqNum::Max(a, a + step), a + step);
      EXPECT_EQ(SeqNum::Min(a, a + step), a);
    }
  }
}

}  // namespace
}  // namespace dualsim
