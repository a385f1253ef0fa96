#include "sim/craft/packet_builder.h"

#include <gtest/gtest.h>

#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ipv6_extension.h"
#include "stack/wire/mld.h"
#include "stack/wire/ndp.h"
#include "tests/sim/craft/craft_support.h"
#include "tests/support/hex.h"

namespace dualsim::craft {
namespace {

using testing::FromHex;
using testing::ToHex;

// The ICMPv6 message of a frame without extension headers, its headers checked.
struct Received {
  wire::Ipv6Header ip;
  std::vector<uint8_t> frame;
  ByteView message;
  wire::NdpContext context;
};
Received Receive(std::vector<uint8_t> frame) {
  Received received;
  received.frame = std::move(frame);
  const auto ip = wire::Ipv6Header::Parse(ByteView(received.frame).subspan(14));
  EXPECT_TRUE(ip.ok());
  received.ip = *ip;
  received.message = ByteView(received.frame).subspan(54);
  EXPECT_TRUE(wire::Icmpv6Header::Parse(received.message, ip->source, ip->destination).ok());
  received.context = {ip->source, ip->destination, ip->hop_limit};
  return received;
}

TEST(PacketBuilder, AnEchoRequestIsRightByteForByteWithAllDefaults) {
  EXPECT_EQ(ToHex(Build(R"(ipv6 { destination: "$nut.link_local" } echo_request {})")),
            ToHex(FromHex("02000000000a 020000000001 86dd"
                          "60000000 0010 3a 40"
                          "fe80000000000000 0000000000000001"
                          "fe80000000000000 000000fffe00000a"
                          "8000 7796 0001 0001 0001020304050607")));
}

TEST(PacketBuilder, EveryFieldOfTheIpv6HeaderCanBeWrong) {
  const auto frame = Build(R"(
      ethernet { destination: "02:00:00:00:00:ff" source: "$tn1.mac" type: 0x0800 }
      ipv6 { version: 5 traffic_class: 0xa1 flow_label: 0x34567 payload_length: 3 next_header: 143
             hop_limit: 0 source: "::" destination: "ff0e::1" }
      payload { hex: "aa bb" })");
  EXPECT_EQ(ToHex(frame), ToHex(FromHex("0200000000ff 020000000001 0800"
                                        "5a134567 0003 8f 00"
                                        "0000000000000000 0000000000000000"
                                        "ff0e000000000000 0000000000000001 aabb")));
}

TEST(PacketBuilder, ChecksumsCanBeGivenOrSpoilt) {
  const auto good = Build(R"(ipv6 { destination: "ff02::1" } echo_request {})");
  const auto given = Build(R"(ipv6 { destination: "ff02::1" } echo_request { checksum: 0x1234 })");
  const auto bad = Build(R"(ipv6 { destination: "ff02::1" } echo_request { bad_checksum: true })");
  EXPECT_EQ(LoadBig16(given.data() + 56), 0x1234);
  EXPECT_NE(LoadBig16(bad.data() + 56), LoadBig16(good.data() + 56));
  const auto ip = wire::Ipv6Header::Parse(ByteView(bad).subspan(14));
  EXPECT_EQ(
      wire::Icmpv6Header::Parse(ByteView(bad).subspan(54), ip->source, ip->destination).reason(),
      DropReason::ICMPV6_BAD_CHECKSUM);
}

TEST(PacketBuilder, ExtensionHeadersStandInTheOrderOfTheText) {
  const auto frame = Build(R"(
      ipv6 { destination: "$nut.link_local" }
      destination_options { option { type: 0x87 data: "0102" } }
      hop_by_hop { pad1: 2 router_alert: 0 }
      routing { type: 33 segments_left: 2 data: "00000000" }
      fragment { offset: 16 more: true identification: 0x01020304 next_header: 58 }
      payload { hex: "ff" })");
  EXPECT_EQ(ToHex(ByteView(frame).subspan(54)), ToHex(FromHex("00 00 8702 0102 0100"
                                                              "2b 00 00 00 0502 0000"
                                                              "2c 00 21 02 00000000"
                                                              "3a 00 0011 01020304 ff")));
  EXPECT_EQ(frame[20], 60);
}

TEST(PacketBuilder, OptionsMayBeMalformed) {
  const auto frame = Build(R"(
      ipv6 { destination: "$nut.link_local" }
      hop_by_hop { length: 7 no_padding: true option { type: 0xc1 length: 200 data: "01" } })");
  EXPECT_EQ(ToHex(ByteView(frame).subspan(54)), ToHex(FromHex("3b 07 c1 c8 01")));
}

TEST(PacketBuilder, ASolicitationHasItsHopLimitItsGroupAndItsOptions) {
  const Received received = Receive(Build(R"(ipv6 {} neighbor_solicitation {
      target: "$nut.link_local" source_link_layer_address: "$tn1.mac" nonce: "010203040506" })"));
  EXPECT_EQ(received.ip.hop_limit, 255);
  EXPECT_EQ(received.ip.destination, kNut.SolicitedNode());
  EXPECT_EQ(MacAddress::Load(received.frame.data()), MacAddress::ForGroup(kNut.SolicitedNode()));
  const auto message = wire::NeighborSolicitation::Parse(received.message, received.context);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->target, kNut);
  EXPECT_EQ(message->options.source_link_layer_address, kTesterMac);
  EXPECT_EQ(message->options.nonce, NdpNonce::FromInteger(0x010203040506));
}

TEST(PacketBuilder, WhatComesFromLinkLocalAddressesAloneDoesSoByDefault) {
  for (const char* message :
       {R"(redirect { target: "fe80::1" redirect_destination: "2001:db8::1" })",
        "router_advertisement {}", "multicast_listener_query {}", "multicast_listener_report {}",
        "multicast_listener_done {}", "multicast_listener_query_v2 {}",
        "multicast_listener_report_v2 {}"}) {
    const std::string frame = R"(ipv6 { destination: "2001:db8:9::9" } )" + std::string(message);
    EXPECT_EQ(Receive(Build(frame)).ip.source, kTester) << message;
  }
  EXPECT_EQ(Receive(Build(R"(ipv6 { destination: "2001:db8:9::9" } echo_request {})")).ip.source,
            kTesterGlobal);
}

TEST(PacketBuilder, AnAdvertisementOfANeighbourIsWhatTheStackReads) {
  const Received received = Receive(Build(R"(
      ipv6 { destination: "$nut.link_local" }
      neighbor_advertisement { solicited: true override: true router: true
                               target_link_layer_address: "02:00:00:00:00:02" })"));
  const auto message = wire::NeighborAdvertisement::Parse(received.message, received.context);
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(message->router && message->solicited && message->override_flag);
  EXPECT_EQ(message->target, kTester) << "by default the sender speaks of itself";
  EXPECT_EQ(message->options.target_link_layer_address, *MacAddress::Parse("02:00:00:00:00:02"));
}

TEST(PacketBuilder, ARouterAdvertisementIsWhatTheStackReads) {
  const Received received = Receive(Build(R"(ipv6 {} router_advertisement {
      cur_hop_limit: 15 managed: true preference: HIGH router_lifetime: "10m"
      reachable_time: "30s" retrans_timer: "1s"
      prefix_information { prefix: "2001:db8:1::/64" valid_lifetime: "infinite"
                           preferred_lifetime: "1h" on_link: false }
      mtu: 1280
      route_information { prefix: "2001:db8:2::/48" preference: LOW lifetime: "10m" }
      recursive_dns_server { address: "2001:db8::53" address: "2001:db8::54" lifetime: "60s" }
      dns_search_list { domain: "example.com" domain: "x.test" }
      pref64 { prefix: "64:ff9b::/96" lifetime: "80s" } })"));
  EXPECT_EQ(received.ip.destination, Ipv6Address::AllNodes());
  EXPECT_EQ(received.ip.source, kTester);
  const auto message = wire::RouterAdvertisement::Parse(received.message, received.context);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->cur_hop_limit, 15);
  EXPECT_TRUE(message->managed);
  EXPECT_EQ(message->preference, wire::RouterPreference::kHigh);
  EXPECT_EQ(message->router_lifetime, Seconds(600));
  EXPECT_EQ(message->reachable_time, Seconds(30));
  ASSERT_EQ(message->options.prefixes.size(), 1u);
  EXPECT_TRUE(message->options.prefixes[0].valid_lifetime.is_infinite());
  EXPECT_FALSE(message->options.prefixes[0].on_link);
  EXPECT_EQ(message->options.mtu, 1280u);
  ASSERT_EQ(message->options.routes.size(), 1u);
  EXPECT_EQ(message->options.routes[0].prefix.ToString(), "2001:db8:2::/48");
  EXPECT_EQ(message->options.routes[0].preference, wire::RouterPreference::kLow);
  ASSERT_EQ(message->options.dns_servers.size(), 1u);
  EXPECT_EQ(message->options.dns_servers[0].addresses.size(), 2u);
  ASSERT_EQ(message->options.dns_search_lists.size(), 1u);
  EXPECT_EQ(message->options.dns_search_lists[0].names[1], "x.test");
  ASSERT_EQ(message->options.pref64s.size(), 1u);
  EXPECT_EQ(message->options.pref64s[0].lifetime, Seconds(80));
}

TEST(PacketBuilder, ARedirectQuotesAnEarlierPacket) {
  TwoNodes nodes;
  nodes.packets["probe"] = FromHex("6000000000003b40");
  const Received received = Receive(Build(R"(
      ipv6 { destination: "$nut.global" source: "$tn1.link_local" }
      redirect { target: "fe80::2" redirect_destination: "2001:db8:9::9"
                 target_link_layer_address: "02:00:00:00:00:02"
                 redirected_header { quote { packet: "probe" } } })",
                                          nodes));
  const auto message = wire::Redirect::Parse(received.message, received.context);
  ASSERT_TRUE(message.ok());
  EXPECT_EQ(message->target.ToString(), "fe80::2");
  EXPECT_EQ(message->destination.ToString(), "2001:db8:9::9");
  EXPECT_EQ(ToHex(message->options.redirected), ToHex(nodes.packets["probe"]));
}

TEST(PacketBuilder, AnErrorQuotesADescribedPacketUpToTheMinimumMtu) {
  const Received received = Receive(Build(R"(
      ipv6 { destination: "$nut.global" }
      packet_too_big { mtu: 1280 quote { frame {
        ipv6 { source: "$nut.global" destination: "2001:db8:5::5" }
        echo_reply { data_size: 1400 } } } })"));
  const auto error = wire::Icmpv6Error::Parse(received.message);
  ASSERT_TRUE(error.ok());
  EXPECT_EQ(error->parameter, 1280u);
  EXPECT_EQ(received.ip.payload_length, 1240);
  EXPECT_EQ(Ipv6Address::Load(error->invoking.data() + 8), kNutGlobal);
}

TEST(PacketBuilder, ListenerMessagesAreWhatTheStackReads) {
  const auto query = Receive(Build(R"(ipv6 {} multicast_listener_query_v2 {
      maximum_response_code: 1000 group: "ff0e::5" source: "2001:db8::7" })"));
  EXPECT_EQ(query.ip.hop_limit, 1);
  EXPECT_EQ(query.ip.destination.ToString(), "ff0e::5");
  const auto parsed = wire::ListenerQuery::Parse(query.message);
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed->version1);
  EXPECT_EQ(parsed->maximum_response_delay, Seconds(1));
  EXPECT_EQ(parsed->sources.size(), 1u);

  const auto report = Receive(Build(R"(ipv6 {} multicast_listener_report_v2 {
      record { type: CHANGE_TO_EXCLUDE_MODE group: "ff0e::5" auxiliary_data: "01" }
      record { group: "ff0e::6" source: "::1" } })"));
  const auto records = wire::ListenerReport::Parse(report.message);
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->records.size(), 2u);
  EXPECT_EQ(records->records[0].type, wire::ListenerRecordType::kChangeToExclude);
}

TEST(PacketBuilder, AMessageCanBeCutOrHaveAnOptionOfLengthZero) {
  const auto cut =
      Receive(Build(R"(ipv6 {} neighbor_solicitation { target: "$nut.link_local" size: 16 })"));
  EXPECT_EQ(cut.ip.payload_length, 16);
  EXPECT_FALSE(wire::NeighborSolicitation::Parse(cut.message, cut.context).ok());
  const auto zero = Receive(Build(R"(ipv6 {} neighbor_solicitation {
      target: "$nut.link_local" option { type: 1 length: 0 data: "020000000001" } })"));
  const auto parsed = wire::NeighborSolicitation::Parse(zero.message, zero.context);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.reason(), DropReason::NDP_OPTION_LENGTH_ZERO);
}

TEST(PacketBuilder, AddressesMayBeThoseOfAnEarlierPacket) {
  TwoNodes nodes;
  const auto probe =
      Build(R"(ipv6 { source: "2001:db8::5" } neighbor_solicitation { target: "2001:db8::77:1" })");
  nodes.packets["probe"] = {probe.begin() + 14, probe.end()};
  EXPECT_EQ(ToHex(Build(R"x(ipv6 { source: "target(probe)" destination: "source(probe)" }
                            echo_request {})x",
                        nodes)),
            ToHex(Build(R"(ipv6 { source: "2001:db8::77:1" destination: "2001:db8::5" }
                           echo_request {})",
                        nodes)));
  EXPECT_EQ(ToHex(Build(R"x(ipv6 { destination: "destination(probe)" } echo_request {})x", nodes)),
            ToHex(Build(R"(ipv6 { destination: "ff02::1:ff77:1" } echo_request {})", nodes)));
  const auto echo = Build("ipv6 { destination: \"$nut.global\" } echo_request {}");
  nodes.packets["probe"] = {echo.begin() + 14, echo.end()};
  EXPECT_EQ(
      BuildFrames(Spec(R"x(ipv6 { destination: "target(probe)" } echo_request {})x"), nodes).error,
      "there is no target(probe)");
}

TEST(PacketBuilder, PiecesAreThoseOfTheWholePacket) {
  const PacketSpec spec = Spec(R"(
      ipv6 { destination: "$nut.link_local" } hop_by_hop { padn: 6 } echo_request { data_size: 20 }
      fragments { size: 16 identification: 7 send: 2 send: 1 })");
  const BuiltFrames built = BuildFrames(spec, TwoNodes());
  ASSERT_EQ(built.error, "");
  ASSERT_EQ(built.frames.size(), 2u);
  EXPECT_EQ(ToHex(ByteView(built.frames[0]).subspan(54)),
            ToHex(FromHex("2c00 0104 00000000 3a00 0010 00000007 08090a0b0c0d0e0f 10111213")));
  EXPECT_EQ(built.frames[1].size(), 14u + 40 + 8 + 8 + 16);
  EXPECT_EQ(LoadBig16(built.frames[1].data() + 64), 1) << "offset 0, more to come";
}

TEST(PacketBuilder, OnePieceMayComeFromElsewhere) {
  const PacketSpec spec = Spec(R"(
      ipv6 { destination: "$nut.link_local" } echo_request { data_size: 20 }
      fragments { size: 16 send: 2 source: "fe80::bad" })");
  const BuiltFrames built = BuildFrames(spec, TwoNodes());
  ASSERT_EQ(built.frames.size(), 1u);
  EXPECT_EQ(Ipv6Address::Load(built.frames[0].data() + 22).ToString(), "fe80::bad");
}

TEST(PacketBuilder, UdpTcpArpAndIpv4AreRightByteForByte) {
  EXPECT_EQ(ToHex(ByteView(Build(R"(
      ipv6 { source: "::1" destination: "::2" }
      udp { source_port: 1 destination_port: 2 } payload { hex: "ff" })"))
                      .subspan(54)),
            ToHex(FromHex("0001 0002 0009 00d6 ff")));
  EXPECT_EQ(ToHex(ByteView(Build(R"(
      ipv6 { source: "::1" destination: "::2" }
      tcp { source_port: 1 destination_port: 2 syn: true options: "020405a0" })"))
                      .subspan(54)),
            ToHex(FromHex("0001 0002 00000000 00000000 6002 ffff 9835 0000 020405a0")));
  EXPECT_EQ(ToHex(Build(R"(arp { sender_address: "192.0.2.1" target_address: "192.0.2.2" })")),
            ToHex(FromHex("ffffffffffff 020000000001 0806 0001 0800 06 04 0001"
                          "020000000001 c0000201 000000000000 c0000202")));
  EXPECT_EQ(ToHex(ByteView(Build(R"(
      ipv4 { source: "192.0.2.1" destination: "192.0.2.2" } icmpv4 {})"))
                      .subspan(14)),
            ToHex(FromHex("4500001c 00010000 4001 f6dc c0000201 c0000202 0800 f7fd 0001 0001")));
}

TEST(PacketBuilder, AFrameCanBeCutShort) {
  EXPECT_EQ(Build(R"(ipv6 { destination: "ff02::1" } echo_request {} truncate: 20)").size(), 20u);
}

TEST(PacketBuilder, WhatIsMissingIsSaid) {
  TwoNodes nodes;
  nodes.link_local = false;
  EXPECT_EQ(BuildFrames(Spec(R"(ipv6 { destination: "$nut.link_local" })"), nodes).error,
            "there is no $nut.link_local");
  EXPECT_EQ(BuildFrames(Spec(R"(ipv6 { destination: "::1" } packet_too_big {
                quote { packet: "probe" } })"),
                        nodes)
                .error,
            "there was no packet 'probe' yet");
  EXPECT_EQ(BuildFrames(Spec(R"(ipv6 { destination: "::1" } echo_request {}
                                fragments { size: 16 send: 3 })"),
                        nodes)
                .error,
            "there is no piece 3; the packet has 1");
  EXPECT_TRUE(BuildFrames(PacketSpec(), nodes).ok()) << "nothing is an empty frame";
}

// The TCP header of what is built beside a packet "probe", which is a segment.
std::string TcpHeaderAfter(std::string_view probe, std::string_view text) {
  TwoNodes nodes;
  const auto frame = Build("ipv6 { destination: \"$nut.link_local\" } tcp { " + std::string(probe) +
                           " } payload { hex: \"0102\" }");
  nodes.packets["probe"] = {frame.begin() + 14, frame.end()};
  const auto built =
      Build("ipv6 { destination: \"$nut.link_local\" } tcp { " + std::string(text) + " }", nodes);
  return ToHex(ByteView(built).subspan(54, 14));
}

TEST(PacketBuilder, ASegmentThatAnswersAnotherHasItsNumbersTheOtherWayRound) {
  const auto probe =
      "source_port: 1 destination_port: 2 sequence: 0xffffffff acknowledgment: 0x10 ack: true "
      "fin: true";
  // Two bytes of data and the FIN, over the end of the sequence space.
  EXPECT_EQ(TcpHeaderAfter(probe, "answers: \"probe\""),
            ToHex(FromHex("0002 0001 00000010 00000002 5010")));
  EXPECT_EQ(TcpHeaderAfter(probe,
                           "answers: \"probe\" sequence_offset: -0x11 rst: true "
                           "acknowledgment_offset: 1 source_port: 9"),
            ToHex(FromHex("0009 0001 ffffffff 00000003 5014")));
  EXPECT_EQ(TcpHeaderAfter(probe, "answers: \"probe\" ack: false"),
            ToHex(FromHex("0002 0001 00000010 00000000 5000")));
}

TEST(PacketBuilder, ASegmentThatFollowsAnotherGoesOnBehindIt) {
  const auto probe =
      "source_port: 1 destination_port: 2 sequence: 5 acknowledgment: 0x10 ack: true";
  EXPECT_EQ(TcpHeaderAfter(probe, "follows: \"probe\" psh: true"),
            ToHex(FromHex("0001 0002 00000007 00000010 5018")));
}

TEST(PacketBuilder, WhatAnswersASynBeginsWithANumberOfItsOwn) {
  EXPECT_EQ(TcpHeaderAfter("sequence: 5 acknowledgment: 9 syn: true",
                           "answers: \"probe\" syn: true sequence: 77"),
            ToHex(FromHex("0007 c000 0000004d 00000008 5012")));
}

TEST(PacketBuilder, ASegmentOfNoConversationIsAnError) {
  TwoNodes nodes;
  const PacketSpec spec =
      Spec("ipv6 { destination: \"$nut.link_local\" } tcp { answers: \"probe\" }");
  EXPECT_EQ(BuildFrames(spec, nodes).error, "there was no packet 'probe' yet");
  const auto echo = Build("ipv6 { destination: \"$nut.link_local\" } echo_request {}");
  nodes.packets["probe"] = {echo.begin() + 14, echo.end()};
  EXPECT_EQ(BuildFrames(spec, nodes).error, "packet 'probe' is no TCP segment");
}

}  // namespace
}  // namespace dualsim::craft
