#include "sim/scenario/load.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace dualsim::sim {
namespace {

constexpr char kNetwork[] = R"(duration: "10s"
link { name: "lan" }
router { name: "r1" interface { link: "lan" address: "2001:db8:1::1/64" } }
host { name: "a" interface { link: "lan" } }
)";

std::string Complaints(const std::string& text) {
  return LoadScenarioText("x.textproto", text).diagnostics.ToString();
}
// Of something added to kNetwork, from line 5 on.
std::string ComplaintsAbout(const std::string& text) { return Complaints(kNetwork + text); }

Plan Load(const std::string& text) {
  LoadResult result = LoadScenarioText("dir/x.textproto", text);
  EXPECT_EQ(result.diagnostics.ToString(), "");
  return result.plan.value_or(Plan());
}

TEST(LoadScenario, TheDesignsExampleParsesUnchanged) {
  const Plan plan = Load(R"(
    # proto-file: proto/scenario.proto
    # proto-message: dualsim.Scenario
    description: "A second host boots with a MAC that is taken: it must give up its address, the first must keep it."
    duration: "10s"

    link   { name: "lan" delay: "5us" bandwidth: "1Gbps" }
    router { name: "r1"
             interface { link: "lan" address: "2001:db8:1::1/64"
                         advertise { prefix { prefix: "2001:db8:1::/64" preferred: "4h" valid: "1d" } dns: "2001:db8:1::53" } } }
    host   { name: "a" interface { link: "lan" mac: "02:00:00:00:00:0a" } }
    host   { name: "b" interface { link: "lan" mac: "02:00:00:00:00:0a" } boot_at: "3s" args: "--ipv6-only=true" }

    at     { time: "5s" ping { from: "a" to: "2001:db8:1::1" count: 3 } }

    expect { by: "2s"  address { host: "a" ip: "fe80::ff:fe00:a" state: PREFERRED } }
    expect { by: "5s"  address { host: "b" ip: "fe80::ff:fe00:a" state: DUPLICATE } }
    expect { from: "3s" always { address { host: "a" ip: "fe80::ff:fe00:a" state: PREFERRED } } }
    expect { packets { link: "lan" filter: "icmp6 and ip6[40] == 135 and src host ::" count { at_least: 3 } } }
    expect { ping { from: "a" received: 3 } })");
  EXPECT_EQ(plan.name, "x");
  ASSERT_EQ(plan.nodes.size(), 3u);
  EXPECT_EQ(plan.nodes[1].name, "b");
  EXPECT_EQ(plan.nodes[1].boot_at, Time() + Seconds(3));
  EXPECT_EQ(plan.nodes[0].config.interfaces[0].mac, plan.nodes[1].config.interfaces[0].mac);
  const auto& advertise = plan.nodes[2].config.interfaces[0].advertise;
  ASSERT_TRUE(advertise);
  EXPECT_EQ(advertise->prefixes.at(0).preferred_lifetime, Seconds(4 * 3600));
  EXPECT_EQ(advertise->dns_servers.at(0).lifetime, Seconds(1800)) << "3 * MaxRtrAdvInterval";
  ASSERT_EQ(plan.expectations.size(), 5u);
  EXPECT_EQ(plan.expectations[0].text, "by 2s: a has address fe80::ff:fe00:a PREFERRED");
  EXPECT_EQ(plan.expectations[2].mode, ExpectationMode::kAlways);
  EXPECT_EQ(plan.expectations[2].until, Time() + Seconds(10));
}

TEST(LoadScenario, TheTcpOfANodeIsWhatTheTextSays) {
  const Plan plan = Load(R"(
    duration: "1s"
    link { name: "lan" }
    host { name: "a" interface { link: "lan" }
           tcp { congestion_control: RENO receive_buffer: "64kB" sack: false ecn: REQUEST
                 delayed_ack: "0s" min_rto: "1s" initial_window: 2 max_connections: 9 } })");
  const tcp::EndpointConfig& tcp = plan.nodes.at(0).config.tcp;
  EXPECT_EQ(tcp.connection.congestion, tcp::Config::Congestion::kNewReno);
  EXPECT_EQ(tcp.connection.receive_buffer, 64'000u);
  EXPECT_EQ(tcp.connection.send_buffer, tcp::Config().send_buffer);
  EXPECT_FALSE(tcp.connection.sack);
  EXPECT_TRUE(tcp.connection.timestamps);
  EXPECT_EQ(tcp.connection.ecn, tcp::Config::Ecn::kRequest);
  EXPECT_EQ(tcp.connection.delayed_ack, Duration());
  EXPECT_EQ(tcp.connection.min_rto, Seconds(1));
  EXPECT_EQ(tcp.connection.initial_window_segments, 2);
  EXPECT_EQ(tcp.max_connections, 9u);
}

TEST(LoadScenario, TcpOutsideOfItsBoundsIsRefused) {
  EXPECT_EQ(ComplaintsAbout("host { name: \"t\" interface { link: \"lan\" } tcp { "
                            "delayed_ack: \"500ms\" send_buffer: \"2GB\" initial_window: 11 } }"),
            "x.textproto:5:50: delayed_ack: 500ms is not from 0s to 499.999999ms\n"
            "x.textproto:5:71: send_buffer: a buffer has 1 B to 1073741824 B\n"
            "x.textproto:5:90: initial_window: 11 is not between 1 and 10\n");
}

TEST(LoadScenario, AllMistakesAreReportedAtOnceEachAtItsPlace) {
  EXPECT_EQ(Complaints("duration: 10s\n"
                       "sed: 5\n"
                       "link { name: \"lan\" delai: \"5us\" delay: \"-5us\" kind: SWITCH }\n"
                       "\tlink { name: \"lan\" mtu: -1 }\n"
                       "host { name: \"ä\" interface { link: \"lna\" } foo { bar { } } }\n"),
            "x.textproto:1:11: 'duration' takes a string in quotes, found '10s'; write \"10s\"\n"
            "x.textproto:2:1: unknown field 'sed' in a scenario; did you mean 'seed'?\n"
            "x.textproto:3:20: unknown field 'delai' in 'link'; did you mean 'delay'?\n"
            "x.textproto:3:33: delay: '-5us' is negative\n"
            "x.textproto:3:53: 'kind' has no value 'SWITCH'; it is one of SWITCHED, "
            "POINT_TO_POINT; did you mean 'SWITCHED'?\n"
            "x.textproto:4:9: name: the name 'lan' is taken in line 3\n"
            "x.textproto:4:26: 'mtu' can't be negative\n"
            "x.textproto:5:8: name: 'ä' is not a name: 1 to 64 letters, digits, '-', '_', '.'\n"
            "x.textproto:5:30: link: no link is called 'lna'; did you mean 'lan'?\n"
            "x.textproto:5:44: unknown field 'foo' in 'host'; it has name, count, interface, "
            "boot_at, boot_interval, args, route, answer_echo, icmp_errors_per_second, "
            "destination_unreachable, dup_addr_detect_transmits, "
            "retrans_timer, base_reachable_time, cur_hop_limit, accept_router_advertisements, "
            "forwarding, interface_identifiers, temporary_addresses, optimistic_dad, "
            "gratuitous_neighbor_discovery, multicast_routing, application, tcp, "
            "ipv4_conflict_detection, "
            "ipv4_link_local, dhcp_ipv6_only_preferred, forward_directed_broadcasts, host_type\n");
}

TEST(LoadScenario, SyntaxMistakesDoNotHideTheRest) {
  const std::string complaints = Complaints(
      "duration: \"10s\"\nlink { name: \"lan }\nlink { name \"b\" }\n} } = host\nsed: 1\n");
  EXPECT_NE(complaints.find(":2:20: this string does not end on its line"), std::string::npos)
      << complaints;
  EXPECT_NE(complaints.find(":3:1: unknown field 'link' in 'link'; is a '}' missing before it?"),
            std::string::npos)
      << complaints;
  EXPECT_NE(complaints.find(":4:5: expected the name of a field, found '='"), std::string::npos)
      << complaints;
  EXPECT_NE(complaints.find(":5:1: unknown field 'sed'"), std::string::npos) << complaints;
}

TEST(LoadScenario, ABlockThatIsNeverClosedIsPointedAt) {
  EXPECT_EQ(Complaints("duration: \"1s\"\nlink {\n  name: \"lan\"\n"),
            "x.textproto:2:6: this block is never closed; add a '}'\n");
}

TEST(LoadScenario, AFieldThatIsGivenTwiceIsRefused) {
  EXPECT_EQ(Complaints("duration: \"1s\"\nduration: \"2s\"\n"),
            "x.textproto:2:1: 'duration' is given twice; it was given in line 1\n");
}

// What is said of an interface with these fields, without the place.
std::string AboutInterface(const std::string& fields) {
  const std::string complaints =
      ComplaintsAbout("host { name: \"b\" interface { link: \"lan\" " + fields + " } }\n");
  const size_t at = complaints.find(": ", complaints.find(":5:")) + 2;
  return complaints.substr(at, complaints.size() - at - 1);
}

TEST(LoadScenario, ImpossibleAddressesAreRefusedWithACure) {
  EXPECT_EQ(AboutInterface("address: \"2001:db8::1/129\""),
            "address: '2001:db8::1/129' has a prefix length over 128");
  EXPECT_EQ(AboutInterface("address: \"2001:db8::1\""),
            "address: '2001:db8::1' lacks a prefix length; write '2001:db8::1/64' or "
            "'2001:db8::1/128'");
  EXPECT_EQ(AboutInterface("address: \"fe80::1/64\""),
            "address: a link-local address belongs into 'link_local_address'");
  EXPECT_EQ(AboutInterface("address: \"ff02::1/64\""),
            "address: 'ff02::1/64' can't be the address of an interface");
  EXPECT_EQ(AboutInterface("gateway: \"fe80::1/64\""),
            "gateway: 'fe80::1/64' is not an IPv6 address; write it without '/64'");
  EXPECT_EQ(AboutInterface("mac: \"01:00:00:00:00:0a\""),
            "mac: '01:00:00:00:00:0a' can't be the address of a card; the lowest bit of its "
            "first byte makes it a group");
  EXPECT_EQ(AboutInterface("mtu: 67"), "mtu: 67 is not between 68 and 65535");
  EXPECT_EQ(AboutInterface("proxy: \"2001:db8::7\""),
            "proxy: only routers stand in for others; make this node a 'router'");
  EXPECT_EQ(AboutInterface("advertise { }"),
            "advertise: only routers advertise; make this node a 'router'");
}

TEST(LoadScenario, WhatIsMeantAsIpv4IsRefusedAsSuch) {
  EXPECT_EQ(AboutInterface("address: \"192.0.2.1/33\""),
            "address: '192.0.2.1/33' has a prefix length over 32");
  EXPECT_EQ(AboutInterface("address: \"192.0.2.1\""),
            "address: '192.0.2.1' lacks a prefix length; write '192.0.2.1/24' or '192.0.2.1/32'");
  EXPECT_EQ(AboutInterface("address: \"192.0.2.256/24\""),
            "address: '192.0.2.256/24' is not an IPv4 address with a prefix length, such as "
            "'192.0.2.1/24'");
  EXPECT_EQ(AboutInterface("ipv4_gateway: \"192.0.2.300\""),
            "ipv4_gateway: '192.0.2.300' is not an IPv4 address");
  EXPECT_EQ(AboutInterface("ipv4_gateway: \"192.0.2.1/24\""),
            "ipv4_gateway: '192.0.2.1/24' is not an IPv4 address; write it without '/24'");
}

TEST(LoadScenario, HowAddressesAreFormed) {
  const Plan plan = Load(
      "duration: \"1m\" link { name: \"l\" } host { name: \"a\" interface { link: \"l\" "
      "network_id: "
      "\"lab\" } interface_identifiers: OPAQUE temporary_addresses { preferred_lifetime: \"1h\" } "
      "optimistic_dad: true gratuitous_neighbor_discovery: true } host { name: \"b\" interface { "
      "link: \"l\" } } at { time: \"1s\" set_mac { host: \"a\" mac: \"02:00:00:00:00:0b\" } }");
  const host::InterfaceConfig& a = plan.nodes.at(0).config.interfaces.at(0);
  EXPECT_EQ(a.interface_identifiers, ndp::InterfaceIdentifiers::kOpaque);
  EXPECT_EQ(a.network_id, "lab");
  ASSERT_TRUE(a.temporary_addresses);
  EXPECT_EQ(a.temporary_addresses->preferred_lifetime, Seconds(3600));
  EXPECT_EQ(a.temporary_addresses->valid_lifetime, Seconds(2 * 86400));
  EXPECT_TRUE(a.optimistic_dad);
  EXPECT_TRUE(a.gratuitous_neighbor_discovery);
  const host::InterfaceConfig& b = plan.nodes.at(1).config.interfaces.at(0);
  EXPECT_EQ(b.interface_identifiers, ndp::InterfaceIdentifiers::kEui64);
  EXPECT_FALSE(b.temporary_addresses);
  EXPECT_FALSE(b.optimistic_dad);
  EXPECT_FALSE(b.gratuitous_neighbor_discovery);
  EXPECT_TRUE(std::holds_alternative<action::SetMac>(plan.actions.at(0).action));
}

TEST(LoadScenario, TemporaryAddressesLastLongEnough) {  // RFC 8981 §3.4, §3.8
  const auto about = [](const std::string& node, const std::string& fields) {
    return Complaints("duration: \"1s\" link { name: \"l\" } " + node +
                      " { name: \"n\" interface { link: \"l\" }\n" + fields + "}");
  };
  EXPECT_EQ(about("host", "temporary_addresses { preferred_lifetime: \"5s\" }"),
            "x.textproto:2:1: a preferred lifetime of 5s is not longer than REGEN_ADVANCE, 5s: "
            "there would never be an address\n");
  EXPECT_EQ(about("host", "temporary_addresses { valid_lifetime: \"1h\" }"),
            "x.textproto:2:1: the preferred lifetime, 1d, is longer than the valid one, 1h\n");
  EXPECT_EQ(about("router", "temporary_addresses { }"),
            "x.textproto:2:1: temporary_addresses: routers form no addresses from advertisements; "
            "make this node a 'host'\n");
  EXPECT_EQ(about("router", "optimistic_dad: true"),
            "x.textproto:2:1: optimistic_dad: routers have no optimistic addresses (RFC 4429 "
            "§3.3); make this node a 'host'\n");
}

TEST(LoadScenario, AdvertisingKeepsToTheRfcsBounds) {
  const auto about = [](const std::string& fields) {
    return Complaints(
        "duration: \"1s\" link { name: \"l\" } router { name: \"r\" interface { "
        "link: \"l\" advertise {\n" +
        fields + "} } }");
  };
  EXPECT_EQ(about("max_rtr_adv_interval: \"65535s\""), "");  // RFC 8319
  EXPECT_EQ(about("max_rtr_adv_interval: \"65536s\""),
            "x.textproto:2:1: max_rtr_adv_interval: 65536s is not between 70ms and 65535s\n");
  EXPECT_EQ(about("max_rtr_adv_interval: \"10s\" min_rtr_adv_interval: \"8s\""),
            "x.textproto:2:29: min_rtr_adv_interval: 8s is not between 30ms and 7.5s, three "
            "quarters of MaxRtrAdvInterval\n");
  EXPECT_EQ(about("prefix { prefix: \"2001:db8::1/64\" }"),
            "x.textproto:2:10: prefix: '2001:db8::1/64' has bits set after its length; write "
            "'2001:db8::/64'\n");
  EXPECT_EQ(about("prefix { prefix: \"2001:db8::/64\" preferred: \"2h\" valid: \"1h\" }"),
            "x.textproto:2:34: preferred: 2h is longer than the valid lifetime, 1h\n");
  EXPECT_EQ(about("adv_default_lifetime: \"5s\""),
            "x.textproto:2:1: adv_default_lifetime: 5s is neither 0 nor between MaxRtrAdvInterval "
            "(10m) and 65535s\n");
  EXPECT_EQ(about("prefix { prefix: \"2001:db8::/64\" valid: \"1.5s\" preferred: \"0\" }"),
            "x.textproto:2:34: valid: lifetimes are whole seconds, not 1.5s\n");
  EXPECT_EQ(about("route { prefix: \"2001:db8::/64\" } route { prefix: \"2001:db8::/64\" }"),
            "x.textproto:2:43: prefix: '2001:db8::/64' is in this list already\n");
}

TEST(LoadScenario, WhatCanNeverHappenIsRefused) {
  EXPECT_EQ(ComplaintsAbout("at { time: \"11s\" boot { host: \"a\" } }"),
            "x.textproto:5:6: time: it never happens: the run ends at 10s\n");
  EXPECT_EQ(ComplaintsAbout("expect { by: \"11s\" address { host: \"a\" } }"),
            "x.textproto:5:10: by: it is never reached: the run ends at 10s\n");
  EXPECT_EQ(ComplaintsAbout("host { name: \"c\" boot_at: \"never\" }\n"
                            "expect { address { host: \"c\" } }"),
            "x.textproto:6:10: it can't come true: 'c' never boots; give it 'boot_at', or boot it "
            "on the timeline\n");
  EXPECT_EQ(ComplaintsAbout("host { name: \"c\" boot_at: \"3s\" }\n"
                            "expect { by: \"2s\" node { host: \"c\" } }"),
            "x.textproto:6:19: it can't come true: 'c' boots at 3s, and this is for 2s\n");
  EXPECT_EQ(ComplaintsAbout("expect { ping { from: \"a\" received: 1 } }"),
            "x.textproto:5:10: the timeline has no such ping\n");
  EXPECT_EQ(ComplaintsAbout("expect { from: \"5s\" until: \"4s\" node { host: \"a\" } }"),
            "x.textproto:5:10: from: 5s is after 4s; there is no time between them\n");
  EXPECT_EQ(ComplaintsAbout("expect { address { host: \"a\" ip: \"2001:db8::1\" "
                            "in: \"2001:db8:1::/64\" } }"),
            "x.textproto:5:30: ip: '2001:db8::1' is not in '2001:db8:1::/64'\n");
}

TEST(LoadScenario, ANodeThatNeverBootsMayBeExpectedToBeOff) {
  EXPECT_EQ(ComplaintsAbout("host { name: \"c\" boot_at: \"never\" }\n"
                            "expect { node { host: \"c\" running: false } }\n"
                            "expect { address { host: \"c\" state: REMOVED } }\n"
                            "expect { never { address { host: \"c\" } } }\n"),
            "");
}

TEST(LoadScenario, ABadFilterIsRefusedAtItsField) {
  EXPECT_EQ(ComplaintsAbout("expect { packets { link: \"lan\" filter: \"icmp66\" } }"),
            "x.textproto:5:32: filter: 'icmp66' is no word of libpcap's language; did you mean "
            "'icmp6'?\n");
}

TEST(LoadScenario, ABadBootArgumentIsRefusedAtItsField) {
  const std::string complaints =
      ComplaintsAbout("host { name: \"b\" interface { link: \"lan\" } args: \"--ipv6=x\" }");
  EXPECT_EQ(complaints.find("x.textproto:5:44: args: "), 0u) << complaints;
  EXPECT_NE(complaints.find("--ipv6"), std::string::npos) << complaints;
}

TEST(LoadScenario, BlocksWithoutContentAreRefused) {
  EXPECT_EQ(ComplaintsAbout("at { time: \"1s\" }\nexpect { by: \"1s\" }\n"),
            "x.textproto:5:1: nothing happens here; give the block an action\n"
            "x.textproto:6:1: nothing is expected here; give the block a condition\n");
}

TEST(LoadScenario, ACableHasTwoEnds) {
  EXPECT_EQ(Complaints("duration: \"1s\"\nlink { name: \"p\" kind: POINT_TO_POINT }\n"
                       "host { name: \"h\" count: 3 interface { link: \"p\" } }"),
            "x.textproto:2:1: the point-to-point link 'p' has 3 interfaces; 2 is the most\n");
}

TEST(LoadScenario, FilesThatAreNoScenariosAreRefused) {
  EXPECT_EQ(Complaints(""), "x.textproto: is empty; a scenario begins with: duration: \"10s\"\n");
  EXPECT_EQ(Complaints(" \n\t\n"),
            "x.textproto: is empty; a scenario begins with: duration: \"10s\"\n");
  EXPECT_EQ(Complaints(std::string("duration: \"1s\"\n\0", 16)),
            "x.textproto:2:1: is not text: byte 0x00 is no character of UTF-8\n");
  EXPECT_EQ(Complaints("description: \"\xff\""),
            "x.textproto:1:15: is not text: byte 0xff is no character of UTF-8\n");
  EXPECT_EQ(Complaints(std::string(kMaximumScenarioBytes + 1, ' ')),
            "x.textproto: is 16777217 bytes long; a scenario has at most 16 MiB (16777216 "
            "bytes)\n");
  EXPECT_EQ(LoadScenarioFile("/nowhere/x").diagnostics.ToString(),
            "/nowhere/x: there is no such file\n");
  EXPECT_EQ(LoadScenarioFile("/").diagnostics.ToString(),
            "/: is a folder; name the scenario files in it\n");
}

TEST(LoadScenario, DeepNestingIsNoHarm) {
  std::string text = "duration: \"1s\" ";
  for (int i = 0; i < 200'000; ++i) text += "x {";
  EXPECT_NE(Complaints(text).find("unknown field 'x'"), std::string::npos);
}

TEST(LoadScenario, VeryManyMistakesArePrintedInPart) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "x" + std::to_string(i) + ": 1\n";
  const std::string complaints = Complaints(text);
  EXPECT_NE(complaints.find("x.textproto: and 4901 more\n"), std::string::npos)
      << complaints.substr(complaints.size() - 100);
}

TEST(LoadScenario, CountMakesManyAlikeWithAddressesThatCountUp) {
  const Plan plan = Load(
      "duration: \"1s\" link { name: \"l\" } host { name: \"h\" count: 3 boot_at: \"1ms\" "
      "boot_interval: \"2ms\" interface { link: \"l\" mac: \"02:00:00:00:00:ff\" address: "
      "\"2001:db8::ffff/64\" } }");
  ASSERT_EQ(plan.nodes.size(), 3u);
  EXPECT_EQ(plan.nodes[1].name, "h2");
  EXPECT_EQ(plan.nodes[2].boot_at, Time() + Milliseconds(5));
  EXPECT_EQ(plan.nodes[1].config.interfaces[0].mac.ToString(), "02:00:00:00:01:00");
  EXPECT_EQ(plan.nodes[2].config.interfaces[0].ipv6_addresses.at(0).ToString(), "2001:db8::1:1/64");
}

TEST(LoadScenario, AddingAHostChangesNobodyElsesMacAddress) {
  const Plan before = Load(kNetwork);
  const Plan after =
      Load(std::string("host { name: \"0\" interface { link: \"lan\" } }") + kNetwork);
  ASSERT_EQ(after.nodes[1].name, "a");
  EXPECT_EQ(before.nodes[0].config.interfaces[0].mac, after.nodes[1].config.interfaces[0].mac);
  EXPECT_NE(after.nodes[0].config.interfaces[0].mac, after.nodes[1].config.interfaces[0].mac);
  EXPECT_EQ(after.nodes[0].config.interfaces[0].mac.bytes()[0], 0x02);
}

TEST(LoadScenario, ActionsOfOneTimeStayInTheOrderOfTheText) {
  const Plan plan = Load(std::string(kNetwork) +
                         "at { time: \"1s\" ping { from: \"a\" to: \"ff02::1\" } crash { host: "
                         "\"a\" } link { name: \"lan\" up: false } boot { host: \"a\" } }");
  ASSERT_EQ(plan.actions.size(), 4u);
  EXPECT_TRUE(std::holds_alternative<action::Ping>(plan.actions[0].action));
  EXPECT_TRUE(std::holds_alternative<action::Crash>(plan.actions[1].action));
  EXPECT_TRUE(std::holds_alternative<action::ChangeLink>(plan.actions[2].action));
  EXPECT_TRUE(std::holds_alternative<action::Boot>(plan.actions[3].action));
}

TEST(LoadScenario, WhatAProgramListensTo) {
  const Plan plan =
      Load(std::string(kNetwork) +
           "at { time: \"1s\" listen { host: \"a\" group: \"ff15::5\" } listen { host: "
           "\"a\" group: \"ff15::5\" include: \"2001:db8::2\" include: "
           "\"2001:db8::1\" } listen { host: \"a\" group: \"ff15::5\" stop: true } }");
  ASSERT_EQ(plan.actions.size(), 3u);
  const auto filter = [&](size_t i) {
    return std::get<action::Listen>(plan.actions[i].action).filter;
  };
  EXPECT_EQ(filter(0), group::SourceFilter::AnySource());
  EXPECT_EQ(filter(1).mode, group::FilterMode::kInclude);
  EXPECT_EQ(filter(1).sources.at(0).ToString(), "2001:db8::1") << "in order";
  EXPECT_TRUE(filter(2).empty());

  const auto about = [](const std::string& fields) {
    return ComplaintsAbout("at { time: \"1s\" listen { host: \"a\" " + fields + " } }\n");
  };
  EXPECT_NE(about("group: \"2001:db8::1\"").find("'2001:db8::1' is no multicast address"),
            std::string::npos);
  EXPECT_NE(about("group: \"ff15::5\" stop: true exclude: \"2001:db8::1\"")
                .find("rule each other out; keep one kind"),
            std::string::npos);
  std::string many = "group: \"ff15::5\"";
  for (int i = 0; i < 65; ++i) many += " include: \"2001:db8::1\"";
  EXPECT_NE(about(many).find("these are 65 sources; name at most 64"), std::string::npos);
  EXPECT_NE(ComplaintsAbout("at { time: \"1s\" listen { host: \"a\" } }").find("group"),
            std::string::npos);
}

TEST(LoadScenario, SnoopingNeedsASwitch) {
  EXPECT_TRUE(Load("duration: \"1s\" link { name: \"l\" mld_snooping: true }")
                  .links.at(0)
                  .parameters.mld_snooping);
  EXPECT_NE(
      Complaints("duration: \"1s\" link { name: \"l\" kind: POINT_TO_POINT mld_snooping: true }")
          .find("has no switch; leave 'mld_snooping' out"),
      std::string::npos);
}

TEST(LoadScenario, HostsHaveATypeAndRoutersHaveNone) {
  const Plan plan = Load(
      "duration: \"1s\" link { name: \"l\" } host { name: \"a\" interface { link: \"l\" } "
      "host_type: TYPE_A } host { name: \"b\" interface { link: \"l\" } }");
  EXPECT_EQ(plan.nodes.at(0).config.interfaces.at(0).host_type, ndp::HostType::kA);
  EXPECT_EQ(plan.nodes.at(1).config.interfaces.at(0).host_type, ndp::HostType::kC);
  EXPECT_NE(ComplaintsAbout("router { name: \"r2\" interface { link: \"lan\" } host_type: TYPE_B }")
                .find("make this node a 'host'"),
            std::string::npos);
}

TEST(LoadScenario, APatternNamesManyHosts) {
  const Plan plan = Load(
      "duration: \"1s\" host { name: \"h\" count: 12 } host { name: \"x\" } expect { node { "
      "host: \"h?\" } node { host: \"h*\" } }");
  EXPECT_EQ(std::get<RunningCondition>(std::get<StateCondition>(plan.expectations.at(0).condition))
                .nodes.size(),
            9u);
  EXPECT_EQ(plan.expectations.at(1).text, "at the end: each of h1, h10, h11 and 9 more runs");
}

TEST(LoadScenario, RoutersGetRoutesUnlessTheyAreStatic) {
  const std::string network = R"(duration: "1s"
    link { name: "l1" } link { name: "l2" } link { name: "l3" }
    router { name: "r1" interface { link: "l1" address: "2001:db8:1::1/64" }
                        interface { link: "l2" address: "2001:db8:2::1/64" } }
    router { name: "r2" interface { link: "l2" address: "2001:db8:2::2/64" }
                        interface { link: "l3" address: "2001:db8:3::1/64" } }
    )";
  const Plan plan = Load(network);
  ASSERT_EQ(plan.nodes[0].config.routes.size(), 1u);
  EXPECT_EQ(plan.nodes[0].config.routes[0].prefix.ToString(), "2001:db8:3::/64");
  EXPECT_TRUE(plan.nodes[0].config.routes[0].next_hop.is_link_local());
  EXPECT_TRUE(Load(network + "routing: STATIC").nodes[0].config.routes.empty());
}

TEST(LoadScenario, TooManyRoutesToComputeAreRefused) {
  std::string text =
      "duration: \"1s\" link { name: \"l\" } router { name: \"r\" count: 50000 "
      "interface { link: \"l\" advertise {";
  for (int i = 0; i < 100; ++i) {
    text += " prefix { prefix: \"2001:db8:" + std::to_string(i) + "::/64\" }";
  }
  EXPECT_NE(Complaints(text + "} } }").find("at most"), std::string::npos) << "too many parts";
  text.replace(text.find("50000"), 5, "9000");
  EXPECT_EQ(Complaints(text + "} } }"), "");
  std::string links = text + "} } }";
  for (int i = 0; i < 400; ++i) {
    const std::string n = std::to_string(i);
    links += " link { name: \"l" + n + "\" } router { name: \"x" + n + "\" interface { link: \"l" +
             n + "\" address: \"2001:db9:" + n + "::1/64\" } }";
  }
  EXPECT_NE(Complaints(links).find("too many to compute routes"), std::string::npos);
}

TEST(LoadScenario, ARoutesLinkFollowsFromItsNextHop) {
  const auto text = [](const std::string& route) {
    return "duration: \"1s\" link { name: \"l1\" } link { name: \"l2\" } host { name: \"a\" "
           "interface { link: \"l1\" address: \"2001:db8:1::1/64\" } interface { link: \"l2\" "
           "address: \"2001:db8:2::1/64\" } route {" +
           route + "} }";
  };
  const Plan plan = Load(text("prefix: \"::/0\" via: \"2001:db8:2::9\""));
  EXPECT_EQ(plan.nodes[0].config.routes.at(0).interface, InterfaceId(1));
  EXPECT_NE(Complaints(text("prefix: \"::/0\" via: \"fe80::1\"")).find("say with 'link'"),
            std::string::npos);
  EXPECT_NE(Complaints(text("prefix: \"::/0\" via: \"2001:db8:1::1\"")).find("of 'a' itself"),
            std::string::npos);
}

}  // namespace
}  // namespace dualsim::sim
