#include "stack/group/multicast_listener.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stack/wire/mac_address.h"

namespace dualsim::group {
namespace {

constexpr Time kStart = Time() + Seconds(3);

Ipv6Address Address(std::string_view text) { return *Ipv6Address::Parse(text); }
const Ipv6Address kGroup = Address("ff05::1:3");
const Ipv6Address kOtherGroup = Address("ff02::1:ff00:a");
const Ipv6Address kSource1 = Address("2001:db8::1");
const Ipv6Address kSource2 = Address("2001:db8::2");
const Ipv6Address kSource3 = Address("2001:db8::3");

// Writes down what the listener does, one line per message or card command.
class Transcript : public MulticastListenerOutput {
 public:
  void SendReport(const wire::ListenerReport& report) override {
    std::string line = "report";
    for (const wire::ListenerRecord& record : report.records) {
      static constexpr const char* kNames[] = {"?",     "IS_IN", "IS_EX", "TO_IN",
                                               "TO_EX", "ALLOW", "BLOCK"};
      line += std::string(" ") + kNames[static_cast<int>(record.type)] + " " +
              record.group.ToString() + "{";
      for (const Ipv6Address& source : record.sources) line += source.ToString() + ",";
      line += "}";
    }
    sent.push_back(line);
    largest = std::max(largest, report.size());
  }
  void SendMessageV1(const wire::ListenerMessageV1& message) override {
    sent.push_back((message.type == wire::Icmpv6Type::kMulticastListenerDone ? "done " : "v1 ") +
                   message.group.ToString());
  }
  void JoinCardGroup(const MacAddress& group) override { card.push_back("+" + group.ToString()); }
  void LeaveCardGroup(const MacAddress& group) override { card.push_back("-" + group.ToString()); }

  std::vector<std::string> TakeSent() { return std::exchange(sent, {}); }

  std::vector<std::string> sent;
  std::vector<std::string> card;
  size_t largest = 0;
};

using Lines = std::vector<std::string>;

class MulticastListenerTest : public testing::Test {
 protected:
  static RandomStream Random(uint64_t seed) { return RandomStream(seed, "host", "mld"); }

  // Runs every deadline up to `until`.
  void RunUntil(Time until) {
    for (int guard = 0; listener_.deadline() <= until; ++guard) {
      ASSERT_LT(guard, 1000) << "the deadline does not move";
      listener_.Advance(listener_.deadline(), out_);
    }
  }
  static wire::ListenerQuery Query(const Ipv6Address& group = {},
                                   std::vector<Ipv6Address> sources = {}) {
    wire::ListenerQuery query;
    query.maximum_response_delay = Seconds(10);
    query.group = group;
    query.robustness_variable = 2;
    query.query_interval = Seconds(125);
    query.sources = std::move(sources);
    return query;
  }
  static wire::ListenerQuery QueryV1(const Ipv6Address& group = {}) {
    wire::ListenerQuery query = Query(group);
    query.version1 = true;
    query.query_interval = Duration();
    return query;
  }
  // Joins kGroup and lets its reports pass.
  void JoinQuietly(const Ipv6Address& group = kGroup) {
    listener_.Join(kStart, group, out_);
    RunUntil(kStart + Seconds(5));
    out_.sent.clear();
  }
  static constexpr Time kLater = kStart + Seconds(100);

  Transcript out_;
  MulticastListener listener_{Random(1)};
};

TEST_F(MulticastListenerTest, JoiningReportsAtOnceAndAgainWithinASecond) {  // RFC 3810 §6.1
  listener_.Join(kStart, kGroup, out_);
  EXPECT_EQ(out_.TakeSent(), Lines{"report TO_EX ff05::1:3{}"});
  EXPECT_GT(listener_.deadline(), kStart);
  EXPECT_LE(listener_.deadline(), kStart + Seconds(1));
  listener_.Advance(listener_.deadline() - Nanoseconds(1), out_);
  EXPECT_TRUE(out_.sent.empty());
  listener_.Advance(listener_.deadline(), out_);
  EXPECT_EQ(out_.TakeSent(), Lines{"report TO_EX ff05::1:3{}"});
  EXPECT_EQ(listener_.deadline(), Time::Never()) << "Robustness Variable times in all";
}

TEST_F(MulticastListenerTest, RepetitionsOfSeveralGroupsShareAReport) {
  listener_.Join(kStart, kGroup, out_);
  listener_.Join(kStart, kOtherGroup, out_);
  out_.sent.clear();
  RunUntil(kStart + Seconds(1));
  EXPECT_EQ(out_.TakeSent(), Lines{"report TO_EX ff02::1:ff00:a{} TO_EX ff05::1:3{}"});
}

TEST_F(MulticastListenerTest, AGroupIsLeftWithTheLastWhoJoined) {
  listener_.Join(kStart, kGroup, out_);
  JoinQuietly();
  listener_.Leave(kLater, kGroup, out_);
  EXPECT_TRUE(out_.sent.empty());
  EXPECT_TRUE(listener_.Accepts(kGroup, kSource1));
  listener_.Leave(kLater, kGroup, out_);
  EXPECT_FALSE(listener_.Accepts(kGroup, kSource1));
  RunUntil(kLater + Seconds(5));
  EXPECT_EQ(out_.TakeSent(), (Lines{"report TO_IN ff05::1:3{}", "report TO_IN ff05::1:3{}"}));
}

TEST_F(MulticastListenerTest, AllNodesAndNodeLocalGroupsAreNeverReported) {  // RFC 3810 §6
  for (const char* text : {"ff02::1", "ff01::1", "ff00::5"}) {
    listener_.Join(kStart, Address(text), out_);
    EXPECT_TRUE(listener_.IsMember(Address(text)));
  }
  listener_.OnQuery(kStart, Query());
  listener_.OnQuery(kStart, Query(Ipv6Address::AllNodes()));
  listener_.ReportAll(kStart, out_);
  EXPECT_EQ(listener_.deadline(), Time::Never());
  listener_.ShutDown(out_);
  EXPECT_TRUE(out_.sent.empty());
}

TEST_F(MulticastListenerTest, TheCardFollowsTheGroups) {
  listener_.Join(kStart, Ipv6Address::AllNodes(), out_);
  listener_.Join(kStart, kGroup, out_);
  listener_.Join(kStart, kGroup, out_);
  listener_.Leave(kStart, kGroup, out_);
  listener_.Leave(kStart, kGroup, out_);
  EXPECT_EQ(out_.card, (Lines{"+33:33:00:00:00:01", "+33:33:00:01:00:03", "-33:33:00:01:00:03"}));
}

TEST_F(MulticastListenerTest, GroupsThatShareAnEthernetGroupKeepItUntilTheLastLeaves) {
  const Ipv6Address twin = Address("ff0e::1:3");
  listener_.Join(kStart, kGroup, out_);
  listener_.Join(kStart, twin, out_);
  listener_.Leave(kStart, kGroup, out_);
  EXPECT_EQ(out_.card, Lines{"+33:33:00:01:00:03"});
  listener_.Leave(kStart, twin, out_);
  EXPECT_EQ(out_.card, (Lines{"+33:33:00:01:00:03", "-33:33:00:01:00:03"}));
}

TEST_F(MulticastListenerTest, AGeneralQueryIsAnsweredForAllGroupsAfterARandomDelay) {
  JoinQuietly();
  JoinQuietly(kOtherGroup);
  listener_.OnQuery(kLater, Query());
  EXPECT_TRUE(out_.sent.empty()) << "never at once: RFC 3810 §6.3";
  EXPECT_GT(listener_.deadline(), kLater);
  EXPECT_LE(listener_.deadline(), kLater + Seconds(10));
  RunUntil(kLater + Seconds(10));
  EXPECT_EQ(out_.TakeSent(), Lines{"report IS_EX ff02::1:ff00:a{} IS_EX ff05::1:3{}"});
}

TEST_F(MulticastListenerTest, AQueryForAGroupIsAnsweredForItAlone) {
  JoinQuietly();
  JoinQuietly(kOtherGroup);
  listener_.OnQuery(kLater, Query(kGroup));
  listener_.OnQuery(kLater, Query(Address("ff05::9")));
  RunUntil(kLater + Seconds(10));
  EXPECT_EQ(out_.TakeSent(), Lines{"report IS_EX ff05::1:3{}"});
}

TEST_F(MulticastListenerTest, AnAnswerToAGeneralQueryThatComesSoonerServesTheOthers) {
  JoinQuietly();
  wire::ListenerQuery soon = Query();
  soon.maximum_response_delay = Milliseconds(1);
  wire::ListenerQuery late = Query(kGroup);
  late.maximum_response_delay = Seconds(1000);
  listener_.OnQuery(kLater, soon);
  listener_.OnQuery(kLater, late);  // RFC 3810 §6.2, rule 1.
  RunUntil(kLater + Seconds(2000));
  EXPECT_EQ(out_.TakeSent(), Lines{"report IS_EX ff05::1:3{}"});
}

TEST_F(MulticastListenerTest, AQueryForSourcesIsAnsweredForThoseThatAreHeard) {  // §6.3 item 3
  JoinQuietly();
  listener_.Listen(kStart, ListenerId{1}, kOtherGroup, {FilterMode::kInclude, {kSource1, kSource2}},
                   out_);
  RunUntil(kStart + Seconds(5));
  out_.sent.clear();
  listener_.OnQuery(kLater, Query(kOtherGroup, {kSource3, kSource2}));
  RunUntil(kLater + Seconds(10));
  EXPECT_EQ(out_.TakeSent(), Lines{"report IS_IN ff02::1:ff00:a{2001:db8::2,}"});
  listener_.OnQuery(kLater, Query(kGroup, {kSource3}));
  listener_.OnQuery(kLater, Query(kGroup, {kSource1}));  // Rule 5: one answer for both.
  RunUntil(kLater + Seconds(10));
  EXPECT_EQ(out_.TakeSent(), Lines{"report IS_IN ff05::1:3{2001:db8::1,2001:db8::3,}"});
}

TEST_F(MulticastListenerTest, AQueryForSourcesThatNobodyHearsIsNotAnswered) {
  listener_.Listen(kStart, ListenerId{1}, kGroup, {FilterMode::kInclude, {kSource1}}, out_);
  RunUntil(kStart + Seconds(5));
  out_.sent.clear();
  listener_.OnQuery(kLater, Query(kGroup, {kSource2}));
  RunUntil(kLater + Seconds(10));
  EXPECT_TRUE(out_.sent.empty());
}

TEST_F(MulticastListenerTest, AQueryForTooManySourcesIsAnsweredForTheGroup) {
  JoinQuietly();
  std::vector<Ipv6Address> many;
  for (size_t i = 0; i <= MulticastListener::kMaximumQueriedSources; ++i) {
    many.push_back(Ipv6Address::FromIntegers(1, i));
  }
  listener_.OnQuery(kLater, Query(kGroup, many));
  RunUntil(kLater + Seconds(10));
  EXPECT_EQ(out_.TakeSent(), Lines{"report IS_EX ff05::1:3{}"});
}

TEST_F(MulticastListenerTest, ListenersFiltersAreMerged) {  // RFC 3810 §4.2
  const auto listen = [&](uint32_t id, SourceFilter filter) {
    listener_.Listen(kStart, ListenerId{id}, kGroup, std::move(filter), out_);
    return out_.TakeSent();
  };
  EXPECT_EQ(listen(1, {FilterMode::kInclude, {kSource2, kSource1}}),
            Lines{"report ALLOW ff05::1:3{2001:db8::1,2001:db8::2,}"});
  EXPECT_TRUE(listener_.Accepts(kGroup, kSource2));
  EXPECT_FALSE(listener_.Accepts(kGroup, kSource3));
  EXPECT_EQ(listen(2, {FilterMode::kExclude, {kSource2, kSource3}}),
            Lines{"report TO_EX ff05::1:3{2001:db8::3,}"});
  EXPECT_TRUE(listener_.Accepts(kGroup, Address("2001:db8::9")));
  EXPECT_FALSE(listener_.Accepts(kGroup, kSource3));
  RunUntil(kStart + Seconds(5));
  out_.sent.clear();
  EXPECT_EQ(listen(1, {}), Lines{"report BLOCK ff05::1:3{2001:db8::2,}"});
  RunUntil(kStart + Seconds(9));
  EXPECT_EQ(out_.TakeSent(), Lines{"report BLOCK ff05::1:3{2001:db8::2,}"});
  EXPECT_EQ(listen(2, {}), Lines{"report TO_IN ff05::1:3{}"});
}

TEST_F(MulticastListenerTest, AChangeBeforeTheRepetitionIsMergedIntoIt) {  // RFC 3810 §6.1
  listener_.Listen(kStart, ListenerId{1}, kGroup, {FilterMode::kInclude, {kSource1}}, out_);
  listener_.Listen(kStart, ListenerId{1}, kGroup, {FilterMode::kInclude, {kSource2}}, out_);
  EXPECT_EQ(out_.TakeSent(),
            (Lines{"report ALLOW ff05::1:3{2001:db8::1,}",
                   "report ALLOW ff05::1:3{2001:db8::2,} BLOCK ff05::1:3{2001:db8::1,}"}));
  RunUntil(kStart + Seconds(5));
  EXPECT_EQ(out_.TakeSent(),
            Lines{"report ALLOW ff05::1:3{2001:db8::2,} BLOCK ff05::1:3{2001:db8::1,}"});
}

TEST_F(MulticastListenerTest, LeavingBeforeTheRepetitionReplacesIt) {
  listener_.Join(kStart, kGroup, out_);
  listener_.Leave(kStart, kGroup, out_);
  out_.sent.clear();
  RunUntil(kStart + Seconds(5));
  EXPECT_EQ(out_.TakeSent(), Lines{"report TO_IN ff05::1:3{}"});
  EXPECT_EQ(listener_.deadline(), Time::Never());
}

TEST_F(MulticastListenerTest, ManyGroupsAreSplitIntoReportsThatFit) {  // RFC 3810 §5.2.15
  for (uint64_t i = 0; i < 200; ++i) {
    listener_.Join(kStart, Ipv6Address::FromIntegers(0xff05ull << 48, 0x1000 + i), out_);
  }
  RunUntil(kStart + Seconds(5));
  out_.sent.clear();
  listener_.OnQuery(kLater, Query());
  RunUntil(kLater + Seconds(10));
  EXPECT_EQ(out_.sent.size(), 4u) << "61 records of 20 bytes fit 1232";
  EXPECT_LE(out_.largest, 1232u);
}

TEST_F(MulticastListenerTest, AnOlderQuerierSwitchesToVersion1ForItsTimeout) {  // §8.2.1, §9.12
  JoinQuietly();
  listener_.OnQuery(kLater, QueryV1());
  EXPECT_TRUE(listener_.version1());
  RunUntil(kLater + Seconds(10));
  EXPECT_EQ(out_.TakeSent(), Lines{"v1 ff05::1:3"});
  const Time end = kLater + Seconds(2 * 125 + 10);
  EXPECT_EQ(listener_.deadline(), end);
  listener_.Advance(end - Nanoseconds(1), out_);
  EXPECT_TRUE(listener_.version1());
  listener_.Advance(end, out_);
  EXPECT_FALSE(listener_.version1());
  listener_.Join(end, kOtherGroup, out_);
  EXPECT_EQ(out_.TakeSent(), Lines{"report TO_EX ff02::1:ff00:a{}"});
}

TEST_F(MulticastListenerTest, Version1JoinsWithReportsAndLeavesWithDone) {  // RFC 2710 §4
  listener_.OnQuery(kStart, QueryV1());
  listener_.Join(kStart, kGroup, out_);
  EXPECT_EQ(out_.TakeSent(), Lines{"v1 ff05::1:3"});
  RunUntil(kStart + Seconds(5));
  EXPECT_EQ(out_.TakeSent(), Lines{"v1 ff05::1:3"});
  listener_.Leave(kStart + Seconds(6), kGroup, out_);
  RunUntil(kStart + Seconds(20));
  EXPECT_EQ(out_.TakeSent(), Lines{"done ff05::1:3"});
}

TEST_F(MulticastListenerTest, AnothersVersion1ReportNeedsNoneOfOurs) {  // RFC 2710 §4
  JoinQuietly();
  listener_.OnQuery(kLater, QueryV1());
  listener_.OnReportV1(kGroup);
  RunUntil(kLater + Seconds(20));
  listener_.Leave(kLater + Seconds(20), kGroup, out_);
  EXPECT_TRUE(out_.sent.empty()) << "whoever did not report last is silent in leaving";
}

TEST_F(MulticastListenerTest, WhoReportedWithVersion2LeavesWithDone) {  // RFC 2710 §4
  JoinQuietly();
  listener_.OnQuery(kLater, QueryV1());
  listener_.Leave(kLater, kGroup, out_);
  RunUntil(kLater + Seconds(20));
  EXPECT_EQ(out_.TakeSent(), Lines{"done ff05::1:3"});
}

TEST_F(MulticastListenerTest, ReportsAreRepeatedAsTheQuerierSays) {  // RFC 3810 §9
  JoinQuietly();
  const auto reports_of_a_join = [this](uint8_t robustness_variable) {
    wire::ListenerQuery query = Query(kOtherGroup);  // It is not answered.
    query.robustness_variable = robustness_variable;
    listener_.OnQuery(kLater, query);
    listener_.Join(kLater, Address("ff05::77"), out_);
    RunUntil(kLater + Seconds(20));
    const size_t count = out_.TakeSent().size();
    listener_.Leave(kLater, Address("ff05::77"), out_);
    RunUntil(kLater + Seconds(20));
    out_.TakeSent();
    return count;
  };
  EXPECT_EQ(reports_of_a_join(4), 4u);
  EXPECT_EQ(reports_of_a_join(1), 2u) << "it should not be 1, §9.1";
  EXPECT_EQ(reports_of_a_join(7), 7u);
  EXPECT_EQ(reports_of_a_join(0), 2u) << "0 tells nothing, §5.1.8";
}

TEST_F(MulticastListenerTest, Version2IsNotSuppressedByAVersion1Report) {  // RFC 3810 §8.2.2
  JoinQuietly();
  listener_.OnQuery(kLater, Query());
  listener_.OnReportV1(kGroup);
  RunUntil(kLater + Seconds(20));
  EXPECT_EQ(out_.TakeSent(), Lines{"report IS_EX ff05::1:3{}"});
}

TEST_F(MulticastListenerTest, AChangeOfVersionCancelsWhatIsPending) {  // RFC 3810 §8.2.1
  listener_.Join(kStart, kGroup, out_);
  listener_.Leave(kStart, kGroup, out_);
  out_.sent.clear();
  listener_.OnQuery(kStart, QueryV1());
  RunUntil(kStart + Seconds(100));
  EXPECT_TRUE(out_.sent.empty());
}

TEST_F(MulticastListenerTest, ReportAllRepeatsTheUnsolicitedReports) {  // RFC 3590 §4
  JoinQuietly();
  listener_.ReportAll(kLater, out_);
  RunUntil(kLater + Seconds(5));
  EXPECT_EQ(out_.TakeSent(), (Lines{"report TO_EX ff05::1:3{}", "report TO_EX ff05::1:3{}"}));
}

TEST_F(MulticastListenerTest, ARestartKeepsTheGroupsAndForgetsWhatWaits) {
  listener_.Join(kStart, kGroup, out_);
  wire::ListenerQuery query = Query();
  query.version1 = true;
  listener_.OnQuery(kStart, query);
  listener_.Restart();
  EXPECT_EQ(listener_.deadline(), Time::Never());
  EXPECT_FALSE(listener_.version1());
  EXPECT_TRUE(listener_.IsMember(kGroup));
  out_.TakeSent();
  listener_.ReportAll(kLater, out_);
  RunUntil(kLater + Seconds(5));
  EXPECT_EQ(out_.TakeSent(), (Lines{"report TO_EX ff05::1:3{}", "report TO_EX ff05::1:3{}"}));
}

TEST_F(MulticastListenerTest, ARestartForgetsGroupsThatWereLeft) {
  JoinQuietly();
  listener_.Leave(kLater, kGroup, out_);
  listener_.Restart();
  out_.TakeSent();
  RunUntil(kLater + Seconds(5));
  EXPECT_TRUE(out_.TakeSent().empty());
}

TEST_F(MulticastListenerTest, ShuttingDownLeavesEveryGroupInOneReport) {
  JoinQuietly();
  JoinQuietly(kOtherGroup);
  out_.card.clear();
  listener_.ShutDown(out_);
  EXPECT_EQ(out_.TakeSent(), Lines{"report TO_IN ff02::1:ff00:a{} TO_IN ff05::1:3{}"});
  EXPECT_EQ(out_.card, (Lines{"-33:33:ff:00:00:0a", "-33:33:00:01:00:03"}));
  EXPECT_EQ(listener_.deadline(), Time::Never());
  EXPECT_FALSE(listener_.IsMember(kGroup));
}

TEST(CheckListenerMessage, TakesOnlyNeighboursWithHopLimit1AndRouterAlert) {  // §5.1.14, §6.2
  const Ipv6Address neighbor = Address("fe80::1");
  EXPECT_EQ(CheckListenerMessage({neighbor, 1, true}), std::nullopt);
  EXPECT_EQ(CheckListenerMessage({neighbor, 2, true}), DropReason::MLD_HOP_LIMIT);
  EXPECT_EQ(CheckListenerMessage({neighbor, 1, false}), DropReason::MLD_NO_ROUTER_ALERT);
  EXPECT_EQ(CheckListenerMessage({kSource1, 1, true}), DropReason::MLD_SOURCE_NOT_LINK_LOCAL);
  EXPECT_EQ(CheckListenerMessage({Ipv6Address(), 1, true}), DropReason::MLD_SOURCE_NOT_LINK_LOCAL);
}

}  // namespace
}  // namespace dualsim::group
