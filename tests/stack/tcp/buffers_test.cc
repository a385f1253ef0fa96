#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/tcp/reassembly.h"
#include "stack/tcp/receive_window.h"
#include "stack/tcp/send_buffer.h"

namespace dualsim::tcp {
namespace {

ByteView Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string Text(const Pieces& pieces) {
  std::string text(pieces.first.begin(), pieces.first.end());
  return text.append(pieces.second.begin(), pieces.second.end());
}

std::vector<wire::SackBlock> Blocks(Reassembly& reassembly, size_t room = 4) {
  std::vector<wire::SackBlock> blocks(room);
  blocks.resize(reassembly.TakeSackBlocks(blocks));
  return blocks;
}

class ReassemblyTest : public ::testing::Test {
 protected:
  ReassemblyTest() { reassembly_.Start(kFirst); }
  Reassembly::Outcome Insert(uint32_t at, const std::string& text) {
    return reassembly_.Insert(kFirst + at, Bytes(text));
  }
  std::string ReadAll() {
    const std::string text = Text(reassembly_.Peek());
    reassembly_.Consume(text.size());
    return text;
  }

  static constexpr SeqNum kFirst{0xfffffffa};  // The numbers wrap within the tests.
  BlockPool pool_;
  Reassembly reassembly_{pool_, 3};
};

TEST_F(ReassemblyTest, BytesInOrderCanBeReadAtOnce) {
  EXPECT_EQ(Insert(0, "hello ").advanced, 6u);
  EXPECT_EQ(Insert(6, "world").advanced, 5u);
  EXPECT_EQ(reassembly_.next(), kFirst + 11);
  EXPECT_EQ(ReadAll(), "hello world");
}

TEST_F(ReassemblyTest, AHoleHoldsBackWhatFollowsUntilItIsFilled) {
  EXPECT_EQ(Insert(3, "def").advanced, 0u);
  EXPECT_EQ(reassembly_.readable(), 0u);
  EXPECT_EQ(Blocks(reassembly_), (std::vector<wire::SackBlock>{{kFirst + 3, kFirst + 6}}));
  const auto outcome = Insert(0, "abc");
  EXPECT_EQ(outcome.advanced, 6u);
  EXPECT_TRUE(outcome.filled_hole);
  EXPECT_EQ(ReadAll(), "abcdef");
  EXPECT_FALSE(reassembly_.has_holes());
}

TEST_F(ReassemblyTest, ReportsTheLatestIslandFirst) {  // RFC 2018 §4
  Insert(2, "c");
  Insert(8, "i");
  Insert(5, "f");
  const auto blocks = Blocks(reassembly_);
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_EQ(blocks[0].begin, kFirst + 5);
  EXPECT_EQ(blocks[1].begin, kFirst + 8);
  EXPECT_EQ(blocks[2].begin, kFirst + 2);
  EXPECT_EQ(Blocks(reassembly_, 1).size(), 1u);
}

TEST_F(ReassemblyTest, ReportsADuplicateOnceAndFirst) {  // RFC 2883 §4
  Insert(0, "abc");
  EXPECT_TRUE(Insert(1, "bc").duplicate);
  EXPECT_EQ(Blocks(reassembly_), (std::vector<wire::SackBlock>{{kFirst + 1, kFirst + 3}}));
  EXPECT_TRUE(Blocks(reassembly_).empty());
  Insert(5, "fgh");
  EXPECT_TRUE(Insert(6, "gh").duplicate);
  EXPECT_EQ(Blocks(reassembly_),
            (std::vector<wire::SackBlock>{{kFirst + 6, kFirst + 8}, {kFirst + 5, kFirst + 8}}));
}

TEST_F(ReassemblyTest, OneHoleTooManyIsRefused) {
  EXPECT_FALSE(Insert(1, "b").hole_limit);
  EXPECT_FALSE(Insert(3, "d").hole_limit);
  EXPECT_FALSE(Insert(5, "f").hole_limit);
  EXPECT_TRUE(Insert(7, "h").hole_limit);
  EXPECT_FALSE(Insert(4, "e").hole_limit) << "what joins two islands makes no hole";
  Insert(0, "abc");
  EXPECT_EQ(ReadAll(), "abcdef");
}

TEST_F(ReassemblyTest, OwnsNoMemoryOnceAllIsRead) {
  Insert(0, std::string(5000, 'x'));
  EXPECT_GT(pool_.in_use(), 0u);
  ReadAll();
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST(Reassembly, AnyOrderOfOverlappingPiecesGivesTheStream) {
  BlockPool pool;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    RandomStream random(seed, "reassembly", "pieces");
    const SeqNum first(static_cast<uint32_t>(random()));
    std::string stream(1 + random.Below(6000), ' ');
    for (char& c : stream) c = static_cast<char>('a' + random.Below(26));
    Reassembly reassembly(pool, 64);
    reassembly.Start(first);
    std::string read;
    for (int tries = 0; read.size() < stream.size() && tries < 100000; ++tries) {
      const size_t from = random.Below(3) == 0 ? read.size() : random.Below(stream.size());
      const size_t at = std::min(from, read.size() + reassembly.readable() + 2000);
      const size_t size = std::min<size_t>(1 + random.Below(1000), stream.size() - at);
      const SeqNum before = reassembly.next();
      const auto outcome =
          reassembly.Insert(first + static_cast<uint32_t>(at), Bytes(stream.substr(at, size)));
      ASSERT_EQ(reassembly.next(), before + outcome.advanced);
      if (random.Below(2) == 0) {
        const size_t count = random.Below(reassembly.readable() + 1);
        read += Text(reassembly.Peek()).substr(0, count);
        reassembly.Consume(count);
      }
      if (reassembly.next() == first + static_cast<uint32_t>(stream.size())) {
        read += Text(reassembly.Peek());
        reassembly.Consume(reassembly.readable());
      }
    }
    ASSERT_EQ(read, stream) << seed;
  }
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(SendBuffer, HoldsWhatIsNotAcknowledgedUpToItsLimit) {
  BlockPool pool;
  SendBuffer buffer(pool, 10);
  buffer.Start(SeqNum(0xfffffffe));
  EXPECT_EQ(buffer.Append(Bytes("0123456789ab")), 10u);
  EXPECT_EQ(buffer.free(), 0u);
  EXPECT_EQ(Text(buffer.Read(SeqNum(1), 4)), "3456");
  buffer.Acknowledge(SeqNum(3));
  EXPECT_EQ(buffer.free(), 5u);
  EXPECT_EQ(buffer.Append(Bytes("xyz")), 3u);
  EXPECT_EQ(Text(buffer.Read(SeqNum(3), 8)), "56789xyz");
  buffer.Acknowledge(buffer.end());
  EXPECT_EQ(pool.in_use(), 0u);
}

TEST(BlockPool, GivesBackWhatItTookBack) {
  BlockPool pool;
  auto block = pool.Take(3000);
  const uint8_t* const address = block.get();
  pool.Give(std::move(block), BlockPool::BlockSize(3000));
  EXPECT_EQ(pool.in_use(), 0u);
  EXPECT_EQ(pool.kept(), 4096u);
  EXPECT_EQ(pool.Take(4096).get(), address);
}

TEST(ReceiveWindow, TheScaleIsTheLeastThatFits) {  // RFC 7323 §2.3
  EXPECT_EQ(ReceiveWindow::ScaleFor(65535), 0);
  EXPECT_EQ(ReceiveWindow::ScaleFor(65536), 1);
  EXPECT_EQ(ReceiveWindow::ScaleFor(1 << 20), 5);
  EXPECT_EQ(ReceiveWindow::ScaleFor(0xffffffff), 14);
}

TEST(ReceiveWindow, TheRightEdgeNeverMovesLeft) {
  ReceiveWindow window(8000);
  window.Start(SeqNum(0));
  EXPECT_EQ(window.Advertise(SeqNum(0), 0, 1000), 8000);
  EXPECT_EQ(window.Advertise(SeqNum(3000), 3000, 1000), 5000) << "nothing was read";
  EXPECT_EQ(window.edge(), SeqNum(8000));
  EXPECT_EQ(window.Advertise(SeqNum(8000), 8000, 1000), 0);
}

TEST(ReceiveWindow, OpensByASegmentOrHalfTheBufferAtLeast) {  // RFC 9293 §3.8.6.2.2
  ReceiveWindow window(8000);
  window.Start(SeqNum(0));
  window.Advertise(SeqNum(8000), 8000, 1000);
  EXPECT_EQ(window.Advertise(SeqNum(8000), 7001, 1000), 0);
  EXPECT_EQ(window.Advertise(SeqNum(8000), 7000, 1000), 1000);
  ReceiveWindow small(1000);
  small.Start(SeqNum(0));
  small.Advertise(SeqNum(1000), 1000, 1460);
  EXPECT_EQ(small.Advertise(SeqNum(1000), 500, 1460), 500);
}

TEST(ReceiveWindow, AcceptsWhatTouchesTheWindow) {  // RFC 9293 §3.10.7.4
  ReceiveWindow window(1000);
  window.Start(SeqNum(0xffffff00));
  const SeqNum next(0xffffff00);
  EXPECT_TRUE(window.Accepts(next, next, 0));
  EXPECT_TRUE(window.Accepts(next, next - 10, 11));
  EXPECT_FALSE(window.Accepts(next, next - 10, 10));
  EXPECT_TRUE(window.Accepts(next, next + 999, 500));
  EXPECT_FALSE(window.Accepts(next, next + 1000, 1));
  EXPECT_FALSE(window.Accepts(next, next + 1000, 0));
  const SeqNum full = next + 1000;
  EXPECT_TRUE(window.Accepts(full, full, 0)) << "a bare ACK at a closed window";
  EXPECT_FALSE(window.Accepts(full, full, 1));
}

}  // namespace
}  // namespace dualsim::tcp
