#include "sim/record/junit.h"

#include <gtest/gtest.h>

namespace dualsim::sim {
namespace {

using Verdict = RunSummary::Verdict;

RunSummary ThreeExpectations() {
  RunSummary run;
  run.scenario = "same_mac";
  run.file = "scenarios/dad/same_mac.textproto";
  run.seed = 7;
  run.end = Time() + Seconds(10);
  run.expectations = {
      {.text = "by 2s: a < b & \"c\"",
       .place = "same_mac.textproto:3:1",
       .verdict = Verdict::kHeld},
      {.name = "loser", .verdict = Verdict::kFailed, .seen = "it is TENTATIVE", .report = "1 < 2"},
      {.text = "later", .verdict = Verdict::kUndecided}};
  return run;
}

TEST(JUnit, CountsAndNamesEveryExpectation) {
  const RunSummary runs[] = {ThreeExpectations()};
  EXPECT_EQ(JUnitReport(runs), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="dualsim" tests="3" failures="1" errors="0" skipped="1">
  <testsuite name="same_mac" tests="3" failures="1" errors="0" skipped="1">
    <properties>
      <property name="file" value="scenarios/dad/same_mac.textproto"/>
      <property name="seed" value="7"/>
      <property name="simulated seconds" value="10.000000000"/>
    </properties>
    <testcase classname="same_mac" name="same_mac.textproto:3:1 by 2s: a &lt; b &amp; &quot;c&quot;"/>
    <testcase classname="same_mac" name="loser">
      <failure message="it is TENTATIVE">1 &lt; 2</failure>
    </testcase>
    <testcase classname="same_mac" name="later">
      <skipped message="the run ended before this could be told"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(JUnit, AGoldenTraceThatDiffersIsAFailureOfItsOwn) {
  RunSummary run;
  run.golden_difference = "line 3 differs:\n";
  EXPECT_EQ(run.verdict(), Verdict::kFailed);
  const RunSummary runs[] = {run};
  const std::string report = JUnitReport(runs);
  EXPECT_NE(report.find("tests=\"1\" failures=\"1\""), std::string::npos);
  EXPECT_NE(report.find("line 3 differs:&#10;"), std::string::npos);
}

TEST(JUnit, ControlCharactersThatXmlForbidsAreReplaced) {
  RunSummary run;
  run.scenario = "a\x01z";
  const RunSummary runs[] = {run};
  EXPECT_NE(JUnitReport(runs).find("a?z"), std::string::npos);
}

TEST(RunSummaryTest, AFailureOutweighsWhatIsUndecided) {
  RunSummary run = ThreeExpectations();
  EXPECT_EQ(run.verdict(), Verdict::kFailed);
  run.expectations.erase(run.expectations.begin() + 1);
  EXPECT_EQ(run.verdict(), Verdict::kUndecided);
  run.expectations.pop_back();
  EXPECT_EQ(run.verdict(), Verdict::kHeld);
}

}  // namespace
}  // namespace dualsim::sim
