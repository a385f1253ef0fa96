#include "sim/record/conformance.h"

#include <gtest/gtest.h>

#include <variant>

namespace dualsim::sim {
namespace {

std::vector<Requirement> Rows() {
  const auto parsed = ParseRequirements(
      "id\trole\tstimulus\tpass_criterion\tnote\n"
      "R.1\tHR\ta | b\tanswered\t\n"
      "R.1.A\tH\tc\td\tnoted\n"
      "R.2\tR\te\tf\t\n");
  EXPECT_TRUE(std::holds_alternative<std::vector<Requirement>>(parsed));
  return std::get<std::vector<Requirement>>(parsed);
}

RunSummary Ran(const std::string& name, const std::string& variant, bool held) {
  RunSummary run;
  run.file = "folder/x.textproto";
  run.case_name = name;
  run.variant = variant;
  run.expectations.push_back(
      {.verdict = held ? RunSummary::Verdict::kHeld : RunSummary::Verdict::kFailed});
  return run;
}

TEST(Conformance, ARowForBothPassesWhereAHostAndARouterDid) {
  const auto rows = Rows();
  const std::vector<RunSummary> runs = {Ran("R.1 words", "host", true),
                                        Ran("R.1 words", "router", true), Ran("R.1.A", "", true)};
  const Conformance conformance(rows, runs, {{"R.2", "RFC 1 §2 leaves it open"}});
  EXPECT_TRUE(conformance.complete());
  EXPECT_EQ(conformance.Table(),
            "R.1    HR  pass     host, router\n"
            "R.1.A  H   pass\n"
            "R.2    R   n/a      RFC 1 §2 leaves it open\n"
            "3 rows: 2 pass, 1 not applicable\n");
}

TEST(Conformance, WhatFailsAndWhatNobodyShowsIsTold) {
  const auto rows = Rows();
  const std::vector<RunSummary> runs = {
      Ran("R.1 one", "host", true), Ran("R.2 one", "router", true), Ran("R.2 two", "router", false),
      Ran("R.10 one", "", true), RunSummary()};
  const Conformance conformance(rows, runs, {});
  EXPECT_FALSE(conformance.complete());
  EXPECT_EQ(conformance.Table(),
            "R.1    HR  MISSING  not shown on a variant 'router'\n"
            "R.1.A  H   MISSING\n"
            "R.2    R   FAIL     failed: router\n"
            "R.10 one  pass\n"
            "3 rows: 0 pass, 1 fail, 2 missing\n"
            "1 further cases: 1 pass\n");
}

TEST(Conformance, ThePageSaysWhatEachRowDemands) {
  const auto rows = Rows();
  const Conformance conformance(rows, {Ran("R.1 one", "host", false), Ran("other", "", true)}, {});
  const std::string page = conformance.Page();
  for (const char* expected :
       {"\n## R.1\n",
        "| R.1 | HR | a \\| b: answered | **FAIL**: failed: host | x.textproto (host) |\n",
        "| R.2 | R | e: f | **MISSING** |  |\n", "| other | pass | x.textproto |\n"}) {
    EXPECT_NE(page.find(expected), std::string::npos) << expected << "\n" << page;
  }
}

TEST(Requirements, AMistakeIsToldWithItsLine) {
  const std::string heading = "id\trole\tstimulus\tpass_criterion\tnote\n";
  const auto mistake = [](const std::string& text) {
    const auto parsed = ParseRequirements(text);
    const auto* error = std::get_if<RequirementsError>(&parsed);
    return error == nullptr ? "" : std::to_string(error->line) + ": " + error->message;
  };
  EXPECT_TRUE(mistake("").starts_with("1: a list of requirements begins with"));
  EXPECT_EQ(mistake(heading), "1: the list has no rows");
  EXPECT_EQ(mistake(heading + "A\tX\tc\td\t\n"), "2: the role is 'X'; it is H, R or HR");
  EXPECT_EQ(mistake(heading + "A\tH\tc\td\t\n\nA\tH\tc\td\t\n"), "4: A is there twice");
  EXPECT_TRUE(mistake(heading + "A\tH\tc\n").starts_with("2: a row has five columns"));
  EXPECT_TRUE(mistake(heading + "A\tH\tc\td\te\tf\n").starts_with("2: a row has five columns"));
}

}  // namespace
}  // namespace dualsim::sim
