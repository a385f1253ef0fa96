// The text of a frame: complaints, or frames that say of themselves what the
// text says. Whatever was built can be taken apart, as a frame and as a pattern.

#include <optional>
#include <string_view>

#include "proto/packet.pb.h"
#include "sim/craft/packet_builder.h"
#include "sim/craft/packet_matcher.h"
#include "sim/craft/packet_spec_reader.h"
#include "sim/scenario/text_reader.h"
#include "tests/fuzz/require.h"

namespace {

using dualsim::ByteView;
using dualsim::Ipv6Address;
using dualsim::Ipv6Prefix;
using dualsim::MacAddress;
using dualsim::craft::NodeTerm;

// A world in which everybody has the same addresses.
class AnyWorld final : public dualsim::craft::Surroundings {
 public:
  std::optional<Ipv6Address> LinkLocal(const NodeTerm&) const override {
    return Ipv6Address::FromIntegers(0xfe80ull << 48, 1);
  }
  std::optional<Ipv6Address> Global(const NodeTerm&) const override {
    return Ipv6Address::FromIntegers(0x20010db8ull << 32, 1);
  }
  std::optional<Ipv6Address> Within(const NodeTerm&, const Ipv6Prefix&) const override {
    return std::nullopt;
  }
  bool Has(const NodeTerm&, const Ipv6Address&) const override { return true; }
  std::optional<MacAddress> Mac(const NodeTerm&) const override {
    return MacAddress::FromInteger(0x0200'0000'0001);
  }
  std::optional<MacAddress> SourceMac() const override { return Mac({}); }
  std::optional<Ipv6Address> SourceFor(const Ipv6Address&) const override { return LinkLocal({}); }
  std::optional<MacAddress> DestinationMac(const Ipv6Address&) const override { return Mac({}); }
  std::optional<ByteView> FindPacket(std::string_view) const override { return ByteView(packet_); }

 private:
  uint8_t packet_[48] = {0x60};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace dualsim::craft;
  using dualsim::testing::Require;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const NameScope names{{"nut", "tn1"}, {"lan"}, {"probe"}};
  const AnyWorld world;
  dualsim::sim::Diagnostics diagnostics("fuzz");
  dualsim::sim::TextLocations locations;
  dualsim::Frame frame;
  dualsim::sim::ReadText(text, &frame, &locations, &diagnostics);
  for (const FrameUse use : {FrameUse::kSend, FrameUse::kPattern}) {
    const PacketSpec spec = ReadPacketSpec(frame, locations, names, use, &diagnostics);
    // Even what was refused has to be harmless.
    const BuiltFrames built = BuildFrames(spec, world);
    Require(built.ok() || built.frames.empty(), "frames or a reason");
    for (const std::vector<uint8_t>& bytes : built.frames) {
      Require(bytes.size() <= kMaximumFrame, "a frame fits");
      const MatchResult result = Match(spec, DissectFrame(bytes), world);
      Require(result.matches == result.reason.empty(), "a match or a reason");
    }
  }
  return 0;
}
