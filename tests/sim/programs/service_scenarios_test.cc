// What a scenario says of servers, and what it is refused for.

#include <gtest/gtest.h>

#include <string>

#include "sim/scenario/load.h"

namespace dualsim::sim {
namespace {

constexpr char kNetwork[] = R"(duration: "10s"
link { name: "lan" }
host { name: "a" interface { link: "lan" } }
)";

// Of something added to kNetwork, from line 4 on.
std::string ComplaintsAbout(const std::string& text) {
  return LoadScenarioText("x.textproto", kNetwork + text).diagnostics.ToString();
}
std::string ComplaintsAboutServer(const std::string& application) {
  return ComplaintsAbout("host { name: \"b\" interface { link: \"lan\" }\n application { " +
                         application + " } }");
}

TEST(ServiceScenarios, AWrongZoneSaysWhereItIsWrong) {
  EXPECT_EQ(ComplaintsAboutServer("name: 'dns-server' zone { name: 'example.com'\n"
                                  "record: 'www AAAA 2001:db8::1'\n"
                                  "record: 'ftp AAAA 192.0.2.1' }"),
            "x.textproto:7:1: record: column 10 of the record: '192.0.2.1' is not an IPv6 "
            "address\n");
  const std::string zone = ComplaintsAboutServer("name: 'dns-server' zone { name: 'a..b' }");
  EXPECT_NE(zone.find("'a..b' is no name"), zone.npos) << zone;
  const std::string twice =
      ComplaintsAboutServer("name: 'dns-server' zone { name: 'a' } zone { name: 'A' }");
  EXPECT_NE(twice.find("is there twice"), twice.npos) << twice;
  const std::string other = ComplaintsAboutServer("name: 'echo' zone { name: 'a' }");
  EXPECT_NE(other.find("it takes no zone"), other.npos) << other;
}

TEST(ServiceScenarios, WrongArgumentsOfServersAreRefused) {
  for (const char* args :
       {"", "--pool=192.0.2.1", "--pool=192.0.2.9-192.0.2.1/24", "--pool=192.0.2.1-198.51.100.1/24",
        "--pool=192.0.2.1-192.0.2.9/24 --reserve=x",
        "--pool=192.0.2.1-192.0.2.9/24 --dns=2001:db8::1",
        "--pool=192.0.2.1-192.0.2.9/24 --lease-time=0s"}) {
    EXPECT_NE(ComplaintsAboutServer("name: 'dhcp-server' args: '" + std::string(args) + "'"), "")
        << args;
  }
  EXPECT_EQ(ComplaintsAboutServer("name: 'dhcp-server' args: '--pool=192.0.2.1-192.0.2.9/24'"), "");
  EXPECT_NE(ComplaintsAboutServer("name: 'dns-server' args: '--forward=example.com'"), "");
  EXPECT_NE(ComplaintsAboutServer("name: 'dns-server' args: '--fail=AAA'"), "");
  EXPECT_NE(ComplaintsAboutServer("name: 'http' args: '--url=http://a..b/'"), "");
  EXPECT_NE(ComplaintsAboutServer("name: 'connect' args: '--to=www.example.com'"), "");
  EXPECT_EQ(ComplaintsAboutServer("name: 'connect' args: '--to=www.example.com:80'"), "");
}

TEST(ServiceScenarios, NamesToResolveAreChecked) {
  EXPECT_EQ(ComplaintsAbout("at { time: '1s' resolve { from: 'a' name: 'www.example.com' } }"), "");
  for (const char* wrong : {"from: 'a'", "from: 'a' name: 'a b'", "from: 'a' name: 'a..b'",
                            "from: 'x' name: 'a'", "from: 'a' name: 'a' type: 'HINFO'"}) {
    EXPECT_NE(ComplaintsAbout("at { time: '1s' resolve { " + std::string(wrong) + " } }"), "")
        << wrong;
  }
}

}  // namespace
}  // namespace dualsim::sim
