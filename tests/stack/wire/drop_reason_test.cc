#include "stack/wire/drop_reason.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace dualsim {
namespace {

TEST(DropReason, EveryReasonHasANameOfItsOwnAndAText) {
  std::set<std::string_view> names;
  for (int i = 0; i < static_cast<int>(DropReason::kCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    EXPECT_TRUE(names.insert(DropReasonName(reason)).second) << DropReasonName(reason);
    EXPECT_FALSE(DropReasonText(reason).empty());
    EXPECT_EQ(FindDropReason(DropReasonName(reason)), reason);
  }
}

TEST(DropReason, UnknownNamesAreNotFound) {
  EXPECT_FALSE(FindDropReason(""));
  EXPECT_FALSE(FindDropReason("kCount"));
  EXPECT_FALSE(FindDropReason("icmpv6_bad_checksum"));
}

}  // namespace
}  // namespace dualsim
