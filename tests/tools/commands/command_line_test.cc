#include "tools/commands/command_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "tools/commands/exit_code.h"

namespace dualsim::commands {
namespace {

std::variant<Command, int> Parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv = {"dualsim"};
  argv.insert(argv.end(), arguments);
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
}

template <typename T>
T Accepted(std::initializer_list<const char*> arguments) {
  const auto parsed = Parse(arguments);
  const auto* command = std::get_if<Command>(&parsed);
  if (command == nullptr || !std::holds_alternative<T>(*command)) {
    ADD_FAILURE() << "refused";
    return {};
  }
  return std::get<T>(*command);
}

// What standard error says of a command line that is refused.
std::string Refusal(std::initializer_list<const char*> arguments) {
  testing::internal::CaptureStderr();
  const auto parsed = Parse(arguments);
  std::string said = testing::internal::GetCapturedStderr();
  const int* code = std::get_if<int>(&parsed);
  EXPECT_TRUE(code != nullptr && *code == kRefused) << "accepted: " << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << "one line: " << said;
  return said;
}

TEST(CommandLine, RunHasTheDefaultsOfTheManual) {
  const auto run = Accepted<RunCommand>({"run", "a.textproto", "b.textproto"});
  EXPECT_EQ(run.files, (std::vector<std::string>{"a.textproto", "b.textproto"}));
  EXPECT_EQ(run.out, "out");
  EXPECT_EQ(run.seed, std::nullopt);
  EXPECT_EQ(run.until, std::nullopt);
  EXPECT_EQ(run.golden, GoldenMode::kIgnore);
  EXPECT_TRUE(run.capture && run.trace && run.database && run.database_frames);
}

TEST(CommandLine, RunTakesEveryOption) {
  const auto run =
      Accepted<RunCommand>({"run", "--seed", "18446744073709551615", "--until", "1.5s", "--out",
                            "x y", "--jobs", "3", "--junit", "j.xml", "-q", "-v", "--no-capture",
                            "--no-trace", "--no-db", "--no-db-frames", "a.textproto"});
  EXPECT_EQ(run.seed, ~uint64_t{0});
  EXPECT_EQ(run.until, Time() + Milliseconds(1500));
  EXPECT_EQ(run.out, "x y");
  EXPECT_EQ(run.jobs, 3);
  EXPECT_EQ(run.junit, "j.xml");
  EXPECT_TRUE(run.quiet && run.verbose);
  EXPECT_FALSE(run.capture || run.trace || run.database || run.database_frames);
  EXPECT_EQ(Accepted<RunCommand>({"run", "a", "--golden", "check"}).golden, GoldenMode::kCheck);
  EXPECT_EQ(Accepted<RunCommand>({"run", "a", "--golden=update"}).golden, GoldenMode::kUpdate);
}

TEST(CommandLine, CheckAndInspectTakeFiles) {
  EXPECT_EQ(Accepted<CheckCommand>({"check", "a", "b"}).files.size(), 2u);
  const auto inspect = Accepted<InspectCommand>({"inspect", "x.pcap", "icmp6 and ip6[40] == 135"});
  EXPECT_EQ(inspect.capture, "x.pcap");
  EXPECT_EQ(inspect.filter, "icmp6 and ip6[40] == 135");
}

TEST(CommandLine, ASlipIsNamedWithWhatWasProbablyMeant) {
  EXPECT_EQ(Refusal({"rum", "a"}),
            "dualsim: there is no command 'rum'; did you mean 'run'? "
            "(dualsim --help lists them)\n");
  EXPECT_NE(Refusal({"run", "--sed", "1", "a"}).find("'--sed'; did you mean '--seed'?"),
            std::string::npos);
  EXPECT_NE(Refusal({"check", "--quite"}).find("'--quite'; did you mean '--quiet'?"),
            std::string::npos)
      << "that no file is there either is not the first thing to say";
  EXPECT_NE(Refusal({"run", "--golden", "chek", "a"}).find("check"), std::string::npos);
}

TEST(CommandLine, WhatIsMissingOrImpossibleIsRefused) {
  EXPECT_NE(Refusal({}).find("it takes a command"), std::string::npos);
  EXPECT_NE(Refusal({"run"}).find("takes a file"), std::string::npos);
  EXPECT_NE(Refusal({"run", "--seed", "-1", "a"}).find("'-1' is not a whole number"),
            std::string::npos);
  EXPECT_NE(Refusal({"run", "--seed", "18446744073709551616", "a"}).find("not a whole number"),
            std::string::npos);
  EXPECT_NE(Refusal({"run", "--until", "10", "a"}).find("unit"), std::string::npos);
  EXPECT_NE(Refusal({"run", "--jobs", "0", "a"}).find("at least 1"), std::string::npos);
  EXPECT_NE(Refusal({"run", "--golden", "check", "--seed", "2", "a"}).find("--seed"),
            std::string::npos);
  EXPECT_NE(Refusal({"inspect", "a", "b", "c"}).find("'c'"), std::string::npos);
}

TEST(CommandLine, LiveTakesBootArgumentsAsTheyCome) {
  const auto live = Accepted<LiveCommand>({"live", "--ipv4=10.0.0.2/24", "--tap", "tap0", "--app",
                                           "echo=--port=8", "--app=network", "--ipv6-only",
                                           "--ipv6", "2001:db8::2/64", "--for", "30s"});
  EXPECT_EQ(live.tap, "tap0");
  EXPECT_EQ(live.applications, (std::vector<std::string>{"echo=--port=8", "network"}));
  EXPECT_EQ(live.boot_arguments, (std::vector<std::string>{"--ipv4=10.0.0.2/24", "--ipv6-only",
                                                           "--ipv6", "2001:db8::2/64"}));
  EXPECT_EQ(live.duration, Seconds(30));
}

TEST(CommandLine, LiveIsAHostOrAScenario) {
  EXPECT_NE(Refusal({"live"}).find("one of --tap, --sockets and --scenario"), std::string::npos);
  EXPECT_NE(Refusal({"live", "--tap", "a", "--scenario", "b"}).find("one of"), std::string::npos);
  EXPECT_NE(Refusal({"live", "--tap", "a", "--attach", "lan=b"}).find("--attach"),
            std::string::npos);
  EXPECT_NE(Refusal({"live", "--scenario", "a", "--app", "echo"}).find("--app"), std::string::npos);
  EXPECT_NE(Refusal({"live", "--scenario", "a", "--ipv6-only"}).find("--ipv6-only"),
            std::string::npos);
  EXPECT_NE(Refusal({"live", "--tap", "a", "--for", "10"}).find("unit"), std::string::npos);
  EXPECT_NE(Refusal({"live", "--tap", "a", "--sockets"}).find("one of"), std::string::npos);
  EXPECT_NE(Refusal({"live", "--tap", "a", "--seed", "1"}).find("--seed"), std::string::npos);
}

TEST(CommandLine, LiveOnSocketsTakesTheSameArguments) {
  const auto live = Accepted<LiveCommand>(
      {"live", "--sockets", "--ipv4=127.0.0.1/24", "--app", "echo", "--seed", "7"});
  EXPECT_TRUE(live.sockets);
  EXPECT_EQ(live.boot_arguments, std::vector<std::string>{"--ipv4=127.0.0.1/24"});
  EXPECT_EQ(live.seed, 7u);
  EXPECT_NE(Refusal({"live", "--sockets"}).find("--app"), std::string::npos);
  EXPECT_NE(Refusal({"live", "--sockets", "--app", "echo", "--capture", "a"}).find("--capture"),
            std::string::npos);
  EXPECT_NE(Refusal({"live", "--sockets", "--app", "echo", "--mac", "a"}).find("--mac"),
            std::string::npos);
}

TEST(CommandLine, HelpAndVersionAreAnswersNotMistakes) {
  for (const auto& arguments : {std::initializer_list<const char*>{"--help"},
                                {"--version"},
                                {"run", "--help"},
                                {"check", "--help"},
                                {"inspect", "--help"},
                                {"live", "--help"}}) {
    testing::internal::CaptureStdout();
    const auto parsed = Parse(arguments);
    EXPECT_NE(testing::internal::GetCapturedStdout(), "");
    ASSERT_TRUE(std::holds_alternative<int>(parsed));
    EXPECT_EQ(std::get<int>(parsed), kAllHeld);
  }
}

}  // namespace
}  // namespace dualsim::commands
