#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/scenario/load.h"
#include "sim/scenario/runner.h"

namespace dualsim::sim {
namespace {

// A host "nut" and two testers on one link, of which tn1 has an address and
// answers solicitations, and tn2 does not answer.
constexpr char kNetwork[] = R"(
link { name: "lan" }
host { name: "nut" interface { link: "lan" mac: "02:00:00:00:00:0a" address: "2001:db8::a/64" } }
tester { name: "tn1" link: "lan" mac: "02:00:00:00:00:01" address: "2001:db8::1" }
tester { name: "tn2" link: "lan" mac: "02:00:00:00:00:02" answer_solicitations: false }
setup { wait: "3s" }
)";

std::vector<Plan> Load(const std::string& text) {
  LoadResult result = LoadScenarioText("x.textproto", kNetwork + text);
  EXPECT_EQ(result.diagnostics.ToString(), "");
  EXPECT_FALSE(result.plan.has_value());
  return std::move(result.cases);
}

std::string Complaints(const std::string& text) {
  return LoadScenarioText("x", text).diagnostics.ToString();
}

struct Result {
  Verdict verdict{};
  std::string failure;
  Time end;
};
Result RunOne(const std::string& steps) {
  const std::vector<Plan> plans = Load("case { name: \"c\" " + steps + " }");
  EXPECT_EQ(plans.size(), 1u);
  if (plans.empty()) return {};
  const RunResult run = sim::Run(plans[0]);
  EXPECT_EQ(run.expectations.size(), 1u);
  const ExpectationResult& e = run.expectations[0];
  return {e.verdict, e.verdict == Verdict::kFailed ? e.expected + " | " + e.seen : "", run.end};
}

constexpr char kEcho[] = R"(
    inject { from: "tn1" name: "probe" frame {
      ipv6 { destination: "$nut.global" } echo_request { identifier: 9 } } })";

TEST(Cases, AStepWaitsForTheAnswerAndTheRunEndsWithTheLastOne) {
  const Result result = RunOne(std::string(kEcho) + R"(expect_packet { within: "9s" frame {
      ethernet { destination: "$tn1.mac" }
      ipv6 { source: "$nut.global" destination: "$tn1.global" } echo_reply { identifier: 9 } } })");
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.verdict, Verdict::kHeld);
  EXPECT_LT(result.end, Time() + Seconds(4)) << "it does not wait for longer than it must";
}

TEST(Cases, WhatDoesNotComeFailsWithTheNearest) {
  const Result result = RunOne(std::string(kEcho) + R"(expect_packet { frame {
      ipv6 {} echo_reply { identifier: 8 } } })");
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_EQ(result.failure.substr(0, result.failure.find(" (at ")),
            "within 1s: ipv6, echo_reply (line 9) | of 2 frames, of the nearest echo_reply: "
            "identifier is 9, expected 8");
}

TEST(Cases, ATesterThatDoesNotAnswerStaysUnresolved) {
  EXPECT_EQ(RunOne(R"(inject { from: "tn2" frame { ipv6 { destination: "$nut.link_local" }
                                                   echo_request {} } }
      expect_packets { during: "5s" count { exactly: 3 } min_interval: "1s"
                       frame { neighbor_solicitation { target: "$tn2.link_local" } }
                       without { echo_reply {} } }
      tester { name: "tn2" answer_solicitations: true }
      inject { from: "tn2" frame { ipv6 { destination: "$nut.link_local" } echo_request {} } }
      expect_packet { frame { echo_reply {} } })")
                .failure,
            "");
}

TEST(Cases, FramesOfOneMomentMayComeInAnyOrder) {
  EXPECT_EQ(RunOne(R"(
      inject { from: "tn1" frame { ipv6 { destination: "$nut.global" } echo_request { sequence: 1 } } }
      inject { from: "tn1" frame { ipv6 { destination: "$nut.global" } echo_request { sequence: 2 } } }
      expect_packet { frame { echo_reply { sequence: 2 } } frame { echo_reply { sequence: 1 } } })")
                .failure,
            "");
}

TEST(Cases, AFrameIsSentManyTimesAndCounts) {
  EXPECT_EQ(RunOne(R"x(
      inject { from: "tn1" times: 5 interval: "1s" frame {
        ethernet { source: "counted(02:00:00:00:01:ff)" }
        ipv6 { source: "counted(fe80::ffff:ffff)" destination: "$nut.link_local" }
        neighbor_solicitation { target: "$nut.link_local"
                                source_link_layer_address: "counted(02:00:00:00:01:ff)" } } }
      expect_packet { frame { ethernet { destination: "02:00:00:00:01:ff" }
                              ipv6 { destination: "fe80::ffff:ffff" } neighbor_advertisement {} } }
      expect_packet { frame { ethernet { destination: "02:00:00:00:02:03" }
                              ipv6 { destination: "fe80::1:0:3" } neighbor_advertisement {} } }
      expect_no_packet { frame { neighbor_advertisement {} } })x")
                .failure,
            "");
}

TEST(Cases, APacketThatWasSeenIsSentAgain) {
  EXPECT_EQ(RunOne(std::string(kEcho) + R"(
      expect_packet { name: "answer" frame { ipv6 {} echo_reply {} } }
      inject { from: "tn1" frame {
        ethernet { destination: "$nut.mac" type: 0x86dd } payload { packet: "probe" } } }
      expect_packet { frame { ipv6 {} echo_reply { identifier: 9 } } }
      expect_no_packet { frame { echo_reply {} } })")
                .failure,
            "");
}

TEST(Cases, FramesThatCountAreSentAndSentByCases) {
  const std::string complaints = Complaints(R"x(link { name: "lan" }
host { name: "nut" interface { link: "lan" } }
tester { name: "tn1" link: "lan" }
case { name: "b" inject { from: "tn1" times: 0 frame { payload { packet: "y" } } }
  inject { from: "tn1" frame { payload { size: 1 hex: "00" } } }
  expect_packet { frame { ipv6 { source: "counted(::1)" } payload { packet: "y" } } }
  action { inject { from: "tn1" times: 2 frame { ipv6 { destination: "::1" } } } }
  expect_state { drops { link: "lan" } } })x");
  for (const char* expected :
       {"x:4:39: times: it is 1 to 100000", "x:4:66: packet: no packet before this is called 'y'",
        "x:5:32: give one of 'hex', 'size' and 'packet'",
        "x:6:34: source: 'counted' is for frames that are sent",
        "x:6:69: packet: it is for frames that are sent",
        "x:7:12: 'times' and 'interval' are for the steps of a case",
        "x:8:18: a step counts what hosts drop"}) {
    EXPECT_NE(complaints.find(expected), std::string::npos) << expected << "\n" << complaints;
  }
}

TEST(Cases, SilenceIsAnAnswer) {
  const std::string silence = R"(expect_no_packet { during: "2s" frame { echo_reply {} } })";
  EXPECT_EQ(RunOne(silence).failure, "");
  EXPECT_EQ(RunOne(kEcho + silence).failure, "no echo_reply (line 9) | one was sent");
}

TEST(Cases, TooEarlyIsAFailure) {
  const Result result = RunOne(std::string(kEcho) + R"(expect_packet {
      not_before: "500ms" frame { echo_reply {} } })");
  EXPECT_EQ(result.failure, "echo_reply (line 10) not before 3.5s | it was sent already");
}

TEST(Cases, StateAndActionsAreSteps) {
  EXPECT_EQ(RunOne(R"(
      action { remove_address { host: "nut" address: "2001:db8::a" } }
      expect_state { address { host: "nut" ip: "2001:db8::a" state: REMOVED } }
      action { ping { from: "nut" to: "fe80::ff:fe00:1" } }
      expect_packet { frame { echo_request {} } })")
                .failure,
            "");
  EXPECT_NE(RunOne(R"(expect_state { within: "1s" neighbor { host: "nut" ip: "::7" } })").failure,
            "");
}

TEST(Cases, DropsAreCountedFromTheStartOfTheCase) {
  const std::string bad = R"(
      inject { from: "tn1" times: 3 frame { ipv6 { destination: "$nut.link_local" hop_limit: 7 }
        neighbor_solicitation { target: "$nut.link_local" } } }
      wait: "1s" expect_state { drops { host: "nut" reason: "NDP_HOP_LIMIT" count { exactly: )";
  EXPECT_EQ(RunOne(bad + "3 } } }").failure, "");
  EXPECT_NE(RunOne(bad + "4 } } }").failure.find("| 3 drops"), std::string::npos);
}

TEST(Cases, WhatCannotBeSentFailsTheCase) {
  EXPECT_EQ(RunOne(R"(action { remove_address { host: "nut" address: "2001:db8::a" } }
      inject { from: "tn1" frame { ipv6 { destination: "$nut.global" } } })")
                .failure,
            "to send this frame | there is no $nut.global");
}

TEST(Cases, EachRunsOnEachVariantUnlessItChooses) {
  const LoadResult result = LoadScenarioText("x.textproto", R"(
      link { name: "lan" }
      variant { name: "host" host { name: "nut" interface { link: "lan" } } }
      variant { name: "router" router { name: "nut" interface { link: "lan" } } }
      variant { name: "other" opt_in: true host { name: "nut" interface { link: "lan" } } }
      snippet { name: "hello" wait: "1s" }
      case { name: "both" use: "hello" }
      case { name: "one" variant: "other" })");
  EXPECT_EQ(result.diagnostics.ToString(), "");
  ASSERT_EQ(result.cases.size(), 3u);
  EXPECT_EQ(result.cases[0].name, "x.both.host");
  EXPECT_EQ(result.cases[1].name, "x.both.router");
  EXPECT_EQ(result.cases[2].name, "x.one.other");
}

TEST(Cases, SayWhichCaseAndVariantTheyAre) {
  const std::vector<Plan> plans = Load(R"(
variant { name: "one" }
variant { name: "two" }
case { name: "RFC 4861 \u00a77.2 (a), b: c" wait: "1s" })");
  ASSERT_EQ(plans.size(), 2u);
  ASSERT_TRUE(plans[1].of_case.has_value());
  EXPECT_EQ(plans[1].of_case->name, "RFC 4861 \u00a77.2 (a), b: c");
  EXPECT_EQ(plans[1].of_case->variant, "two");
  EXPECT_EQ(plans[1].name, "x.RFC 4861 \u00a77.2 (a), b: c.two");
}

TEST(Cases, RowsThatDoNotApplyHaveAReasonAndNoCase) {
  const LoadResult result =
      LoadScenarioText("x.textproto", "not_applicable { id: \"A.1\" reason: \"because\" }\n");
  EXPECT_EQ(result.diagnostics.ToString(), "");
  ASSERT_EQ(result.not_applicable.size(), 1u);
  EXPECT_EQ(result.not_applicable[0].reason, "because");

  const std::string complaints = Complaints(R"(link { name: "lan" }
not_applicable { id: "A.1" }
not_applicable { reason: "because" }
not_applicable { id: "A.2" reason: "because" }
not_applicable { id: "A.2" reason: "because" }
case { name: "A.2 words" wait: "1s" })");
  for (const char* expected :
       {"x:2:1: 'reason' is missing here", "x:3:1: 'id' is missing here",
        "x:4:1: the case 'A.2 words' shows it", "x:5:1: 'A.2' was said not to apply already"}) {
    EXPECT_NE(complaints.find(expected), std::string::npos) << expected << "\n" << complaints;
  }
}

TEST(Cases, WhatIsWrongIsSaidOnceAndAtItsPlace) {
  const std::string complaints = Complaints(R"(link { name: "lan" }
host { name: "nut" interface { link: "lan" } }
tester { name: "tn1" link: "lan" }
setup { use: "helo" wait: "1" }
snippet { name: "hello" use: "hello" }
case { name: "a" inject { from: "tn2" frame { ipv6 {} } } expect_packet {} }
case { name: "a" variant: "x" action { time: "1s" boot { host: "tn1" } } use: "hello" }
at { time: "1s" boot { host: "nut" } })");
  for (const char* expected :
       {"x:4:9: use: no snippet is called 'helo'; did you mean 'hello'?",
        "x:4:21: wait: '1' lacks a unit", "x:5:25: use: snippets use each other too deeply",
        "x:6:27: from: no host and no router is called 'tn2'; did you mean",
        "x:6:47: lacks 'destination'", "x:6:59: 'frame' is missing here",
        "x:7:1: the name 'a' is taken", "x:7:18: no variant is called 'x'",
        "x:7:31: a step has no 'time'",
        "x:7:58: host: 'tn1' is a tester; a host or a router is wanted here",
        "x:8:1: a file of cases has no timeline"}) {
    EXPECT_NE(complaints.find(expected), std::string::npos) << expected << "\n" << complaints;
  }
}

}  // namespace
}  // namespace dualsim::sim
