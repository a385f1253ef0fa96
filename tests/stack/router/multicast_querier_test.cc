#include "stack/router/multicast_querier.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/group/multicast_listener.h"
#include "stack/wire/mac_address.h"

namespace dualsim::router {
namespace {

using wire::ListenerRecordType;
using Lines = std::vector<std::string>;

constexpr Time kStart = Time() + Seconds(5);

Ipv6Address Address(std::string_view text) { return *Ipv6Address::Parse(text); }
const Ipv6Address kOwn = Address("fe80::5");
const Ipv6Address kListener = Address("fe80::9");
const Ipv6Address kGroup = Address("ff05::1:3");
const Ipv6Address kSource1 = Address("2001:db8::1");
const Ipv6Address kSource2 = Address("2001:db8::2");

// "12.5 ff05::1:3{sources} S": when, for what, S where processing is suppressed.
class Transcript : public MulticastQuerierOutput {
 public:
  void SendQuery(const Ipv6Address& destination, const wire::ListenerQuery& query) override {
    EXPECT_EQ(destination, query.group.is_unspecified() ? Ipv6Address::AllNodes() : query.group);
    std::string line =
        std::to_string((now - kStart).nanoseconds() / 1'000'000) + " " + query.group.ToString();
    if (!query.sources.empty()) {
      line += "{";
      for (const Ipv6Address& source : query.sources) line += source.ToString() + ",";
      line += "}";
    }
    if (query.suppress_router_processing) line += " S";
    sent.push_back(line);
    last = query;
  }
  Lines Take() { return std::exchange(sent, {}); }

  Time now = kStart;
  Lines sent;
  wire::ListenerQuery last;
};

class MulticastQuerierTest : public testing::Test {
 protected:
  void RunUntil(Time until) {
    for (int guard = 0; querier_.deadline() <= until; ++guard) {
      ASSERT_LT(guard, 1000);
      out_.now = querier_.deadline();
      querier_.Advance(out_.now, out_);
    }
    out_.now = until;
  }
  std::optional<DropReason> Report(ListenerRecordType type, std::vector<Ipv6Address> sources = {},
                                   const Ipv6Address& group = kGroup) {
    return querier_.OnReport(out_.now, reporter_, {{{type, group, std::move(sources)}}}, out_);
  }
  // Past the first queries, all quiet.
  void SkipStartup() {
    RunUntil(kStart + Seconds(40));
    out_.Take();
  }

  Ipv6Address reporter_ = kListener;
  Transcript out_;
  MulticastQuerier querier_{kStart, kOwn};
};

TEST_F(MulticastQuerierTest, StartsWithQueriesInQuickSuccession) {  // §7.6.2, §9.6, §9.7
  RunUntil(kStart + Seconds(290));
  EXPECT_EQ(out_.Take(), (Lines{"0 ::", "31250 ::", "156250 ::", "281250 ::"}));
  EXPECT_EQ(out_.last.maximum_response_delay, Seconds(10));
  EXPECT_EQ(out_.last.query_interval, Seconds(125));
  EXPECT_EQ(out_.last.robustness_variable, 2);
}

TEST_F(MulticastQuerierTest, TheLowerAddressIsTheQuerier) {  // §7.6.2
  SkipStartup();
  querier_.OnQuery(out_.now, Address("fe80::6"), {});
  EXPECT_TRUE(querier_.is_querier());
  wire::ListenerQuery query;
  query.robustness_variable = 3;
  query.query_interval = Seconds(20);
  querier_.OnQuery(out_.now, Address("fe80::4"), query);
  EXPECT_FALSE(querier_.is_querier());
  // §9.5, with the values of the querier: 3 * 20 s + 10 s / 2.
  const Time end = out_.now + Seconds(65);
  RunUntil(end - Nanoseconds(1));
  EXPECT_EQ(out_.Take(), Lines{});
  RunUntil(end);
  EXPECT_TRUE(querier_.is_querier());
  EXPECT_EQ(out_.Take(), Lines{"105000 ::"});
  EXPECT_EQ(out_.last.query_interval, Seconds(125)) << "its own values again";
}

TEST_F(MulticastQuerierTest, AGroupWithoutReportsIsForgotten) {  // §9.4
  SkipStartup();
  Report(ListenerRecordType::kModeIsExclude);
  EXPECT_TRUE(querier_.ShouldForward(kGroup, kSource1));
  const Time end = out_.now + Seconds(260);
  RunUntil(end - Nanoseconds(1));
  EXPECT_EQ(querier_.group_count(), 1u);
  RunUntil(end);
  EXPECT_EQ(querier_.group_count(), 0u);
}

TEST_F(MulticastQuerierTest, ALeaveIsAskedAboutTwiceAndTakesTwoSeconds) {  // §7.6.3.1
  SkipStartup();
  Report(ListenerRecordType::kChangeToExclude);
  EXPECT_EQ(out_.Take(), Lines{});
  Report(ListenerRecordType::kChangeToInclude);
  EXPECT_EQ(out_.Take(), Lines{"40000 ff05::1:3"});
  EXPECT_EQ(out_.last.maximum_response_delay, Seconds(1));
  RunUntil(kStart + Seconds(42) - Nanoseconds(1));
  EXPECT_EQ(out_.Take(), Lines{"41000 ff05::1:3"});
  EXPECT_TRUE(querier_.ShouldForward(kGroup, kSource1));
  RunUntil(kStart + Seconds(42));
  EXPECT_FALSE(querier_.ShouldForward(kGroup, kSource1));
  EXPECT_EQ(out_.Take(), Lines{});
}

TEST_F(MulticastQuerierTest, AnAnswerKeepsTheGroupAndSuppressesTheRepetition) {
  SkipStartup();
  Report(ListenerRecordType::kChangeToExclude);
  Report(ListenerRecordType::kChangeToInclude);
  Report(ListenerRecordType::kModeIsExclude);
  out_.Take();
  RunUntil(kStart + Seconds(60));
  EXPECT_EQ(out_.Take(), Lines{"41000 ff05::1:3 S"});
  EXPECT_TRUE(querier_.ShouldForward(kGroup, kSource1));
}

TEST_F(MulticastQuerierTest, ABlockedSourceIsAskedAbout) {  // §7.6.3.2
  SkipStartup();
  Report(ListenerRecordType::kAllowNewSources, {kSource1, kSource2});
  Report(ListenerRecordType::kBlockOldSources, {kSource1});
  EXPECT_EQ(out_.Take(), Lines{"40000 ff05::1:3{2001:db8::1,}"});
  RunUntil(kStart + Seconds(42));
  EXPECT_EQ(out_.Take(), Lines{"41000 ff05::1:3{2001:db8::1,}"});
  EXPECT_FALSE(querier_.ShouldForward(kGroup, kSource1));
  EXPECT_TRUE(querier_.ShouldForward(kGroup, kSource2));
}

TEST_F(MulticastQuerierTest, AnAnsweredSourceGoesIntoASuppressedQuery) {  // §7.6.3.2
  SkipStartup();
  Report(ListenerRecordType::kAllowNewSources, {kSource1, kSource2});
  Report(ListenerRecordType::kBlockOldSources, {kSource1, kSource2});
  Report(ListenerRecordType::kModeIsInclude, {kSource2});
  out_.Take();
  RunUntil(kStart + Seconds(41));
  EXPECT_EQ(out_.Take(),
            (Lines{"41000 ff05::1:3{2001:db8::2,} S", "41000 ff05::1:3{2001:db8::1,}"}));
}

TEST_F(MulticastQuerierTest, WhoIsNotTheQuerierFollowsItsQueries) {  // §7.6.1
  SkipStartup();
  wire::ListenerQuery query;
  query.robustness_variable = 2;
  query.query_interval = Seconds(125);
  querier_.OnQuery(out_.now, Address("fe80::4"), query);
  Report(ListenerRecordType::kModeIsExclude);
  query.group = kGroup;
  query.suppress_router_processing = true;
  querier_.OnQuery(out_.now, Address("fe80::4"), query);
  RunUntil(kStart + Seconds(45));
  EXPECT_EQ(querier_.group_count(), 1u);
  query.suppress_router_processing = false;
  querier_.OnQuery(out_.now, Address("fe80::4"), query);
  RunUntil(kStart + Seconds(47));
  EXPECT_EQ(querier_.group_count(), 0u);
  EXPECT_EQ(out_.Take(), Lines{}) << "it asks nothing itself";
}

TEST_F(MulticastQuerierTest, AQueryThatTellsNoVariablesBringsTheConfiguredOnes) {  // §5.1.8
  SkipStartup();
  wire::ListenerQuery query;
  query.robustness_variable = 7;
  query.query_interval = Seconds(20);
  querier_.OnQuery(out_.now, Address("fe80::4"), query);
  querier_.OnQuery(out_.now, Address("fe80::4"), wire::ListenerQuery());
  Report(ListenerRecordType::kModeIsExclude);
  RunUntil(out_.now + Seconds(2 * 125 + 10) - Nanoseconds(1));
  EXPECT_EQ(querier_.group_count(), 1u);
  RunUntil(out_.now + Nanoseconds(1));
  EXPECT_EQ(querier_.group_count(), 0u);
}

TEST_F(MulticastQuerierTest, Version1HostsAreHeard) {  // §8.3.2
  SkipStartup();
  querier_.OnMessageV1(out_.now, reporter_, {wire::Icmpv6Type::kMulticastListenerReportV1, kGroup},
                       out_);
  EXPECT_TRUE(querier_.ShouldForward(kGroup, kSource1));
  querier_.OnMessageV1(out_.now, reporter_, {wire::Icmpv6Type::kMulticastListenerDone, kGroup},
                       out_);
  EXPECT_EQ(out_.Take(), Lines{"40000 ff05::1:3"});
}

TEST_F(MulticastQuerierTest, ARouterOfVersion1QueriesAsOne) {  // §8.3.1
  Transcript out;
  MulticastQuerier querier(kStart, kOwn, {.version1 = true});
  querier.Advance(kStart, out);
  EXPECT_TRUE(out.last.version1);
  EXPECT_EQ(out.last.size(), 24u);
  querier.OnReport(kStart, kListener,
                   {{{ListenerRecordType::kChangeToInclude, kGroup, {kSource1, kSource2}}}}, out);
  out.Take();
  querier.OnReport(kStart, kListener,
                   {{{ListenerRecordType::kBlockOldSources, kGroup, {kSource1}}}}, out);
  EXPECT_EQ(out.Take(), Lines{}) << "it has no queries for sources";
}

TEST_F(MulticastQuerierTest, AQueryOfAnotherVersionIsWorthAWarningNowAndThen) {  // §8.3.1
  wire::ListenerQuery query;
  EXPECT_FALSE(querier_.OnQuery(out_.now, Address("fe80::6"), query));
  query.version1 = true;
  EXPECT_TRUE(querier_.OnQuery(out_.now, Address("fe80::6"), query));
  EXPECT_FALSE(querier_.OnQuery(out_.now + Seconds(124), Address("fe80::7"), query));
  EXPECT_TRUE(querier_.OnQuery(out_.now + Seconds(125), Address("fe80::6"), query));
}

class MulticastQuerierFloodTest : public MulticastQuerierTest {
 protected:
  static Ipv6Address Numbered(uint64_t i) {
    return Ipv6Address::FromIntegers(0xff05ull << 48, 0x10000 + i);
  }
  std::optional<DropReason> Join(uint64_t i) {
    return Report(ListenerRecordType::kModeIsExclude, {}, Numbered(i));
  }
  bool Forwards(uint64_t i) const { return querier_.ShouldForward(Numbered(i), kSource1); }
};

TEST_F(MulticastQuerierFloodTest, AFloodFromOneAddressPushesOutItself) {
  SkipStartup();
  reporter_ = Address("fe80::a");
  EXPECT_EQ(Join(0), std::nullopt);
  reporter_ = Address("fe80::bad");
  for (uint64_t i = 1; i < MulticastQuerier::kMaximumGroups; ++i) {
    ASSERT_EQ(Join(i), std::nullopt);
  }
  for (uint64_t i = 2000; i < 3000; ++i) ASSERT_EQ(Join(i), DropReason::MLD_LIMIT);
  EXPECT_EQ(querier_.group_count(), MulticastQuerier::kMaximumGroups);
  EXPECT_TRUE(Forwards(0)) << "who was there before";
  EXPECT_FALSE(Forwards(2998));
  reporter_ = Address("fe80::b");
  EXPECT_EQ(Join(5000), DropReason::MLD_LIMIT);
  EXPECT_EQ(Join(5000), std::nullopt) << "it is known now";
  reporter_ = Address("fe80::bad");
  for (uint64_t i = 3000; i < 4000; ++i) Join(i);
  EXPECT_TRUE(Forwards(0));
  EXPECT_TRUE(Forwards(5000)) << "who comes during the flood";
}

TEST_F(MulticastQuerierFloodTest, AFloodFromManyAddressesPushesOutTheLatest) {
  SkipStartup();
  EXPECT_EQ(Join(0), std::nullopt);
  for (uint64_t i = 1; i < 3000; ++i) {
    reporter_ = Ipv6Address::FromIntegers(0xfe80ull << 48, i);
    Join(i);
  }
  EXPECT_EQ(querier_.group_count(), MulticastQuerier::kMaximumGroups);
  EXPECT_TRUE(Forwards(0));
  EXPECT_TRUE(Forwards(2999));
}

TEST_F(MulticastQuerierFloodTest, NobodyMakesAGroupGoByReportingItToo) {
  SkipStartup();
  reporter_ = Address("fe80::bad");
  for (uint64_t i = 0; i < MulticastQuerier::kMaximumGroups; ++i) Join(i);
  const uint64_t last = MulticastQuerier::kMaximumGroups - 1;
  reporter_ = Address("fe80::a");
  EXPECT_EQ(Join(last), std::nullopt);
  reporter_ = Address("fe80::bad");
  for (uint64_t i = 2000; i < 2100; ++i) Join(i);
  EXPECT_TRUE(Forwards(last));
}

TEST_F(MulticastQuerierFloodTest, WhoEndsWhatNobodyListensToMakesNothingGo) {
  SkipStartup();
  for (uint64_t i = 0; i < MulticastQuerier::kMaximumGroups; ++i) Join(i);
  EXPECT_EQ(Report(ListenerRecordType::kChangeToInclude, {}, Numbered(5000)), std::nullopt);
  EXPECT_EQ(Report(ListenerRecordType::kBlockOldSources, {kSource1}, Numbered(5000)), std::nullopt);
  EXPECT_TRUE(Forwards(MulticastQuerier::kMaximumGroups - 1));
}

TEST_F(MulticastQuerierFloodTest, OfTooManySourcesAllAreHeard) {
  SkipStartup();
  std::vector<Ipv6Address> sources;
  for (uint64_t i = 0; i < GroupRecord::kMaximumSources; ++i) {
    sources.push_back(Ipv6Address::FromIntegers(0x20010db8'0000'0009, i));
  }
  Report(ListenerRecordType::kAllowNewSources, sources);
  EXPECT_FALSE(querier_.ShouldForward(kGroup, kSource1));
  Report(ListenerRecordType::kAllowNewSources, {kSource1});
  EXPECT_TRUE(querier_.ShouldForward(kGroup, kSource1));
  RunUntil(out_.now + Seconds(260));
  EXPECT_EQ(querier_.group_count(), 0u);
}

TEST_F(MulticastQuerierTest, NodeLocalGroupsAndAllNodesAreNobodysBusiness) {
  SkipStartup();
  Report(ListenerRecordType::kModeIsExclude, {}, Ipv6Address::AllNodes());
  Report(ListenerRecordType::kModeIsExclude, {}, Address("ff01::5"));
  Report(ListenerRecordType::kModeIsExclude, {}, Address("2001:db8::5"));
  EXPECT_EQ(querier_.group_count(), 0u);
}

// A querier and listeners on one link without delay or loss.
class Link : public MulticastQuerierOutput, public group::MulticastListenerOutput {
 public:
  explicit Link(int listeners) {
    for (int i = 0; i < listeners; ++i) {
      listeners_.emplace_back(RandomStream(1, "host" + std::to_string(i), "mld"));
    }
  }
  void SendQuery(const Ipv6Address&, const wire::ListenerQuery& query) override {
    for (group::MulticastListener& listener : listeners_) listener.OnQuery(now, query);
  }
  void SendReport(const wire::ListenerReport& report) override {
    querier.OnReport(now, kListener, report, *this);
  }
  void SendMessageV1(const wire::ListenerMessageV1&) override { ADD_FAILURE(); }
  void JoinCardGroup(const MacAddress&) override {}
  void LeaveCardGroup(const MacAddress&) override {}

  void RunUntil(Time until) {
    for (;;) {
      Time next = querier.deadline();
      for (const auto& listener : listeners_) next = std::min(next, listener.deadline());
      if (next > until) break;
      now = next;
      querier.Advance(now, *this);
      for (auto& listener : listeners_) listener.Advance(now, *this);
    }
    now = until;
  }

  Time now = kStart;
  MulticastQuerier querier{kStart, kOwn};
  std::vector<group::MulticastListener> listeners_;
};

TEST(MulticastQuerierWithListeners, AGroupLivesUntilTwoSecondsAfterItsLastListenerLeft) {
  Link link(3);
  link.RunUntil(kStart + Seconds(50));
  for (auto& listener : link.listeners_) listener.Join(link.now, kGroup, link);
  link.RunUntil(kStart + Seconds(2000));
  EXPECT_TRUE(link.querier.ShouldForward(kGroup, kSource1)) << "kept by general queries";
  link.listeners_[0].Leave(link.now, kGroup, link);
  link.listeners_[1].Leave(link.now, kGroup, link);
  link.RunUntil(kStart + Seconds(2010));
  EXPECT_TRUE(link.querier.ShouldForward(kGroup, kSource1)) << "the third answered the query";
  link.listeners_[2].Leave(link.now, kGroup, link);
  // The leave is reported twice within a second, and each is asked about.
  link.RunUntil(kStart + Seconds(2013));
  EXPECT_FALSE(link.querier.ShouldForward(kGroup, kSource1));
}

}  // namespace
}  // namespace dualsim::router
