#include "sim/craft/packet_matcher.h"

#include <gtest/gtest.h>

#include "stack/base/random_stream.h"
#include "tests/sim/craft/craft_support.h"

namespace dualsim::craft {
namespace {

// Why the frame of one description does not match another; "" where it does.
std::string Mismatch(std::string_view pattern, std::string_view frame,
                     const TwoNodes& nodes = TwoNodes()) {
  const std::vector<uint8_t> bytes = Build(frame, nodes);
  const MatchResult result = Match(Spec(pattern, FrameUse::kPattern), DissectFrame(bytes), nodes);
  EXPECT_EQ(result.matches, result.reason.empty());
  return result.reason;
}

constexpr char kEcho[] = R"(ipv6 { destination: "$nut.link_local" }
                            echo_request { identifier: 7 data_size: 4 })";
constexpr char kAdvertisement[] = R"(ipv6 {} router_advertisement {
    router_lifetime: "30m" prefix_information { prefix: "2001:db8:1::/64" valid_lifetime: "1h" }
    route_information { prefix: "2001:db8:2::/48" } source_link_layer_address: "$tn1.mac" })";

TEST(PacketMatcher, AnEmptyPatternMatchesEverything) { EXPECT_EQ(Mismatch("", kEcho), ""); }

TEST(PacketMatcher, EveryGivenFieldMustBeTheSame) {
  EXPECT_EQ(Mismatch(R"(ethernet { source: "$tn1.mac" destination: "$nut.mac" }
                        ipv6 { source: "$tn1.link_local" hop_limit: 64 flow_label: 0 }
                        echo_request { identifier: 7 data_size: 4 })",
                     kEcho),
            "");
  EXPECT_EQ(Mismatch("ipv6 { hop_limit: 255 }", kEcho), "ipv6: hop_limit is 64, expected 255");
  EXPECT_EQ(Mismatch("ipv6 { flow_label: 5 }", kEcho),
            "ipv6: flow_label is 0x00000, expected 0x00005");
  EXPECT_EQ(Mismatch(R"(ipv6 { source: "$nut.link_local" })", kEcho),
            "ipv6: source is fe80::1, expected fe80::ff:fe00:a ($nut.link_local)");
  EXPECT_EQ(Mismatch(R"(echo_request { data: "00010203" })", kEcho), "");
  EXPECT_EQ(Mismatch("echo_request { data_size: 5 }", kEcho),
            "echo_request: data_size is 4, expected 5");
  EXPECT_EQ(Mismatch(R"(ethernet { source: "$nut.mac" })", kEcho),
            "ethernet: source is 02:00:00:00:00:01, expected 02:00:00:00:00:0a ($nut.mac)");
}

TEST(PacketMatcher, AnyAddressOfANodeCanBeAskedFor) {
  EXPECT_EQ(Mismatch(R"(ipv6 { destination: "$nut.unicast" })", kEcho), "");
  EXPECT_EQ(Mismatch(R"(ipv6 { source: "$nut.unicast" })", kEcho),
            "ipv6: source is fe80::1, expected an address of nut");
}

TEST(PacketMatcher, LayersFollowEachOtherAsGiven) {
  constexpr char kHopByHop[] =
      R"(ipv6 { destination: "ff02::1" } hop_by_hop { router_alert: 0 } echo_request {})";
  EXPECT_EQ(Mismatch("echo_request {}", kHopByHop), "");
  EXPECT_EQ(Mismatch("ipv6 {} hop_by_hop {} echo_request {}", kHopByHop), "");
  EXPECT_EQ(Mismatch("ipv6 {} echo_request {}", kHopByHop),
            "it has hop_by_hop where echo_request is expected");
  EXPECT_EQ(Mismatch("echo_reply {}", kHopByHop),
            "it is ipv6, hop_by_hop, echo_request; expected echo_reply");
  EXPECT_EQ(Mismatch("hop_by_hop { option { type: 5 data: \"0000\" } }", kHopByHop), "");
  EXPECT_EQ(Mismatch("hop_by_hop { option { type: 6 } }", kHopByHop),
            "hop_by_hop: no option is as expected: type is 1, expected 6");
}

TEST(PacketMatcher, AWrongChecksumMatchesOnlyWhereItIsExpected) {
  constexpr char kBad[] = R"(ipv6 { destination: "::1" } echo_request { bad_checksum: true })";
  EXPECT_EQ(Mismatch("echo_request {}", kBad), "echo_request: its checksum is wrong");
  EXPECT_EQ(Mismatch("echo_request { bad_checksum: true }", kBad), "");
  EXPECT_EQ(Mismatch("echo_request { bad_checksum: true }", kEcho),
            "echo_request: bad_checksum is false, expected true");
}

TEST(PacketMatcher, OptionsAreFoundAmongOthers) {
  EXPECT_EQ(Mismatch(R"(router_advertisement {
      source_link_layer_address: "$tn1.mac" prefix_information { prefix: "2001:db8:1::/64" } })",
                     kAdvertisement),
            "");
  EXPECT_EQ(Mismatch(R"(router_advertisement { prefix_information { valid_lifetime: "2h" } })",
                     kAdvertisement),
            "router_advertisement: prefix_information: valid_lifetime is 3600s, expected 7200s");
  EXPECT_EQ(Mismatch("router_advertisement { mtu: 1280 }", kAdvertisement),
            "router_advertisement: it has no mtu");
  EXPECT_EQ(Mismatch("router_advertisement { without: SOURCE_LINK_LAYER_ADDRESS }", kAdvertisement),
            "router_advertisement: it has a source_link_layer_address, expected none");
  EXPECT_EQ(Mismatch("router_advertisement { preference: HIGH }", kAdvertisement),
            "router_advertisement: preference is MEDIUM, expected HIGH");
}

TEST(PacketMatcher, NumbersCanBeHeldAgainstConditions) {
  EXPECT_EQ(Mismatch(R"(where { field: "ipv6.payload_length" at_most: 12 })", kEcho), "");
  EXPECT_EQ(Mismatch(R"(where { field: "ipv6.payload_length" at_least: 20 })", kEcho),
            "ipv6.payload_length is 12, expected at least 20");
  EXPECT_EQ(
      Mismatch(R"(where { field: "route_information.length" one_of: [2, 3] })", kAdvertisement),
      "");
  EXPECT_EQ(Mismatch(R"(where { field: "echo_request.identifier" one_of: [1, 2] })", kEcho),
            "echo_request.identifier is 7, expected one of 1, 2");
  EXPECT_EQ(Mismatch(R"(where { field: "echo_reply.code" at_least: 0 })", kEcho),
            "it has no echo_reply.code");
}

TEST(PacketMatcher, AQuoteIsComparedWithAnEarlierPacketOrADescription) {
  TwoNodes nodes;
  const std::vector<uint8_t> probe = Build(kEcho);
  nodes.packets["probe"] = {probe.begin() + 14, probe.end()};
  constexpr char kError[] = R"(ipv6 { destination: "$nut.link_local" }
      parameter_problem { code: 1 pointer: 40 quote { packet: "probe" } })";
  EXPECT_EQ(
      Mismatch(R"(parameter_problem { pointer: 40 quote { packet: "probe" } })", kError, nodes),
      "");
  EXPECT_EQ(Mismatch(R"(parameter_problem { quote { frame { echo_request { identifier: 8 } } } })",
                     kError, nodes),
            "parameter_problem: in the quote, echo_request: identifier is 7, expected 8");
  EXPECT_EQ(Mismatch(R"(parameter_problem { quote { hex: "61" } })", kError, nodes),
            "parameter_problem: the quote is not 61: they differ at byte 0");
}

TEST(PacketMatcher, AnyIcmpv6MessageCanBeComparedAsBytes) {
  EXPECT_EQ(Mismatch(R"(icmpv6 { type: 128 body: "0007000100010203" })", kEcho), "");
  EXPECT_EQ(Mismatch("icmpv6 { type: 254 }", kEcho), "it is ipv6, echo_request; expected icmpv6");
}

TEST(PacketMatcher, TheHeadersOfAFirstFragmentAreSeenThroughIt) {
  const BuiltFrames built = BuildFrames(
      Spec(R"(ipv6 { destination: "::1" } echo_request { data_size: 40 } fragments { size: 16 })"),
      TwoNodes());
  ASSERT_EQ(built.frames.size(), 3u);
  const auto matches = [&](std::string_view pattern, size_t frame) {
    return Match(Spec(pattern, FrameUse::kPattern), DissectFrame(built.frames[frame]), TwoNodes())
        .reason;
  };
  EXPECT_EQ(matches("ipv6 {} fragment { offset: 0 more: true } echo_request {}", 0), "");
  EXPECT_EQ(matches("ipv6 {} fragment { offset: 16 more: true } payload { size: 16 }", 1), "");
  EXPECT_EQ(matches("ipv6 {} fragment { more: true }", 2),
            "fragment: more is false, expected true");
}

TEST(PacketMatcher, WhatDissectionSaysBuildsTheSameBytesAgain) {
  const std::string_view kFrames[] = {
      kEcho,
      kAdvertisement,
      R"(ipv6 { destination: "::1" traffic_class: 3 } destination_options { padn: 7 pad1: 5 }
         udp {} payload { size: 9 })",
      R"(ipv6 { destination: "::1" } routing { type: 3 data: "0102030405060708090a0b0c" }
         fragment { offset: 8 next_header: 58 } payload { hex: "01" })",
      R"(ipv6 { destination: "::1" } redirect { target: "::3" redirect_destination: "::4"
         redirected_header { quote { hex: "0102030405060708" } } nonce: "010203040506" })",
      R"(ipv6 {} multicast_listener_report_v2 { record { group: "ff02::5" source: "::1" } })",
      R"(ipv6 {} multicast_listener_query_v2 { source: "::1" suppress_router_processing: true })",
      R"(ipv6 { destination: "::1" } tcp { ack: true options: "01010101" } payload { size: 3 })",
      R"(ipv4 { source: "192.0.2.1" options: "01" } udp {} payload { size: 2 })",
      R"(ipv4 {} icmpv4 { type: 3 rest: 5 } payload { size: 5 })",
      R"(arp { operation: 2 sender_address: "192.0.2.1" })"};
  for (std::string_view text : kFrames) {
    const std::vector<uint8_t> frame = Build(text);
    PacketSpec spec;
    for (const DissectedLayer& layer : DissectFrame(frame).layers) {
      spec.layers.push_back(layer.layer);
      // The verdict on the checksum would spoil it again.
      std::visit(
          [](auto& fields) {
            if constexpr (requires { fields.bad_checksum; }) fields.bad_checksum.reset();
            if constexpr (requires { fields.no_padding; }) fields.no_padding = true;
          },
          spec.layers.back());
    }
    const BuiltFrames again = BuildFrames(spec, TwoNodes());
    ASSERT_EQ(again.frames.size(), 1u) << text;
    EXPECT_EQ(again.frames[0], frame) << text;
  }
}

TEST(PacketDissector, AnyBytesGiveLayersThatCoverThem) {
  RandomStream random(1, "dissector", "test");
  const std::vector<uint8_t> seed = Build(kAdvertisement);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<uint8_t> frame = seed;
    frame.resize(random.Below(seed.size() + 1));
    for (int flips = 0; flips < 3 && !frame.empty(); ++flips) {
      frame[random.Below(frame.size())] = static_cast<uint8_t>(random.Below(256));
    }
    size_t end = 0;
    for (const DissectedLayer& layer : DissectFrame(frame).layers) {
      const size_t begin = static_cast<size_t>(layer.bytes.data() - frame.data());
      EXPECT_EQ(begin, end);
      end = begin + layer.bytes.size();
      EXPECT_LE(end, frame.size());
    }
  }
}

}  // namespace
}  // namespace dualsim::craft
