#include "stack/ipv6/fragmentation.h"

#include <gtest/gtest.h>

#include <vector>

#include "stack/ipv6/reassembly.h"
#include "stack/wire/ipv6_extension.h"
#include "tests/stack/ipv6/fragments_for_test.h"

namespace dualsim::ipv6 {
namespace {

using wire::FragmentHeader;
using wire::NextHeader;

constexpr size_t kHeaders = wire::Ipv6Header::kSize;
constexpr uint32_t kIdentification = 0x12345678;

class Silence : public ReassemblyOutput {
 public:
  void DropFragment(DropReason, ByteView, InterfaceId) override { ADD_FAILURE(); }
  void SendError(const wire::Icmpv6Error&, const ip::FragmentArrival&) override { ADD_FAILURE(); }
};

class FragmentationTest : public testing::Test {
 protected:
  std::vector<Packet> Split(const Bytes& packet, size_t mtu) {
    std::vector<Packet> fragments;
    Fragmentation fragmentation(packet, mtu, kIdentification);
    while (Packet fragment = fragmentation.Next(pool_)) fragments.push_back(std::move(fragment));
    return fragments;
  }
  PacketPool pool_;
};

TEST_F(FragmentationTest, EveryFragmentFitsThePathAndAllButTheLastAreMultiplesOf8) {
  for (const size_t mtu : {1280u, 1281u, 1499u, 1500u}) {
    const std::vector<Packet> fragments = Split(MakePacket(NextHeader::kUdp, Pattern(5000)), mtu);
    size_t offset = 0;
    for (size_t i = 0; i < fragments.size(); ++i) {
      const ByteView bytes = fragments[i].bytes();
      EXPECT_LE(bytes.size(), mtu);
      EXPECT_EQ(LoadBig16(bytes.data() + 4), bytes.size() - kHeaders);
      const auto header = FragmentHeader::Parse(bytes.subspan(kHeaders));
      ASSERT_TRUE(header);
      EXPECT_EQ(header->next_header, NextHeader::kUdp);
      EXPECT_EQ(header->identification, kIdentification);
      EXPECT_EQ(header->offset, offset);
      EXPECT_EQ(header->more, i + 1 < fragments.size());
      EXPECT_TRUE(!header->more || (bytes.size() - kHeaders) % 8 == 0);
      offset += bytes.size() - kHeaders - FragmentHeader::kSize;
    }
    EXPECT_EQ(offset, 5000u);
  }
}

TEST_F(FragmentationTest, ReassemblyGivesThePacketBack) {
  for (const size_t size : {1300u, 2464u, 2465u, 65'535u}) {
    const Bytes packet = MakePacket(NextHeader::kUdp, Pattern(size));
    Reassembler reassembler;
    Silence silence;
    Packet whole;
    for (Packet& fragment : Split(packet, 1280)) {
      ASSERT_FALSE(whole);
      whole = reassembler.Add(Time(), std::move(fragment), kHeaders, {}, pool_, silence);
    }
    ASSERT_TRUE(whole);
    EXPECT_EQ(Bytes(whole.bytes().begin(), whole.bytes().end()), packet);
  }
}

TEST_F(FragmentationTest, HopByHopOptionsTravelInEveryFragment) {  // RFC 8200 §4.5
  Bytes payload = {static_cast<uint8_t>(NextHeader::kUdp), 0, 1, 4, 0, 0, 0, 0};
  const Bytes data = Pattern(2000);
  payload.insert(payload.end(), data.begin(), data.end());
  const std::vector<Packet> fragments = Split(MakePacket(NextHeader::kHopByHop, payload), 1280);
  ASSERT_EQ(fragments.size(), 2u);
  for (const Packet& fragment : fragments) {
    const ByteView bytes = fragment.bytes();
    EXPECT_EQ(bytes[6], static_cast<uint8_t>(NextHeader::kHopByHop));
    EXPECT_EQ(bytes[kHeaders], static_cast<uint8_t>(NextHeader::kFragment));
    EXPECT_EQ(bytes[kHeaders + 8], static_cast<uint8_t>(NextHeader::kUdp));
  }
}

TEST_F(FragmentationTest, DestinationOptionsForTheEndAreFragmentedToo) {
  Bytes payload = {static_cast<uint8_t>(NextHeader::kUdp), 0, 1, 4, 0, 0, 0, 0};
  payload.resize(2000);
  const std::vector<Packet> fragments =
      Split(MakePacket(NextHeader::kDestinationOptions, payload), 1280);
  ASSERT_EQ(fragments.size(), 2u);
  EXPECT_EQ(fragments[1].bytes()[6], static_cast<uint8_t>(NextHeader::kFragment));
  EXPECT_EQ(fragments[1].bytes()[kHeaders], static_cast<uint8_t>(NextHeader::kDestinationOptions));
}

TEST_F(FragmentationTest, APathTooNarrowForTheHeadersGetsNothing) {
  const Bytes packet = MakePacket(NextHeader::kUdp, Pattern(100));
  EXPECT_FALSE(Fragmentation(packet, kHeaders + 8 + 7, 1).possible());
  EXPECT_TRUE(Split(packet, kHeaders + 8 + 7).empty());
  EXPECT_EQ(Split(packet, kHeaders + 8 + 8).size(), 13u);
}

}  // namespace
}  // namespace dualsim::ipv6
