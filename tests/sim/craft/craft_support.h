#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/packet.pb.h"
#include "sim/craft/packet_builder.h"
#include "sim/craft/packet_spec_reader.h"
#include "sim/craft/surroundings.h"
#include "sim/scenario/text_reader.h"

namespace dualsim::craft {

inline const MacAddress kTesterMac = *MacAddress::Parse("02:00:00:00:00:01");
inline const MacAddress kNutMac = *MacAddress::Parse("02:00:00:00:00:0a");
inline const Ipv6Address kTester = *Ipv6Address::Parse("fe80::1");
inline const Ipv6Address kTesterGlobal = *Ipv6Address::Parse("2001:db8::1");
inline const Ipv6Address kNut = *Ipv6Address::Parse("fe80::ff:fe00:a");
inline const Ipv6Address kNutGlobal = *Ipv6Address::Parse("2001:db8::a");

// A tester "tn1" and a node "nut", with one address of each kind.
class TwoNodes final : public Surroundings {
 public:
  std::optional<Ipv6Address> LinkLocal(const NodeTerm& node) const override {
    if (!link_local) return std::nullopt;
    return node.node == "nut" ? kNut : kTester;
  }
  std::optional<Ipv6Address> Global(const NodeTerm& node) const override {
    return node.node == "nut" ? kNutGlobal : kTesterGlobal;
  }
  std::optional<Ipv6Address> Within(const NodeTerm& node, const Ipv6Prefix& prefix) const override {
    const auto global = Global(node);
    return prefix.Contains(*global) ? global : std::nullopt;
  }
  bool Has(const NodeTerm& node, const Ipv6Address& address) const override {
    return address == *Global(node) || address == LinkLocal(node);
  }
  std::optional<MacAddress> Mac(const NodeTerm& node) const override {
    return node.node == "nut" ? kNutMac : kTesterMac;
  }
  std::optional<MacAddress> SourceMac() const override { return kTesterMac; }
  std::optional<Ipv6Address> SourceFor(const Ipv6Address& destination) const override {
    const bool local = destination.is_link_local() || destination.is_link_local_multicast();
    return local ? kTester : kTesterGlobal;
  }
  std::optional<MacAddress> DestinationMac(const Ipv6Address&) const override { return kNutMac; }
  std::optional<ByteView> FindPacket(std::string_view name) const override {
    const auto found = packets.find(std::string(name));
    if (found == packets.end()) return std::nullopt;
    return ByteView(found->second);
  }

  bool link_local = true;
  std::map<std::string, std::vector<uint8_t>> packets;
};

struct SpecReading {
  PacketSpec spec;
  std::string diagnostics;  // As they are printed; "" where there are none.
};

// What `text`, the inside of a Frame, says.
inline SpecReading ReadSpec(std::string_view text, FrameUse use) {
  const NameScope names{{"tn1", "nut"}, {"lan", "wan"}, {"probe"}};
  sim::Diagnostics diagnostics("f");
  sim::TextLocations locations;
  dualsim::Frame frame;
  sim::ReadText(text, &frame, &locations, &diagnostics);
  SpecReading reading;
  reading.spec = ReadPacketSpec(frame, locations, names, use, &diagnostics);
  reading.diagnostics = diagnostics.ToString();
  return reading;
}

inline PacketSpec Spec(std::string_view text, FrameUse use = FrameUse::kSend) {
  SpecReading reading = ReadSpec(text, use);
  EXPECT_EQ(reading.diagnostics, "");
  return std::move(reading.spec);
}

// The one frame of a description.
inline std::vector<uint8_t> Build(std::string_view text, const TwoNodes& nodes = TwoNodes()) {
  BuiltFrames built = BuildFrames(Spec(text), nodes);
  EXPECT_EQ(built.error, "");
  EXPECT_EQ(built.frames.size(), 1u);
  return built.frames.empty() ? std::vector<uint8_t>() : built.frames[0];
}

}  // namespace dualsim::craft
