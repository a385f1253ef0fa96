#include "sim/scenario/state_expectations.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/scenario/load.h"

namespace dualsim::sim {
namespace {

// A plan's expectations, told by hand what two hosts, a and b, do.
class StateExpectationsTest : public testing::Test {
 protected:
  void Expect(const std::string& expectations) {
    LoadResult result = LoadScenarioText(
        "x",
        "duration: \"10s\" link { name: \"lan\" } host { name: \"a\" interface { link: "
        "\"lan\" } } host { name: \"b\" interface { link: \"lan\" } } " +
            expectations);
    ASSERT_EQ(result.diagnostics.ToString(), "");
    plan_ = std::move(*result.plan);
    states_ = std::make_unique<StateExpectations>(plan_);
    states_->OnLifecycle(Time(), kA, Lifecycle::kBoot);
    states_->OnLifecycle(Time(), kB, Lifecycle::kBoot);
  }

  static Time At(int64_t milliseconds) { return Time() + Milliseconds(milliseconds); }

  void Address(int64_t milliseconds, NodeId node, const std::string& address, AddressState state) {
    AddressFact fact;
    fact.address = *Ipv6Address::Parse(address);
    fact.state = state;
    states_->OnAddress(At(milliseconds), node, fact);
  }

  std::vector<Decision> Finish(int64_t milliseconds = 10'000) {
    std::vector<Decision> decisions(plan_.expectations.size());
    states_->Finish(At(milliseconds), &decisions);
    return decisions;
  }

  static constexpr NodeId kA{0};
  static constexpr NodeId kB{1};
  Plan plan_;
  std::unique_ptr<StateExpectations> states_;
};

TEST_F(StateExpectationsTest, ByHoldsFromTheMomentAtWhichItBecomesTrue) {
  Expect("expect { by: \"2s\" address { host: \"a\" ip: \"fe80::1\" state: PREFERRED } }");
  Address(500, kA, "fe80::1", AddressState::kTentative);
  Address(1500, kA, "fe80::1", AddressState::kPreferred);
  Address(1600, kA, "fe80::1", AddressState::kRemoved);
  const Decision decision = Finish().at(0);
  EXPECT_EQ(decision.verdict, Verdict::kHeld);
  EXPECT_EQ(decision.at, At(1500));
}

TEST_F(StateExpectationsTest, ByIncludesItsTimeAndNothingLater) {
  Expect(
      "expect { by: \"2s\" address { host: \"a\" state: PREFERRED } }"
      "expect { by: \"1.999s\" address { host: \"a\" state: PREFERRED } }");
  Address(500, kA, "fe80::1", AddressState::kTentative);
  Address(2000, kA, "fe80::1", AddressState::kPreferred);
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kHeld);
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kFailed);
  EXPECT_EQ(decisions.at(1).at, At(1999));
  EXPECT_EQ(decisions.at(1).seen, "a has fe80::1 TENTATIVE since 500ms");
}

TEST_F(StateExpectationsTest, AtLooksAfterAllThatHappensAtTheTime) {
  Expect(
      "expect { at: \"2s\" address { host: \"a\" state: PREFERRED } }"
      "expect { at: \"3s\" address { host: \"a\" state: PREFERRED } }");
  Address(2000, kA, "fe80::1", AddressState::kTentative);
  Address(2000, kA, "fe80::1", AddressState::kPreferred);
  Address(3000, kA, "fe80::1", AddressState::kDeprecated);
  Address(3001, kA, "fe80::1", AddressState::kPreferred);
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kHeld);
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kFailed);
  EXPECT_EQ(decisions.at(1).seen, "a has fe80::1 DEPRECATED since 3s");
}

TEST_F(StateExpectationsTest, WithoutATimeTheEndCounts) {
  Expect("expect { address { host: \"a\" ip: \"fe80::1\" } }");
  Address(1000, kA, "fe80::1", AddressState::kPreferred);
  Address(10'000, kA, "fe80::1", AddressState::kRemoved);
  const Decision decision = Finish().at(0);
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.seen, "a has no address at all");
  EXPECT_EQ(decision.since, At(10'000));
}

TEST_F(StateExpectationsTest, AlwaysFailsWhenItIsFirstUntrueInItsWindow) {
  Expect(
      "expect { from: \"3s\" always { address { host: \"a\" ip: \"fe80::1\" state: PREFERRED } "
      "} }");
  Address(1000, kA, "fe80::1", AddressState::kPreferred);
  Address(4000, kA, "fe80::1", AddressState::kDuplicate);
  const Decision decision = Finish().at(0);
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.at, At(4000));
  EXPECT_EQ(decision.seen, "a has fe80::1 DUPLICATE since 4s");
}

TEST_F(StateExpectationsTest, AlwaysFailsAtItsStartWhereItWasUntrueBefore) {
  Expect("expect { from: \"3s\" always { address { host: \"a\" ip: \"fe80::1\" } } }");
  Address(3001, kA, "fe80::1", AddressState::kPreferred);
  const Decision decision = Finish().at(0);
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.at, At(3000));
}

TEST_F(StateExpectationsTest, WhatComesAndGoesInOneInstantWasNeverThere) {
  Expect(
      "expect { always { address { host: \"a\" state: REMOVED } } }"
      "expect { never { address { host: \"a\" } } }");
  Address(1000, kA, "fe80::1", AddressState::kTentative);
  Address(1000, kA, "fe80::1", AddressState::kRemoved);
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kHeld);
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kHeld);
}

TEST_F(StateExpectationsTest, NeverFailsWhenAnyOfTheHostsHasIt) {
  Expect("expect { never { address { host: \"*\" ip: \"fe80::1\" } } }");
  Address(1000, kB, "fe80::1", AddressState::kTentative);
  const Decision decision = Finish().at(0);
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.seen, "1 of 2 nodes do; b has fe80::1 TENTATIVE since 1s");
}

TEST_F(StateExpectationsTest, ManyHostsMustEachHaveItAtTheSameTime) {
  Expect("expect { by: \"5s\" address { host: \"*\" state: PREFERRED } }");
  Address(1000, kA, "fe80::a", AddressState::kPreferred);
  Address(2000, kA, "fe80::a", AddressState::kDeprecated);
  Address(3000, kB, "fe80::b", AddressState::kPreferred);
  const Decision decision = Finish().at(0);
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.seen, "1 of 2 nodes don't; a has fe80::a DEPRECATED since 2s");
}

TEST_F(StateExpectationsTest, CountsItemsThatMatch) {
  Expect(
      "expect { address { host: \"a\" in: \"2001:db8::/32\" state: PREFERRED count { exactly: 2 "
      "} } }");
  Address(1000, kA, "2001:db8::1", AddressState::kPreferred);
  Address(1000, kA, "2001:db8:1::1", AddressState::kPreferred);
  Address(1000, kA, "2001:db8:2::1", AddressState::kTentative);
  Address(1000, kA, "fe80::1", AddressState::kPreferred);
  EXPECT_EQ(Finish().at(0).verdict, Verdict::kHeld);
}

TEST_F(StateExpectationsTest, ANodeThatGoesOffLosesItsState) {
  Expect(
      "expect { at: \"5s\" address { host: \"a\" ip: \"fe80::1\" } node { host: \"a\" running: "
      "false } }");
  Address(1000, kA, "fe80::1", AddressState::kPreferred);
  states_->OnLifecycle(At(4000), kA, Lifecycle::kCrash);
  Address(4000, kA, "fe80::1", AddressState::kPreferred);
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kFailed);
  EXPECT_EQ(decisions.at(0).seen, "a is off since 4s");
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kHeld);
}

TEST_F(StateExpectationsTest, NeighborsMatchByStateMacAndRole) {
  Expect(
      "expect { by: \"2s\" neighbor { host: \"a\" ip: \"fe80::2\" state: REACHABLE mac: "
      "\"02:00:00:00:00:02\" is_router: true } }"
      "expect { neighbor { host: \"a\" ip: \"fe80::2\" state: NONE } }");
  NeighborFact fact;
  fact.address = *Ipv6Address::Parse("fe80::2");
  fact.state = NeighborState::kReachable;
  fact.link_layer_address = *MacAddress::Parse("02:00:00:00:00:02");
  states_->OnNeighbor(At(1000), kA, fact);
  fact.is_router = true;
  states_->OnNeighbor(At(1500), kA, fact);
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kHeld);
  EXPECT_EQ(decisions.at(0).at, At(1500));
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kFailed);
  EXPECT_EQ(decisions.at(1).seen,
            "a has fe80::2 REACHABLE at 02:00:00:00:00:02, a router since 1.5s");
}

TEST_F(StateExpectationsTest, RoutersPrefixesAndRoutesComeAndGo) {
  Expect(
      "expect { at: \"1s\" default_router { host: \"a\" ip: \"fe80::2\" } prefix { host: \"a\" "
      "prefix: \"2001:db8::/64\" } route { host: \"a\" prefix: \"::/0\" via: \"fe80::2\" } }"
      "expect { at: \"2s\" default_router { host: \"a\" present: false } prefix { host: \"a\" "
      "present: false } route { host: \"a\" present: false } }");
  for (const bool present : {true, false}) {
    const Time now = At(present ? 500 : 1500);
    const Ipv6Address router = *Ipv6Address::Parse("fe80::2");
    states_->OnDefaultRouter(now, kA, {InterfaceId(0), router, present, Time::Never()});
    states_->OnPrefix(
        now, kA, {InterfaceId(0), *Ipv6Prefix::Parse("2001:db8::/64"), present, Time::Never()});
    states_->OnRoute(now, kA, {Ipv6Prefix(), InterfaceId(0), router, present});
  }
  for (const Decision& decision : Finish()) EXPECT_EQ(decision.verdict, Verdict::kHeld);
}

TEST_F(StateExpectationsTest, WhatARunThatEndsEarlyDoesNotTellStaysOpen) {
  Expect(
      "expect { by: \"5s\" address { host: \"a\" ip: \"fe80::1\" } }"
      "expect { by: \"2s\" address { host: \"a\" ip: \"fe80::1\" } }"
      "expect { always { node { host: \"a\" } } }");
  const std::vector<Decision> decisions = Finish(/*milliseconds=*/3000);
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kUndecided);
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kFailed);
  EXPECT_EQ(decisions.at(2).verdict, Verdict::kUndecided);
}

}  // namespace
}  // namespace dualsim::sim
