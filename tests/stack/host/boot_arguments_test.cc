#include "stack/host/boot_arguments.h"

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

#include "stack/base/random_stream.h"

namespace dualsim::host {
namespace {

using Lines = std::vector<std::string>;

BootArguments Read(std::string_view text) {
  const ParsedBootArguments parsed = ParseBootArguments(text);
  EXPECT_EQ(parsed.errors, Lines{});
  EXPECT_EQ(parsed.stacks.size(), 1u);
  return parsed.stacks[0];
}

Lines Errors(std::string_view text) { return ParseBootArguments(text).errors; }

TEST(BootArguments, NoneMeanTheDefaults) {
  const BootArguments arguments = Read("  ");
  EXPECT_FALSE(arguments.ipv4);
  EXPECT_FALSE(arguments.ipv6);
  EXPECT_TRUE(arguments.runs_ipv4());
  EXPECT_TRUE(arguments.runs_ipv6());
  EXPECT_TRUE(arguments.accept_router_advertisements);
  EXPECT_FALSE(arguments.runs_dhcp());
  EXPECT_TRUE(arguments.given.empty());
}

TEST(BootArguments, EveryArgumentIsRead) {
  const BootArguments arguments = Read(
      "--ipv4=192.0.2.42/24 --ipv4-gateway=192.0.2.1 --ipv6=2001:db8::42/64 "
      "--ipv6-gateway=fe80::1 --accept-router-advertisements=false --dhcp=true "
      "--dns-servers=192.0.2.53,2001:db8::53 --dns-timeout=5s --dns-cache-size=32 "
      "--he-aaaa-timeout=50ms --he-connect-delay=250ms --he-connect-timeout=10s "
      "--he-resolve-timeout=1s --he-resolve-retries=3 --he-timer-interval=10ms "
      "--name=host-a --interface=lan0 --delay=3");
  EXPECT_EQ(arguments.ipv4->ToString(), "192.0.2.42/24");
  EXPECT_EQ(arguments.ipv4_gateway->ToString(), "192.0.2.1");
  EXPECT_EQ(arguments.ipv6->ToString(), "2001:db8::42/64");
  EXPECT_EQ(arguments.ipv6_gateway->ToString(), "fe80::1");
  EXPECT_FALSE(arguments.accept_router_advertisements);
  ASSERT_EQ(arguments.dns_servers.size(), 2u);
  EXPECT_EQ(std::get<Ipv4Address>(arguments.dns_servers[0]).ToString(), "192.0.2.53");
  EXPECT_EQ(std::get<Ipv6Address>(arguments.dns_servers[1]).ToString(), "2001:db8::53");
  EXPECT_EQ(arguments.dns_timeout, Seconds(5));
  EXPECT_EQ(arguments.dns_cache_size, 32u);
  EXPECT_EQ(arguments.he_aaaa_timeout, Milliseconds(50));
  EXPECT_EQ(arguments.he_connect_delay, Milliseconds(250));
  EXPECT_EQ(arguments.he_connect_timeout, Seconds(10));
  EXPECT_EQ(arguments.he_resolve_timeout, Seconds(1));
  EXPECT_EQ(arguments.he_resolve_retries, 3u);
  EXPECT_EQ(arguments.he_timer_interval, Milliseconds(10));
  EXPECT_EQ(arguments.name, "host-a");
  EXPECT_EQ(arguments.interface, "lan0");
  EXPECT_EQ(arguments.delay, Seconds(3));
  EXPECT_EQ(arguments.given.size(), 18u);
  EXPECT_TRUE(arguments.IsGiven("he-connect-delay"));
  EXPECT_FALSE(arguments.IsGiven("ipv6-only"));
}

TEST(BootArguments, BooleansMayStandBare) {
  const BootArguments arguments = Read("--ipv6-only --accept-router-advertisements=false");
  EXPECT_TRUE(arguments.ipv6_only);
  EXPECT_FALSE(arguments.runs_ipv4());
  EXPECT_FALSE(arguments.accept_router_advertisements);
}

TEST(BootArguments, AValueMayFollowItsName) {
  EXPECT_EQ(Read("--ipv6 2001:db8::42/64\n--name 'host-a'").ipv6->ToString(), "2001:db8::42/64");
}

TEST(BootArguments, TheReleaseNotesSpellingIsTakenToo) {
  const BootArguments arguments = Read("--accept-router-advertisement=false");
  EXPECT_FALSE(arguments.accept_router_advertisements);
  EXPECT_TRUE(arguments.IsGiven("accept-router-advertisements"));
}

TEST(BootArguments, ABareNumberIsNanosecondsAsInMirage) {
  EXPECT_EQ(Read("--he-connect-delay=50000000").he_connect_delay, Milliseconds(50));
}

TEST(BootArguments, AStaticAddressGoesBeforeDhcp) {
  EXPECT_TRUE(Read("--dhcp").runs_dhcp());
  EXPECT_FALSE(Read("--dhcp --ipv4=192.0.2.42/24").runs_dhcp());
  EXPECT_FALSE(Read("--dhcp --ipv6-only").runs_dhcp());
}

TEST(BootArguments, BothOnlyIsRefused) {
  EXPECT_EQ(Errors("--ipv4-only --ipv6-only=true"),
            Lines{"--ipv4-only and --ipv6-only leave no protocol: allowed is one of them"});
  EXPECT_EQ(Errors("--ipv4-only=false --ipv6-only=true"), Lines{});
}

TEST(BootArguments, AnIpv4GatewayWithoutAnAddressIsRefused) {
  EXPECT_EQ(Errors("--ipv4-gateway=192.0.2.1"),
            Lines{"--ipv4-gateway=192.0.2.1: a gateway needs an address; give --ipv4 too"});
  EXPECT_EQ(Errors("--ipv6-gateway=fe80::1"), Lines{});
}

TEST(BootArguments, AnErrorNamesTheArgumentTheValueAndWhatIsAllowed) {
  EXPECT_EQ(Errors("--ipv4=192.0.2.300/24"),
            Lines{"--ipv4=192.0.2.300/24: allowed is an IPv4 address with its prefix length, as "
                  "192.0.2.42/24"});
  EXPECT_EQ(Errors("--ipv6-only=yes"), Lines{"--ipv6-only=yes: allowed is true or false"});
  EXPECT_EQ(Errors("--ipv6"), Lines{"--ipv6: a value is missing; allowed is an IPv6 address with "
                                    "its prefix length, as 2001:db8::42/64"});
}

TEST(BootArguments, EveryFaultIsNamedAtOnce) {
  EXPECT_EQ(Errors("--dhcp=1 --delay=soon --ipv6=ff02::1/64 --dns-servers=192.0.2.1,").size(), 4u);
  for (const char* text :
       {"--ipv6-gateway=::", "--ipv6-gateway=ff02::2", "--ipv4=224.0.0.1/4", "--name=a_b",
        "--name=", "--dns-timeout=5 s", "--dns-timeout=5sec", "--delay=-1", "--delay=9999999999h",
        "--dns-cache-size=1x", "--interface=", "--dns-servers=", "--he-resolve-retries=99999999999",
        "--delay=18446744073709551615h", "--name='a"}) {
    EXPECT_GE(Errors(text).size(), 1u) << text;
  }
}

TEST(BootArguments, ASlipGetsANearName) {
  EXPECT_EQ(Errors("--ipv6only=true"),
            Lines{"--ipv6only: there is no such argument; did you mean --ipv6-only?"});
  EXPECT_EQ(Errors("positional"), Lines{"positional: there is no such argument"});
}

TEST(BootArguments, AnArgumentGivenTwiceIsRefused) {
  EXPECT_EQ(Errors("--delay=1 --delay=2"), Lines{"--delay=2: the argument is given twice"});
}

TEST(BootArguments, AnErrorIsOneLineWhateverTheValue) {
  const Lines errors = Errors("--name='a\nb" + std::string(500, 'x') + "'");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].find('\n'), std::string::npos);
  EXPECT_LT(errors[0].size(), 200u);
}

TEST(BootArguments, AnyTextGivesArgumentsOrErrorsOfOneLine) {
  const std::string pieces[] = {"--",          "ipv6",  "-only",       "=",    "true",      " ",
                                "'",           "\"",    "2001:db8::1", "/64",  "192.0.2.1", ",",
                                "dns-servers", "delay", "\n",          "\xff", "9"};
  RandomStream random(1, "boot arguments", "text");
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (uint64_t n = random.Below(12); n > 0; --n) text += pieces[random.Below(std::size(pieces))];
    for (const std::string& error : Errors(text)) {
      ASSERT_EQ(error.find_first_of("\n\xff"), std::string::npos) << text;
    }
  }
}

TEST(BootArguments, EachGroupConfiguresItsOwnStack) {
  const Lines groups = {"private", "management"};
  const ParsedBootArguments parsed = ParseBootArguments(
      "--private-ipv4-only --management-ipv6=2001:db8::42/64 --private-ipv4=192.0.2.42/24", groups);
  EXPECT_EQ(parsed.errors, Lines{});
  ASSERT_EQ(parsed.stacks.size(), 2u);
  EXPECT_TRUE(parsed.stacks[0].ipv4_only);
  EXPECT_TRUE(parsed.stacks[0].ipv4);
  EXPECT_FALSE(parsed.stacks[1].ipv4_only);
  EXPECT_TRUE(parsed.stacks[1].ipv6);
}

TEST(BootArguments, ADeviceOfItsOwnMakesAGroup) {
  EXPECT_EQ(GroupsOfBootArguments(""), Lines{""});
  EXPECT_EQ(GroupsOfBootArguments("--interface=lan --ipv4-only"), Lines{""});
  EXPECT_EQ(GroupsOfBootArguments("--private-interface=lan --private-ipv4-only --b2-interface b "
                                  "--private-interface=twice"),
            (Lines{"", "private", "b2"}));
  EXPECT_EQ(GroupsOfBootArguments("---interface=x --P-interface=x private-interface=x"), Lines{""});
}

TEST(BootArguments, ProgramsAreNamedAsOftenAsWanted) {
  const BootArguments arguments = Read("--app=echo --app='echo=--port=8 --udp=false'");
  EXPECT_EQ(arguments.applications, (Lines{"echo", "echo=--port=8 --udp=false"}));
  EXPECT_EQ(Errors("--app=").size(), 1u);
  EXPECT_EQ(Errors("--app==--port=8").size(), 1u);
  const Lines groups = {"", "private"};
  EXPECT_EQ(ParseBootArguments("--private-app=echo", groups).errors,
            Lines{"--private-app: programs are of the whole host; give --app"});
}

TEST(BootArguments, AGroupsErrorsCarryItsPrefix) {
  const Lines groups = {"private"};
  EXPECT_EQ(ParseBootArguments("--ipv4-only", groups).errors.size(), 1u);
  EXPECT_EQ(ParseBootArguments("--private-ipv4-gateway=192.0.2.1", groups).errors,
            Lines{"--private-ipv4-gateway=192.0.2.1: a gateway needs an address; give "
                  "--private-ipv4 too"});
}

}  // namespace
}  // namespace dualsim::host
