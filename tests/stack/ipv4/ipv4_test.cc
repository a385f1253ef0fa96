// Splitting packets, putting them together, and what paths carry.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/ipv4/fragmentation.h"
#include "stack/ipv4/path_mtu.h"
#include "stack/ipv4/reassembly.h"

namespace dualsim::ipv4 {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr Time At(int64_t milliseconds) { return Time() + Milliseconds(milliseconds); }

Bytes MakePacket(size_t payload, ByteView options = {}, uint16_t identification = 7) {
  wire::Ipv4Header header{.identification = identification,
                          .protocol = wire::NextHeader::kUdp,
                          .source = *Ipv4Address::Parse("192.0.2.1"),
                          .destination = *Ipv4Address::Parse("192.0.2.2"),
                          .options = options};
  Bytes packet(header.size() + payload);
  header.total_length = static_cast<uint16_t>(packet.size());
  header.Store(packet.data());
  for (size_t i = 0; i < payload; ++i) {
    packet[header.size() + i] = static_cast<uint8_t>(i * 7 + i / 256);
  }
  return packet;
}

class ReassemblyTest : public ::testing::Test, public ReassemblyOutput {
 protected:
  void DropFragment(DropReason reason, ByteView, InterfaceId) override {
    dropped.push_back(reason);
  }
  void OnReassemblyTimeout(ByteView packet, const ip::FragmentArrival&) override {
    quoted = packet.size();
  }

  std::vector<Bytes> Split(const Bytes& packet, size_t mtu) {
    std::vector<Bytes> fragments;
    Fragmentation fragmentation(packet, mtu);
    while (Packet fragment = fragmentation.Next(pool)) {
      fragments.emplace_back(fragment.bytes().begin(), fragment.bytes().end());
    }
    return fragments;
  }
  Bytes Add(Time now, const Bytes& fragment) {
    const Packet whole = reassembler.Add(now, *wire::Ipv4Header::Parse(fragment),
                                         pool.Copy(fragment), {}, pool, *this);
    return whole ? Bytes(whole.bytes().begin(), whole.bytes().end()) : Bytes();
  }

  PacketPool pool;
  Reassembler reassembler;
  std::vector<DropReason> dropped;
  size_t quoted = 0;
};

TEST_F(ReassemblyTest, EveryOrderOfTwoToFivePiecesGivesThePacketBack) {
  for (size_t count = 2; count <= 5; ++count) {
    const Bytes packet = MakePacket(count * 40 - 3);
    const std::vector<Bytes> fragments = Split(packet, 60);
    ASSERT_EQ(fragments.size(), count);
    std::vector<size_t> order(count);
    for (size_t i = 0; i < count; ++i) order[i] = i;
    do {
      for (size_t i = 0; i + 1 < count; ++i) ASSERT_TRUE(Add(At(0), fragments[order[i]]).empty());
      ASSERT_EQ(Add(At(0), fragments[order.back()]), packet);
    } while (std::next_permutation(order.begin(), order.end()));
  }
  EXPECT_TRUE(dropped.empty());
}

TEST_F(ReassemblyTest, AFragmentIsSplitAgainAndStillFits) {
  const Bytes packet = MakePacket(3000);
  Bytes whole;
  for (const Bytes& fragment : Split(packet, 1500)) {
    for (const Bytes& piece : Split(fragment, 300)) whole = Add(At(0), piece);
  }
  EXPECT_EQ(whole, packet);
}

TEST_F(ReassemblyTest, OnlyCopiedOptionsGoIntoLaterFragments) {
  const Bytes options = {148, 4, 0, 0, 7, 3, 4, 0};
  const Bytes packet = MakePacket(100, options);
  const std::vector<Bytes> fragments = Split(packet, 68);
  ASSERT_EQ(fragments.size(), 3u);
  EXPECT_EQ(wire::Ipv4Header::Parse(fragments[0])->options.size(), 8u);
  EXPECT_EQ(wire::Ipv4Header::Parse(fragments[1])->options.size(), 4u);
  for (size_t i = 0; i < 2; ++i) EXPECT_TRUE(Add(At(0), fragments[i]).empty());
  EXPECT_EQ(Add(At(0), fragments[2]), packet);
}

TEST_F(ReassemblyTest, ThirtySecondsToTheNanosecond) {
  const Bytes packet = MakePacket(100);
  const std::vector<Bytes> fragments = Split(packet, 76);
  EXPECT_TRUE(Add(At(0), fragments[0]).empty());
  EXPECT_EQ(reassembler.deadline(), At(30'000));
  EXPECT_EQ(Add(At(30'000) - Nanoseconds(1), fragments[1]), packet);
  EXPECT_TRUE(Add(At(40'000), fragments[0]).empty());
  EXPECT_TRUE(Add(At(70'000), fragments[1]).empty()) << "at that very nanosecond it is too late";
  EXPECT_EQ(dropped, (std::vector<DropReason>{DropReason::IPV4_REASSEMBLY_TIMEOUT}));
  EXPECT_EQ(quoted, fragments[0].size()) << "the first fragment is quoted";
}

TEST_F(ReassemblyTest, OverlapsHolesAndTooManyPieces) {
  const std::vector<Bytes> fragments = Split(MakePacket(200), 76);
  EXPECT_TRUE(Add(At(0), fragments[0]).empty());
  EXPECT_TRUE(Add(At(0), fragments[0]).empty());
  EXPECT_EQ(dropped.back(), DropReason::IPV4_FRAGMENT_DUPLICATE);
  Bytes overlapping = fragments[1];
  overlapping[7] = 5;  // 40 instead of 56.
  wire::StoreIpv4Checksum(MutableByteView(overlapping).first(20));
  EXPECT_TRUE(Add(At(0), overlapping).empty());
  EXPECT_EQ(dropped.back(), DropReason::IPV4_FRAGMENT_OVERLAP);
  for (const Bytes& fragment : fragments) EXPECT_TRUE(Add(At(0), fragment).empty());
  dropped.clear();
  // 65 pieces of 8 bytes.
  const std::vector<Bytes> many = Split(MakePacket(65 * 8 + 1, {}, 9), 28);
  ASSERT_EQ(many.size(), 66u);
  for (const Bytes& fragment : many) EXPECT_TRUE(Add(At(0), fragment).empty());
  EXPECT_EQ(dropped.back(), DropReason::IPV4_REASSEMBLY_LIMIT);
}

TEST_F(ReassemblyTest, ThePacketsUnderReassemblyAreBounded) {
  for (uint16_t id = 0; id < 100; ++id) {
    EXPECT_TRUE(Add(At(id), Split(MakePacket(100, {}, id), 76)[0]).empty());
  }
  EXPECT_EQ(dropped.size(), 100u - 16u);
}

TEST(PathMtu, WhatARouterTellsIsTakenAndPlateausWhereItTellsNothing) {
  EXPECT_EQ(PathMtuAfter(1400, 1500), 1400u);
  EXPECT_EQ(PathMtuAfter(12, 1500), 68u) << "never below RFC 1191 §3's minimum";
  EXPECT_EQ(PathMtuAfter(0, 1500), 1492u);
  EXPECT_EQ(PathMtuAfter(0, 1492), 1006u);
  EXPECT_EQ(PathMtuAfter(0, 40), 68u);
}

}  // namespace
}  // namespace dualsim::ipv4
