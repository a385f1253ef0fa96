#include "sim/scenario/runner.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/scenario/load.h"

namespace dualsim::sim {
namespace {

constexpr char kTwoHosts[] = R"(duration: "20s"
link { name: "lan" }
host { name: "a" interface { link: "lan" mac: "02:00:00:00:00:0a" address: "2001:db8::a/64" } }
host { name: "b" interface { link: "lan" mac: "02:00:00:00:00:0b" address: "2001:db8::b/64" } }
)";

Plan Load(const std::string& text) {
  LoadResult result = LoadScenarioText("x.textproto", text);
  EXPECT_EQ(result.diagnostics.ToString(), "");
  return result.plan.value_or(Plan());
}

std::string Failures(const Plan& plan, const RunOptions& options = {}) {
  std::string text;
  for (const ExpectationResult& result : sim::Run(plan, options).expectations) {
    if (result.verdict != Verdict::kHeld) text += DescribeFailure(plan, result);
  }
  return text;
}

// What happens, in lines.
class Lines final : public WorldObserver {
 public:
  void OnFrame(Time now, const FrameEvent& event) override {
    std::string text = Begin(now) + " frame";
    for (uint8_t byte : event.frame) text += " " + std::to_string(byte);
    lines.push_back(std::move(text));
  }
  void OnLifecycle(Time now, NodeId node, Lifecycle what) override {
    lines.push_back(Begin(now) + " node " + std::to_string(static_cast<int>(node)) + " " +
                    std::to_string(static_cast<int>(what)));
  }
  void OnAction(Time now, std::string_view action) override {
    lines.push_back(Begin(now) + " " + std::string(action));
  }
  std::vector<std::string> lines;

 private:
  static std::string Begin(Time now) { return std::to_string(now.nanoseconds()); }
};

TEST(Runner, PingsBetweenTwoHostsAreAnswered) {
  EXPECT_EQ(Failures(Load(std::string(kTwoHosts) + R"(
      at { time: "5s" ping { from: "a" to: "2001:db8::b" count: 3 interval: "100ms" } }
      expect { by: "3s" address { host: "*" state: PREFERRED origin: STATIC } }
      expect { ping { from: "a" sent: 3 received: 3 } }
      expect { packets { link: "lan" filter: "icmp6 and ip6[40] == 128" count { exactly: 3 }
               min_interval: "99ms" max_interval: "101ms" } })")),
            "");
}

TEST(Runner, AFailureTellsWhatWasTrueInsteadAndThePacketsAround) {
  const Plan plan = Load(std::string(kTwoHosts) +
                         "at { time: \"5s\" crash { host: \"b\" } }\n"
                         "at { time: \"6s\" ping { from: \"a\" to: \"2001:db8::b\" } }\n"
                         "expect { ping { from: \"a\" received: 1 } }\n");
  const RunResult result = sim::Run(plan);
  EXPECT_EQ(result.failed(), 1u);
  const std::string text = DescribeFailure(plan, result.expectations.at(0));
  EXPECT_EQ(text.find("x.textproto:7:10: failed at 20s\n"
                      "  expected: ping from a to 2001:db8::b, exactly 1 received\n"
                      "  seen:     1 sent, 0 answered, 1 lost (the first of 6s)"),
            0u)
      << text;
  EXPECT_NE(text.find("Neighbor Solicitation who has 2001:db8::b"), std::string::npos) << text;
}

TEST(Runner, ARunIsAPureFunctionOfPlanAndSeed) {
  const Plan plan = Load(std::string(kTwoHosts) +
                         "at { time: \"5s\" ping { from: \"*\" to: \"ff02::1\" count: 5 } }");
  const auto lines = [&plan](uint64_t seed, bool watched) {
    Lines observer;
    RunOptions options;
    options.seed = seed;
    options.observers = {&observer};
    if (watched) options.progress = [](Time) { return true; };
    sim::Run(plan, options);
    return observer.lines;
  };
  EXPECT_EQ(lines(1, false), lines(1, false));
  EXPECT_EQ(lines(1, false), lines(1, true)) << "watching the progress changes nothing";
  EXPECT_NE(lines(1, false), lines(2, false));
}

TEST(Runner, AnotherHostChangesNothingForThoseThatDoNotHearIt) {
  const auto frames = [](const std::string& more) {
    Lines observer;
    RunOptions options;
    options.observers = {&observer};
    sim::Run(Load(kTwoHosts + more), options);
    std::erase_if(observer.lines,
                  [](const std::string& line) { return line.find("frame") == std::string::npos; });
    return observer.lines;
  };
  EXPECT_EQ(frames(""), frames("link { name: \"elsewhere\" } host { name: \"0\" }"));
}

TEST(Runner, ActionsComeFirstAtTheirTimeInTheOrderOfTheText) {
  Lines observer;
  RunOptions options;
  options.observers = {&observer};
  sim::Run(
      Load("duration: \"3s\" link { name: \"l\" } link { name: \"m\" }"
           "at { time: \"2s\" link { name: \"m\" up: false } }"
           "at { time: \"1s\" every: \"1s\" link { name: \"l\" mtu: 1400 } heal { link: \"m\" } }"
           "at { time: \"2s\" link { name: \"m\" up: true } }"),
      options);
  EXPECT_EQ(observer.lines,
            (std::vector<std::string>{"1000000000 link l mtu 1400", "1000000000 heal m",
                                      "2000000000 link m down", "2000000000 link l mtu 1400",
                                      "2000000000 heal m", "2000000000 link m up",
                                      "3000000000 link l mtu 1400", "3000000000 heal m"}));
}

TEST(Runner, NodesBootShutDownCrashAndReboot) {
  EXPECT_EQ(Failures(Load(R"(duration: "20s"
      link { name: "l" }
      host { name: "a" interface { link: "l" } boot_at: "1s" }
      host { name: "b" interface { link: "l" } boot_at: "never" }
      at { time: "5s" shut_down { host: "a" } boot { host: "b" } }
      at { time: "10s" boot { host: "a" } reboot { host: "b" off_for: "2s" crash: true } }
      expect { at: "0.999999999s" node { host: "a" running: false } }
      expect { from: "1s" until: "4.999999999s" always { node { host: "a" } } }
      expect { at: "5s" node { host: "a" running: false } node { host: "b" } }
      expect { from: "10s" until: "11.999999999s" always { node { host: "b" running: false } } }
      expect { at: "12s" node { host: "a" } node { host: "b" } }
      expect { at: "7s" address { host: "a" state: REMOVED } })")),
            "");
}

TEST(Runner, ConfigurationChangesReachTheStack) {
  EXPECT_EQ(Failures(Load(std::string(kTwoHosts) + R"(
      at { time: "5s" add_address { host: "a" address: "2001:db8:5::a/64" }
                      add_route { host: "a" prefix: "2001:db8:9::/64" via: "2001:db8::b" } }
      at { time: "10s" remove_address { host: "a" address: "2001:db8:5::a/64" }
                       remove_route { host: "a" prefix: "2001:db8:9::/64" } }
      expect { at: "9s" address { host: "a" ip: "2001:db8:5::a" state: PREFERRED }
                        route { host: "a" prefix: "2001:db8:9::/64" via: "2001:db8::b" } }
      expect { at: "10s" address { host: "a" ip: "2001:db8:5::a" state: REMOVED }
                         route { host: "a" prefix: "2001:db8:9::/64" present: false } })")),
            "");
}

TEST(Runner, ARefusedChangeIsTold) {
  Lines observer;
  RunOptions options;
  options.observers = {&observer};
  sim::Run(
      Load("duration: \"1s\" link { name: \"l\" } host { name: \"a\" boot_at: \"never\" interface "
           "{ link: \"l\" } } at { time: \"1s\" add_address { host: \"a\" address: "
           "\"2001:db8::1/64\" } }"),
      options);
  EXPECT_EQ(observer.lines.back(),
            "1000000000 add address 2001:db8::1/64 to a on l: not done, a is off");
}

TEST(Runner, DroppedPartitionedAndInjectedFramesAreAsTheTextSays) {
  EXPECT_EQ(Failures(Load(std::string(kTwoHosts) + R"(
      at { time: "5s" drop { link: "lan" filter: "icmp6 and ip6[40] == 128" nth: 2 count: 2 }
                      ping { name: "drop" from: "a" to: "2001:db8::b" count: 5 interval: "10ms" } }
      at { time: "7s" partition { link: "lan" group { host: "a" } }
                      ping { name: "cut" from: "a" to: "2001:db8::b" } }
      at { time: "9s" heal { link: "lan" }
                      ping { name: "healed" from: "a" to: "2001:db8::b" } }
      at { time: "11s" cable { host: "b" up: false }
                       ping { name: "out" from: "a" to: "2001:db8::b" } }
      at { time: "13s" inject { link: "lan" hex: "3333000000010200000000ff88b5" "0102" } }
      expect { ping { name: "drop" received: 3 lost: 2 } }
      expect { drops { link: "lan" reason: "LINK_FILTER" count { exactly: 2 } } }
      expect { ping { name: "cut" lost: 1 } }
      expect { ping { name: "healed" received: 1 } }
      expect { ping { name: "out" lost: 1 } }
      expect { packets { link: "lan" filter: "ether proto 0x88b5" count { exactly: 1 } } })")),
            "");
}

TEST(Runner, ARunThatIsEndedEarlyLeavesTheRestOpen) {
  const Plan plan = Load(std::string(kTwoHosts) +
                         "expect { by: \"3s\" address { host: \"a\" state: PREFERRED } }"
                         "expect { at: \"15s\" address { host: \"a\" state: PREFERRED } }");
  RunOptions options;
  options.until = Time() + Seconds(10);
  const RunResult result = sim::Run(plan, options);
  EXPECT_EQ(result.end, Time() + Seconds(10));
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.expectations.at(0).verdict, Verdict::kHeld);
  EXPECT_EQ(result.expectations.at(1).verdict, Verdict::kUndecided);
  EXPECT_TRUE(result.passed());
}

TEST(Runner, ARunCanBeAbandoned) {
  RunOptions options;
  Time last;
  options.progress = [&last](Time now) {
    last = now;
    return now < Time() + Seconds(4);
  };
  const RunResult result = sim::Run(
      Load(std::string(kTwoHosts) + "expect { at: \"15s\" node { host: \"a\" } }"), options);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.end, last);
  EXPECT_LT(result.end, Time() + Seconds(5));
  EXPECT_EQ(result.expectations.at(0).verdict, Verdict::kUndecided);
}

}  // namespace
}  // namespace dualsim::sim
