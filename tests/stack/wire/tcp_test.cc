#include "stack/wire/tcp.h"

#include <gtest/gtest.h>

#include <vector>

#include "stack/base/random_stream.h"
#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

const IpAddress kSource4 = *IpAddress::Parse("192.0.2.1");
const IpAddress kDestination4 = *IpAddress::Parse("192.0.2.2");
const IpAddress kSource = *IpAddress::Parse("2001:db8::1");
const IpAddress kDestination = *IpAddress::Parse("2001:db8::2");

std::vector<uint8_t> Built(const TcpHeader& header, ByteView payload, const IpAddress& source,
                           const IpAddress& destination) {
  std::vector<uint8_t> bytes(header.size(), 0xa5);
  header.Store(bytes.data());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  StoreTcpChecksum(bytes, source, destination);
  return bytes;
}

std::vector<uint8_t> Stored(const TcpOptions& options) {
  std::vector<uint8_t> bytes(options.size(), 0xa5);
  options.Store(bytes.data());
  return bytes;
}

TEST(TcpSegment, WhatIsWrittenIsReadOverBothFamilies) {
  const auto payload = FromHex("68656c6c6f");
  TcpHeader header{.source = Port{40000},
                   .destination = Port{80},
                   .sequence = SeqNum(0x01020304),
                   .acknowledgment = SeqNum(0xfffefdfc),
                   .flags = {.psh = true, .ack = true, .ece = true},
                   .window = 0xabcd,
                   .urgent = 7};
  header.options.timestamps = TcpTimestamps{1, 2};
  for (const auto& [from, to] : {std::pair(kSource4, kDestination4), {kSource, kDestination}}) {
    const auto bytes = Built(header, payload, from, to);
    const auto read = TcpSegment::Parse(bytes, from, to);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->header.source, header.source);
    EXPECT_EQ(read->header.destination, header.destination);
    EXPECT_EQ(read->header.sequence, header.sequence);
    EXPECT_EQ(read->header.acknowledgment, header.acknowledgment);
    EXPECT_EQ(read->header.flags, header.flags);
    EXPECT_EQ(read->header.window, header.window);
    EXPECT_EQ(read->header.urgent, header.urgent);
    EXPECT_EQ(read->header.options, header.options);
    EXPECT_EQ(ToHex(read->payload), ToHex(payload));
    EXPECT_EQ(ToHex(Built(read->header, read->payload, from, to)), ToHex(bytes));
  }
}

TEST(TcpSegment, SynAndFinCountInItsLength) {
  TcpSegment segment{{.flags = {.fin = true, .syn = true}}, {}};
  EXPECT_EQ(segment.sequence_length(), 2u);
}

TEST(TcpSegment, AnyFlippedBitIsRefused) {
  auto bytes = Built({.source = Port{1}, .destination = Port{2}}, FromHex("00ff00"), kSource4,
                     kDestination4);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(TcpSegment::Parse(bytes, kSource4, kDestination4)) << bit;
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
  EXPECT_EQ(TcpSegment::Parse(bytes, kSource4, kSource4).reason(), DropReason::TCP_BAD_CHECKSUM)
      << "the addresses count too";
}

TEST(TcpSegment, IsRefusedWhereItIsCutOffOrItsDataOffsetIsWrong) {
  auto bytes = Built({}, {}, kSource, kDestination);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(TcpSegment::Parse(ByteView(bytes).first(size), kSource, kDestination).reason(),
              DropReason::TCP_TRUNCATED);
  }
  for (const uint8_t offset : {0x00, 0x40, 0x60, 0xf0}) {
    bytes[12] = offset;
    StoreTcpChecksum(bytes, kSource, kDestination);
    EXPECT_EQ(TcpSegment::Parse(bytes, kSource, kDestination).reason(),
              DropReason::TCP_HEADER_LENGTH);
  }
}

TEST(TcpSegment, AnyBytesGiveAValueOrAReason) {
  RandomStream random(1, "tcp_test", "bytes");
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 20000; ++i) {
    bytes.resize(random.Below(80));
    for (uint8_t& byte : bytes)
      byte = static_cast<uint8_t>(random.Below(4) == 0 ? random() : i % 9);
    if (bytes.size() >= TcpHeader::kMinSize) StoreTcpChecksum(bytes, kSource, kDestination);
    const auto read = TcpSegment::Parse(bytes, kSource, kDestination);
    if (read) {
      EXPECT_LE(read->payload.size() + TcpHeader::kMinSize, bytes.size());
      EXPECT_LE(read->header.options.sack_count, TcpOptions::kMaxSackBlocks);
    }
  }
}

TEST(TcpOptions, ASynHasItsFourInFiveWords) {
  TcpOptions options;
  options.mss = 1460;
  options.sack_permitted = true;
  options.timestamps = TcpTimestamps{0x01020304, 0};
  options.window_scale = 7;
  EXPECT_EQ(ToHex(Stored(options)), "0204 05b4 0402 080a 0102 0304 0000 0000 0103 0307");
  EXPECT_EQ(*TcpOptions::Parse(Stored(options)), options);
}

TEST(TcpOptions, EveryCombinationIsReadAsItWasWritten) {
  for (int mask = 0; mask < 16; ++mask) {
    for (uint8_t blocks = 0; blocks <= 4; ++blocks) {
      TcpOptions options;
      if ((mask & 1) != 0) options.mss = 536;
      if ((mask & 2) != 0) options.window_scale = 14;
      if ((mask & 4) != 0) options.sack_permitted = true;
      if ((mask & 8) != 0) options.timestamps = TcpTimestamps{0xfffffffe, 3};
      options.sack_count = blocks;
      for (uint32_t i = 0; i < blocks; ++i) options.sack[i] = {SeqNum(i * 10), SeqNum(i * 10 + 5)};
      ASSERT_LE(options.size(), TcpOptions::kMaxSize);
      ASSERT_EQ(options.size() % 4, 0u);
      TcpOptions expected = options;
      size_t room = TcpOptions::kMaxSize - ((mask & 1) != 0 ? 4 : 0) - ((mask & 2) != 0 ? 4 : 0) -
                    ((mask & 8) != 0 ? 12 : ((mask & 4) != 0 ? 4 : 0));
      while (expected.sack_count > 0 && 4u + 8u * expected.sack_count > room) {
        expected.sack[--expected.sack_count] = {};
      }
      EXPECT_EQ(*TcpOptions::Parse(Stored(options)), expected) << mask << ' ' << int{blocks};
    }
  }
}

TEST(TcpOptions, UnknownOnesAndTheUserTimeoutArePassedOver) {
  const auto options = TcpOptions::Parse(FromHex("fe 04 aaaa 1c 04 8005 02 04 0218 00 ff ff ff"));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->mss, 536) << "and nothing after the end of the list is read";
}

TEST(TcpOptions, AKnownKindWithALengthNotItsOwnIsPassedOver) {
  const auto options =
      TcpOptions::Parse(FromHex("02 03 05 03 04 0101 04 03 00 08 04 0000 05 06 00000000"));
  ASSERT_TRUE(options);
  EXPECT_EQ(*options, TcpOptions());
}

TEST(TcpOptions, AnImpossibleLengthIsRefused) {
  for (const char* text : {"02", "02 00", "02 01", "02 05 0200", "01 01 fe", "05 ff 00"}) {
    EXPECT_EQ(TcpOptions::Parse(FromHex(text)).reason(), DropReason::TCP_OPTION_LENGTH) << text;
  }
}

}  // namespace
}  // namespace dualsim::wire
