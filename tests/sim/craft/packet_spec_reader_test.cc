#include "sim/craft/packet_spec_reader.h"

#include <gtest/gtest.h>

#include "tests/sim/craft/craft_support.h"

namespace dualsim::craft {
namespace {

std::string Complaints(std::string_view text, FrameUse use = FrameUse::kSend) {
  return ReadSpec(text, use).diagnostics;
}

TEST(PacketSpecReader, KeepsTheOrderOfTheText) {
  const PacketSpec spec = Spec(R"(ipv6 { destination: "::1" } destination_options {}
                                  hop_by_hop {} destination_options {} fragment {})");
  ASSERT_EQ(spec.layers.size(), 5u);
  EXPECT_EQ(LayerName(spec.layers[1]), "destination_options");
  EXPECT_EQ(LayerName(spec.layers[2]), "hop_by_hop");
  EXPECT_EQ(LayerName(spec.layers[3]), "destination_options");
}

TEST(PacketSpecReader, WhatIpv6AloneCarriesHasItsHeaderInFront) {
  for (const char* text : {"router_solicitation {}", "ethernet {} router_solicitation {}",
                           "hop_by_hop {} multicast_listener_query {}"}) {
    const PacketSpec spec = Spec(text);
    const size_t at = std::string_view(text).starts_with("ethernet") ? 1 : 0;
    ASSERT_GT(spec.layers.size(), at + 1);
    EXPECT_EQ(LayerName(spec.layers[at]), "ipv6") << text;
  }
  EXPECT_EQ(Spec("ethernet { type: 0x86dd } router_solicitation {}").layers.size(), 2u)
      << "what is given is sent as it stands";
  EXPECT_EQ(Complaints("echo_request {}"), "f:1:1: lacks 'ipv6' with a 'destination'\n");
}

TEST(PacketSpecReader, KeepsTheOrderOfOptionsOfDifferentKinds) {
  const PacketSpec spec = Spec(R"(ipv6 {} router_advertisement {
      mtu: 1280 source_link_layer_address: "$tn1.mac" mtu: 1400 })");
  const auto& message = std::get<Icmpv6Layer>(spec.layers[1]);
  ASSERT_EQ(message.options.size(), 3u);
  EXPECT_EQ(message.options[0].type, 5);
  EXPECT_EQ(message.options[1].type, 1);
  EXPECT_EQ(std::get<MtuOption>(message.options[2].body).mtu, 1400u);
}

TEST(PacketSpecReader, ANumberThatDoesNotFitIsRefused) {
  EXPECT_EQ(Complaints(R"(ipv6 { destination: "::1" hop_limit: 256 })"),
            "f:1:27: hop_limit: 256 does not fit; 255 is the most\n");
  EXPECT_EQ(Complaints(R"(ipv6 { destination: "::1" } fragment { offset: 12 })"),
            "f:1:40: offset: it is a multiple of 8\n");
  EXPECT_EQ(Complaints(R"(ipv6 {} router_advertisement { router_lifetime: "1.5s" })"),
            "f:1:32: router_lifetime: it is counted in whole seconds\n");
  EXPECT_EQ(Complaints(R"(ipv6 {} router_advertisement { router_lifetime: "1d" })"),
            "f:1:32: router_lifetime: 86400s does not fit; 65535s is the most\n");
}

TEST(PacketSpecReader, AnUnknownNameIsRefusedWithANearOne) {
  EXPECT_EQ(Complaints(R"(ipv6 { destination: "$nutt.link_local" })"),
            "f:1:8: destination: there is no host 'nutt'; did you mean 'nut'?\n");
  EXPECT_EQ(Complaints(R"(ipv6 { destination: "$nut@lam.global" })"),
            "f:1:8: destination: there is no link 'lam'; did you mean 'lan'?\n");
  EXPECT_EQ(Complaints(R"(ipv6 { destination: "::1" } time_exceeded { quote { packet: "prob" } })"),
            "f:1:53: packet: no packet before this is called 'prob'; did you mean 'probe'?\n");
  EXPECT_EQ(Complaints(R"x(ipv6 { destination: "source(prob)" })x"),
            "f:1:8: destination: no packet before this is called 'prob'; did you mean 'probe'?\n");
}

TEST(PacketSpecReader, TextThatIsNoAddressIsRefused) {
  const std::string complaint = Complaints(R"(ipv6 { destination: "2001::db8::1" })");
  EXPECT_EQ(complaint.substr(0, 49), "f:1:8: destination: '2001::db8::1' is no address;");
  EXPECT_NE(Complaints(R"x(ipv6 { destination: "solicited_node(solicited_node(::1))" })x"), "");
  EXPECT_NE(Complaints(R"x(ipv6 { destination: "counted(all_nodes)" })x"), "");
  EXPECT_NE(Complaints(R"x(ethernet { destination: "counted($nut.mac)" })x"), "");
  EXPECT_EQ(Complaints(R"x(ethernet { destination: "group_mac(solicited_node(counted(::1)))" }
                           ipv6 { destination: "solicited_node(counted(2001:db8::1))" })x"),
            "");
  EXPECT_NE(Complaints(R"(ipv6 { destination: "$nut.mac" })"), "");
  EXPECT_NE(Complaints(R"(ethernet { source: "$nut.global" })"), "");
  EXPECT_EQ(Complaints(R"x(ethernet { destination: "group_mac(solicited_node($nut.global))" }
                           ipv6 { destination: "$nut@wan.global(2001:db8::/64)" })x"),
            "");
  EXPECT_EQ(Complaints(R"x(ethernet { destination: "group_mac(solicited_node(target(probe)))" }
                           ipv6 { source: "destination(probe)" destination: "source(probe)" })x"),
            "");
  EXPECT_NE(Complaints(R"x(ipv6 { destination: "source()" })x"), "");
}

TEST(PacketSpecReader, WhatAFrameToSendLacksIsSaid) {
  EXPECT_EQ(Complaints("ipv6 {} echo_request {}"), "f:1:1: lacks 'destination'\n");
  EXPECT_EQ(Complaints(R"(ipv6 { destination: "::1" } neighbor_solicitation {})"),
            "f:1:29: lacks 'target'\n");
  EXPECT_EQ(Complaints(""), "f:1:1: the frame has no layers\n");
  EXPECT_EQ(Complaints("ipv6 {} neighbor_solicitation {}", FrameUse::kPattern), "");
}

TEST(PacketSpecReader, FieldsOfTheOtherUseAreRefused) {
  EXPECT_NE(Complaints(R"(ipv6 { source: "$nut.unicast" destination: "::1" })"), "");
  EXPECT_NE(Complaints(R"(ipv6 { destination: "::1" } where { field: "ipv6.version" at_most: 1 })"),
            "");
  EXPECT_NE(Complaints("ipv6 {} truncate: 10", FrameUse::kPattern), "");
  EXPECT_EQ(Complaints(R"(where { field: "ipv6.colour" at_most: 1 })", FrameUse::kPattern),
            "f:1:1: 'ipv6.colour' is no number of a layer; write one like "
            "'ipv6.payload_length'\n");
}

TEST(PacketSpecReader, QuotesDoNotNestForEver) {
  std::string text = "echo_request {}";
  for (int i = 0; i < 6; ++i) {
    text = R"(ipv6 { destination: "::1" } time_exceeded { quote { frame { )" + text + " } } }";
  }
  EXPECT_NE(Complaints(text).find("too deeply"), std::string::npos);
}

TEST(PacketSpecReader, SegmentsReferToOnePacketThatIsKnown) {
  EXPECT_EQ(ReadSpec(R"(tcp { answers: "prope" })", FrameUse::kPattern).diagnostics,
            "f:1:7: answers: no packet before this is called 'prope'; did you mean 'probe'?\n");
  EXPECT_EQ(ReadSpec(R"(tcp { answers: "probe" follows: "probe" })", FrameUse::kSend).diagnostics,
            "f:1:1: give either 'answers' or 'follows'\n");
  EXPECT_EQ(ReadSpec(R"(tcp { sequence_offset: 1 })", FrameUse::kSend).diagnostics,
            "f:1:1: an offset needs 'answers' or 'follows', which it is counted from\n");
}

}  // namespace
}  // namespace dualsim::craft
