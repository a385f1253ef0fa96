#include "stack/router/group_record.h"

#include <gtest/gtest.h>

#include <string_view>

namespace dualsim::router {
namespace {

using group::FilterMode;
using group::SourceList;
using wire::ListenerRecordType;

constexpr Time kNow = Time() + Seconds(50);
constexpr GroupRecord::Intervals kIntervals{.listening = Seconds(260),
                                            .last_listener_query = Seconds(2),
                                            .older_host_present = Seconds(260)};
const Ipv6Address kGroup = *Ipv6Address::Parse("ff05::1:3");

Ipv6Address Source(char name) {
  return Ipv6Address::FromIntegers(0x2001'0db8'0000'0000, static_cast<uint64_t>(name));
}
// "ab": the sources a and b.
SourceList List(std::string_view names) {
  SourceList list;
  for (const char name : names) list.push_back(Source(name));
  return list;
}

// The record behaves as INCLUDE (A) or EXCLUDE (X,Y) would, over sources a to f.
void ExpectForwards(const GroupRecord& record, std::string_view names) {
  for (const char name : std::string_view("abcdef")) {
    EXPECT_EQ(record.ShouldForward(Source(name)), names.find(name) != std::string_view::npos)
        << name;
  }
}

class GroupRecordTest : public testing::Test {
 protected:
  GroupRecord::Queries On(ListenerRecordType type, std::string_view names, Time now = kNow) {
    return record_.OnRecord(now, type, List(names), kIntervals);
  }
  void BeInclude(std::string_view a) { On(ListenerRecordType::kModeIsInclude, a); }
  // EXCLUDE (x,y).
  void BeExclude(std::string_view x, std::string_view y) {
    On(ListenerRecordType::kModeIsExclude, y);
    On(ListenerRecordType::kModeIsInclude, x);
  }
  GroupRecord record_{kGroup};
};

// RFC 3810 §7.4.1 and §7.4.2, row by row.

TEST_F(GroupRecordTest, IncludeWithIsInOrAllowAddsSources) {
  BeInclude("ab");
  EXPECT_TRUE(On(ListenerRecordType::kAllowNewSources, "bc").sources.empty());
  EXPECT_EQ(record_.mode(), FilterMode::kInclude);
  ExpectForwards(record_, "abc");
  EXPECT_EQ(record_.deadline(), kNow + Seconds(260));
}

TEST_F(GroupRecordTest, IncludeWithIsExBecomesExclude) {
  BeInclude("ab");
  EXPECT_TRUE(On(ListenerRecordType::kModeIsExclude, "bc").sources.empty());
  EXPECT_EQ(record_.mode(), FilterMode::kExclude);
  ExpectForwards(record_, "abdef");  // EXCLUDE ({b}, {c}), a is any other source now.
}

TEST_F(GroupRecordTest, IncludeWithBlockAsksAboutTheCommonSources) {
  BeInclude("ab");
  const auto queries = On(ListenerRecordType::kBlockOldSources, "bc");
  EXPECT_FALSE(queries.group);
  EXPECT_EQ(queries.sources, List("b"));
  ExpectForwards(record_, "ab");
}

TEST_F(GroupRecordTest, IncludeWithToExAsksAboutTheCommonSources) {
  BeInclude("ab");
  EXPECT_EQ(On(ListenerRecordType::kChangeToExclude, "bc").sources, List("b"));
  EXPECT_EQ(record_.mode(), FilterMode::kExclude);
  ExpectForwards(record_, "abdef");
}

TEST_F(GroupRecordTest, IncludeWithToInAsksAboutTheOthers) {
  BeInclude("ab");
  const auto queries = On(ListenerRecordType::kChangeToInclude, "bc");
  EXPECT_FALSE(queries.group);
  EXPECT_EQ(queries.sources, List("a"));
  ExpectForwards(record_, "abc");
}

TEST_F(GroupRecordTest, ExcludeWithIsInOrAllowRequestsSources) {
  BeExclude("a", "bc");
  EXPECT_TRUE(On(ListenerRecordType::kAllowNewSources, "b").sources.empty());
  ExpectForwards(record_, "abdef");
}

TEST_F(GroupRecordTest, ExcludeWithIsExKeepsWhatItNames) {
  BeExclude("ab", "cd");
  EXPECT_TRUE(On(ListenerRecordType::kModeIsExclude, "bce").sources.empty());
  ExpectForwards(record_, "abdef");  // EXCLUDE ({b,e}, {c}).
  record_.Advance(kNow + Seconds(260));
  EXPECT_TRUE(record_.empty()) << "b and e ran out with the Filter Timer";
}

TEST_F(GroupRecordTest, ExcludeWithBlockRequestsUnknownSourcesForTheFilterTimersTime) {
  BeExclude("a", "b");
  const auto queries = On(ListenerRecordType::kBlockOldSources, "abc");
  EXPECT_FALSE(queries.group);
  EXPECT_EQ(queries.sources, List("ac"));
  ExpectForwards(record_, "acdef");
}

TEST_F(GroupRecordTest, ExcludeWithToExAsksAboutAllButTheExcluded) {
  BeExclude("a", "b");
  EXPECT_EQ(On(ListenerRecordType::kChangeToExclude, "abc").sources, List("ac"));
}

TEST_F(GroupRecordTest, ExcludeWithToInAsksAboutTheGroup) {
  BeExclude("ab", "c");
  const auto queries = On(ListenerRecordType::kChangeToInclude, "bc");
  EXPECT_TRUE(queries.group);
  EXPECT_EQ(queries.sources, List("a"));
  ExpectForwards(record_, "abcdef");
}

// Timers, §7.2.3 and §7.5.

TEST_F(GroupRecordTest, AnIncludedSourceEndsWithItsTimer) {
  BeInclude("a");
  On(ListenerRecordType::kModeIsInclude, "b", kNow + Seconds(100));
  record_.Advance(kNow + Seconds(260) - Nanoseconds(1));
  ExpectForwards(record_, "ab");
  record_.Advance(kNow + Seconds(260));
  ExpectForwards(record_, "b");
  record_.Advance(kNow + Seconds(360));
  EXPECT_TRUE(record_.empty());
}

TEST_F(GroupRecordTest, ARequestedSourceBecomesExcludedWithItsTimer) {
  BeExclude("", "");
  On(ListenerRecordType::kBlockOldSources, "a");
  record_.LowerSourceTimers(kNow, List("a"), kIntervals);
  EXPECT_EQ(record_.deadline(), kNow + Seconds(2));
  record_.Advance(kNow + Seconds(2));
  ExpectForwards(record_, "bcdef");
}

TEST_F(GroupRecordTest, TheFilterTimersEndLeavesTheRequestedSources) {  // §7.5
  BeExclude("", "b");
  On(ListenerRecordType::kAllowNewSources, "a", kNow + Seconds(100));
  record_.Advance(kNow + Seconds(260));
  EXPECT_EQ(record_.mode(), FilterMode::kInclude);
  ExpectForwards(record_, "a");
}

// Hosts of version 1, §8.3.2.

TEST_F(GroupRecordTest, AVersion1ReportListensToAllAndADoneAsks) {
  record_.OnReportV1(kNow, kIntervals);
  ExpectForwards(record_, "abcdef");
  EXPECT_TRUE(record_.OnDoneV1(kNow, kIntervals).group);
}

TEST_F(GroupRecordTest, WhileVersion1IsPresentNothingIsBlocked) {
  record_.OnReportV1(kNow, kIntervals);
  EXPECT_TRUE(On(ListenerRecordType::kBlockOldSources, "a").sources.empty());
  EXPECT_TRUE(On(ListenerRecordType::kChangeToExclude, "a").sources.empty());
  ExpectForwards(record_, "abcdef");
  EXPECT_EQ(On(ListenerRecordType::kBlockOldSources, "a", kNow + Seconds(260)).sources, List("a"));
}

TEST_F(GroupRecordTest, OfMoreSourcesThanItNotesAllAreForwarded) {
  for (uint64_t i = 0; i < 10; ++i) {
    SourceList many;
    for (uint64_t j = 0; j < 32; ++j) many.push_back(Ipv6Address::FromIntegers(7, i * 32 + j));
    record_.OnRecord(kNow, ListenerRecordType::kModeIsInclude, many, kIntervals);
  }
  EXPECT_TRUE(record_.ShouldForward(Ipv6Address::FromIntegers(7, 63)));
  EXPECT_TRUE(record_.ShouldForward(Ipv6Address::FromIntegers(7, 64)));
  EXPECT_EQ(record_.mode(), group::FilterMode::kExclude) << "from anybody, for as long";
  record_.Advance(kNow + kIntervals.listening);
  EXPECT_TRUE(record_.empty());
}

}  // namespace
}  // namespace dualsim::router
