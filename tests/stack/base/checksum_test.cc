#include "stack/base/checksum.h"

#include <gtest/gtest.h>

#include <vector>

namespace dualsim {
namespace {

// RFC 1071 §1, word by word.
uint16_t NaiveChecksum(ByteView bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    sum += bytes[i] * 256u + (i + 1 < bytes.size() ? bytes[i + 1] : 0u);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

std::vector<uint8_t> Pattern(size_t size, uint32_t seed) {
  std::vector<uint8_t> bytes(size);
  for (uint8_t& byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = static_cast<uint8_t>(seed >> 24);
  }
  return bytes;
}

TEST(InternetChecksum, TheExampleOfRfc1071Section3) {
  const std::vector<uint8_t> bytes = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(InternetChecksum().Add(bytes).Value(), static_cast<uint16_t>(~0xddf2));
}

TEST(InternetChecksum, AgreesWithTheNaiveSumAtEveryLengthAndAlignment) {
  const std::vector<uint8_t> bytes = Pattern(300, 1);
  for (size_t begin = 0; begin < 9; ++begin) {
    for (size_t size = 0; begin + size <= bytes.size(); ++size) {
      const ByteView piece = ByteView(bytes).subspan(begin, size);
      ASSERT_EQ(InternetChecksum().Add(piece).Value(), NaiveChecksum(piece))
          << begin << " + " << size;
    }
  }
}

TEST(InternetChecksum, CarriesAreNotLostInTheLargestPacket) {
  const std::vector<uint8_t> ones(65535, 0xff);
  EXPECT_EQ(InternetChecksum().Add(ones).Value(), NaiveChecksum(ones));
  const std::vector<uint8_t> random = Pattern(65535, 2);
  EXPECT_EQ(InternetChecksum().Add(random).Value(), NaiveChecksum(random));
}

TEST(InternetChecksum, PiecesOfEvenLengthAddUpInAnyOrder) {
  const std::vector<uint8_t> bytes = Pattern(101, 3);
  const ByteView view(bytes);
  const uint16_t whole = NaiveChecksum(bytes);
  for (size_t cut = 0; cut <= 100; cut += 2) {
    EXPECT_EQ(InternetChecksum().Add(view.first(cut)).Add(view.subspan(cut)).Value(), whole);
    EXPECT_EQ(InternetChecksum().Add(view.subspan(cut)).Add(view.first(cut)).Value(), whole);
  }
}

TEST(InternetChecksum, WordsCountAsTheirBytes) {
  const std::vector<uint8_t> bytes = {0x12, 0x34, 0xfe, 0xdc, 0xba, 0x98};
  EXPECT_EQ(InternetChecksum().AddBig16(0x1234).AddBig32(0xfedcba98).Value(), NaiveChecksum(bytes));
}

TEST(InternetChecksum, OverDataWithItsChecksumItIsZero) {
  std::vector<uint8_t> bytes = Pattern(64, 4);
  bytes[2] = bytes[3] = 0;
  StoreBig16(bytes.data() + 2, InternetChecksum().Add(bytes).Value());
  EXPECT_EQ(InternetChecksum().Add(bytes).Value(), 0);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_NE(InternetChecksum().Add(bytes).Value(), 0) << "flipped bit " << bit;
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
}

}  // namespace
}  // namespace dualsim
