#include "stack/base/packet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace dualsim {
namespace {

std::vector<uint8_t> Counting(size_t size) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + 1);
  return bytes;
}

std::vector<uint8_t> BytesOf(const Packet& packet) {
  return {packet.bytes().begin(), packet.bytes().end()};
}

TEST(Packet, AnEmptyHandleHoldsNothing) {
  const Packet packet;
  EXPECT_FALSE(packet);
  const Packet copy = packet;  // NOLINT: the copy is what is tested.
  EXPECT_FALSE(copy);
}

TEST(Packet, CopiesShareTheBytesAndTheLastGivesThemBack) {
  PacketPool pool;
  Packet first = pool.Copy(Counting(60));
  {
    const Packet second = first;
    EXPECT_FALSE(first.unique());
    EXPECT_EQ(first.bytes().data(), second.bytes().data());
    EXPECT_EQ(pool.in_use(), 1u);
  }
  EXPECT_TRUE(first.unique());
  first = Packet();
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(Packet, MovingLeavesAnEmptyHandle) {
  PacketPool pool;
  Packet first = pool.Copy(Counting(60));
  const Packet second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT: what a moved-from handle is belongs to the contract.
  EXPECT_TRUE(second.unique());
}

TEST(Packet, MakeUniqueCopiesOnWrite) {
  PacketPool pool;
  const Packet original = pool.Copy(Counting(60));
  Packet changed = original;
  changed.MakeUnique();
  EXPECT_TRUE(changed.unique());
  EXPECT_TRUE(original.unique());
  changed.mutable_bytes()[0] = 0xee;
  EXPECT_EQ(BytesOf(original), Counting(60));
  EXPECT_EQ(changed.bytes()[0], 0xee);
  EXPECT_TRUE(std::ranges::equal(changed.bytes().subspan(1), original.bytes().subspan(1)));
}

TEST(Packet, MakeUniqueOfTheOnlyHandleMovesNothing) {
  PacketPool pool;
  Packet packet = pool.Copy(Counting(60));
  const uint8_t* before = packet.bytes().data();
  packet.MakeUnique();
  EXPECT_EQ(packet.bytes().data(), before);
}

TEST(Packet, PrependUsesTheHeadroomAndThenMoves) {
  PacketPool pool;
  Packet packet = pool.Copy(Counting(10), 14);
  const uint8_t* payload = packet.bytes().data();
  std::ranges::fill(packet.Prepend(14), 0xaa);
  EXPECT_EQ(packet.bytes().data(), payload - 14);
  std::ranges::fill(packet.Prepend(40), 0xbb);
  ASSERT_EQ(packet.size(), 64u);
  EXPECT_EQ(packet.bytes()[39], 0xbb);
  EXPECT_EQ(packet.bytes()[40], 0xaa);
  EXPECT_TRUE(std::ranges::equal(packet.bytes().subspan(54), Counting(10)));
  EXPECT_EQ(pool.in_use(), 1u);
}

TEST(Packet, AppendGrowsBeyondTheBufferItBeganIn) {
  PacketPool pool;
  Packet packet = pool.Copy(Counting(100));
  std::ranges::fill(packet.Append(3000), 0xcc);
  ASSERT_EQ(packet.size(), 3100u);
  EXPECT_TRUE(std::ranges::equal(packet.bytes().first(100), Counting(100)));
  EXPECT_EQ(packet.bytes()[3099], 0xcc);
}

TEST(Packet, TrimmingTakesFromEitherEnd) {
  PacketPool pool;
  Packet packet = pool.Copy(Counting(100));
  packet.TrimFront(14);
  packet.TrimBack(6);
  EXPECT_TRUE(std::ranges::equal(packet.bytes(), ByteView(Counting(100)).subspan(14, 80)));
}

TEST(Packet, DetachAndAttachKeepTheReference) {
  PacketPool pool;
  Packet packet = pool.Copy(Counting(20));
  internal::PacketBuffer* word = packet.Detach();
  EXPECT_FALSE(packet);
  EXPECT_EQ(pool.in_use(), 1u);
  EXPECT_EQ(BytesOf(Packet::Attach(word)), Counting(20));
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(PacketPool, ReusesBuffersInsteadOfAllocating) {
  PacketPool pool;
  for (int round = 0; round < 100; ++round) {
    const Packet small = pool.Make(60);
    const Packet frame = pool.Make(1514);
    const Packet jumbo = pool.Make(9014);
    const Packet largest = pool.Make(65535);
  }
  EXPECT_EQ(pool.allocated(), 4u);
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(PacketPool, APacketLargerThanEveryClassWorksToo) {
  PacketPool pool;
  {
    Packet packet = pool.Make(200'000);
    EXPECT_EQ(packet.size(), 200'000u);
    packet.mutable_bytes()[199'999] = 1;
  }
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(PacketPool, AnEmptyPacketIsAPacket) {
  PacketPool pool;
  Packet packet = pool.Copy({});
  EXPECT_TRUE(packet);
  EXPECT_EQ(packet.size(), 0u);
  packet.Append(1)[0] = 9;
  EXPECT_EQ(packet.bytes()[0], 9);
}

}  // namespace
}  // namespace dualsim
