// Hosts with several stacks, and what boot arguments say beside addresses.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/load.h"
#include "sim/scenario/runner.h"
#include "tests/sim/programs/routed_hosts.h"

namespace dualsim::sim {
namespace {

constexpr char kNetwork[] = R"(duration: "20s"
link { name: "front" }
link { name: "back" }
router { name: "r" interface { link: "back" } }
host { name: "web" interface { link: "back" address: "198.51.100.80/24" } application { name: "echo" } }
)";

// Of a host on both links, in line 6.
std::string Host(const std::string& args, const std::string& more = "") {
  return "host { name: \"h\" interface { link: \"front\" } interface { link: \"back\" } args: \"" +
         args + "\" " + more + "}\n";
}
std::string ComplaintsAbout(const std::string& args) {
  return LoadScenarioText("x.textproto", kNetwork + Host(args)).diagnostics.ToString();
}

// All lines that programs log, with the time.
class Lines final : public WorldObserver {
 public:
  void OnLog(Time now, NodeId, const LogFact& fact) override {
    lines.push_back(std::to_string(now.nanoseconds() / 1'000'000'000) + " " +
                    std::string(fact.application) + ": " + std::string(fact.text));
  }
  std::vector<std::string> lines;
};

RunResult RunOf(const std::string& text, Lines& lines) {
  const LoadResult loaded = LoadScenarioText("x.textproto", kNetwork + text);
  EXPECT_EQ(loaded.diagnostics.ToString(), "");
  RunOptions options;
  options.observers = {&lines};
  return Run(*loaded.plan, options);
}

TEST(Groups, AStackOfItsOwnOnTheInterfaceThatIsNamed) {
  Lines lines;
  const RunResult result = RunOf(
      Host("--private-interface=back --private-ipv4=198.51.100.1/24 --ipv4=192.0.2.1/24",
           "application { name: 'tunnel' args: '--port=70 --to=198.51.100.80:7' } ") +
          "host { name: \"c\" interface { link: \"front\" address: \"192.0.2.9/24\" }}\n"
          "at { time: '1s' start_application { host: 'c' application { name: 'connect' "
          "args: '--to=192.0.2.1:70 --text=hello' } } }\n"
          "at { time: '2s' start_application { host: 'h' application { name: 'connect' "
          "args: '--to=198.51.100.80:7' } } }\n"
          // By the card, the stack that has it is asked.
          "at { time: '3s' add_address { host: 'h' link: 'back' address: '198.51.100.2/24' } }\n"
          "at { time: '4s' ping { name: 'p' from: 'web' to: '198.51.100.2' } }\n"
          "expect { ping { name: 'p' received: 1 } }\n"
          "expect { address { host: 'h' link: 'back' ip: '198.51.100.1' state: PREFERRED } }\n",
      lines);
  EXPECT_TRUE(result.passed());
  const std::vector<std::string> expected = {
      "0 tunnel: from port 70 to 198.51.100.80 port 7",
      "1 tunnel: 192.0.2.9:",
      "1 connect: read: 5 bytes from 192.0.2.1:70",
      "1 connect: 192.0.2.1:70: end",
      // The host's own stack does not know the way.
      "2 connect: cannot connect to 198.51.100.80:7: no route to it",
  };
  for (const std::string& line : expected) {
    bool found = false;
    for (const std::string& seen : lines.lines) found = found || seen.starts_with(line);
    EXPECT_TRUE(found) << line;
  }
}

TEST(Groups, MistakesAreRefused) {
  EXPECT_EQ(ComplaintsAbout("--private-interface=bck --private-ipv4=198.51.100.1/24"),
            "x.textproto:6:73: args: --private-interface=bck: this node has no interface there; "
            "did you mean 'back'?\n");
  EXPECT_NE(ComplaintsAbout("--a-interface=back --b-interface=back")
                .find("--b-interface: two groups can't have one interface"),
            std::string::npos);
  EXPECT_NE(ComplaintsAbout("--private-interface=back --private-ipv4-only --private-ipv6-only")
                .find("--private-ipv4-only and --private-ipv6-only leave no protocol"),
            std::string::npos);
  EXPECT_NE(ComplaintsAbout("--private-ipv4=198.51.100.1/24").find("no such argument"),
            std::string::npos);
  EXPECT_NE(ComplaintsAbout("--interface=middle").find("no interface there"), std::string::npos);
  EXPECT_NE(ComplaintsAbout("--private-interface=back --private-app=echo").find("--app"),
            std::string::npos);
  EXPECT_EQ(ComplaintsAbout("--interface=back --ipv4=198.51.100.1/24"), "");
}

TEST(BootArguments, StartProgramsAfterAPause) {
  Lines lines;
  const RunResult result = RunOf(
      Host("--interface=back --ipv4=198.51.100.1/24 --delay=3s --app='connect=--to=198.51.100.80:7 "
           "--text=x' --app='connect=--to=198.51.100.80:9'") +
          "at { time: '10s' reboot { host: 'h' off_for: '1s' } }\n",
      lines);
  int read = 0;
  int refused = 0;
  for (const std::string& line : lines.lines) {
    read += line == "3 connect: read: 1 bytes from 198.51.100.80:7";
    refused += line == "14 connect: cannot connect to 198.51.100.80:9: refused";
  }
  EXPECT_EQ(read, 1);
  EXPECT_EQ(refused, 1);
  EXPECT_NE(ComplaintsAbout("--app=ecko").find("no application 'ecko'"), std::string::npos);
  EXPECT_NE(ComplaintsAbout("--app='echo=--port=x'").find("--app=echo: --port"), std::string::npos);
}

class RawIp : public ::testing::Test {
 protected:
  static constexpr uint8_t kProtocol = 253;  // RFC 3692: for experiments.

  RawIp() : world(1, {}, {}, {}, /*ipv4=*/true) { world.Boot(); }

  // What SendIp() says from a's program.
  application::Status Send(const application::IpMessage& message) {
    application::Status status;
    world.node(RoutedHosts::kA)
        .StartProgram("raw", [&status, message](application::Network& network) {
          return [](application::Network& net, application::IpMessage sent,
                    application::Status& into) -> application::Task<> {
            into = net.SendIp(sent);
            co_return;
          }(network, message, status);
        });
    world.RunFor(Seconds(1));
    return status;
  }

  static IpAddress Ipv4(uint8_t last) { return Ipv4Address::FromInteger(0xc000'0200 | last); }

  RoutedHosts world;
};

TEST_F(RawIp, ReachesTheOtherHostInEitherFamily) {
  const std::vector<uint8_t> data(3000, 7);
  EXPECT_EQ(Send({.destination = Ipv4(130), .protocol = kProtocol, .data = data}), std::nullopt);
  EXPECT_EQ(Send({.destination = RoutedHosts::b(), .protocol = kProtocol, .data = data}),
            std::nullopt);
  // Nobody wants it there.
  const auto& drops = world.log.drops;
  EXPECT_EQ(std::count(drops.begin(), drops.end(), DropReason::IPV4_UNKNOWN_PROTOCOL), 1);
  EXPECT_EQ(std::count(drops.begin(), drops.end(), DropReason::IPV6_UNKNOWN_NEXT_HEADER), 1);
}

TEST_F(RawIp, WhatCannotBeSentIsTold) {
  using application::Error;
  const std::vector<uint8_t> data(3000, 7);
  EXPECT_EQ(
      Send({.destination = Ipv4(130), .protocol = kProtocol, .data = data, .fragment = false}),
      Error::kTooLarge);
  EXPECT_EQ(Send({.destination = Ipv4(130), .protocol = kProtocol, .source = Ipv4(3)}),
            Error::kNotOurAddress);
  EXPECT_EQ(Send({.destination = Ipv4(130), .protocol = kProtocol, .source = RoutedHosts::a()}),
            Error::kBadAddress);
  // Not a byte of it is taken for a UDP header.
  EXPECT_EQ(Send({.destination = Ipv4(130), .protocol = 17}), std::nullopt);
  EXPECT_EQ(Send({.destination = Ipv4(2), .protocol = kProtocol}), std::nullopt);
}

}  // namespace
}  // namespace dualsim::sim
