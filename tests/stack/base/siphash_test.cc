#include "stack/base/siphash.h"

#include <gtest/gtest.h>

#include <vector>

namespace dualsim {
namespace {

// The key and the messages of the paper's appendix A: 00 01 02 ...
constexpr SipHashKey kKey{0x0706050403020100, 0x0f0e0d0c0b0a0908};

uint64_t OfCountingBytes(size_t count) {
  std::vector<uint8_t> bytes(count);
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(i);
  return SipHash(kKey, bytes);
}

TEST(SipHash, KnownValues) {
  EXPECT_EQ(OfCountingBytes(15), 0xa129ca6149be45e5) << "the example of the paper";
  EXPECT_EQ(OfCountingBytes(0), 0x726fdb47dd0e0e31);
  EXPECT_EQ(OfCountingBytes(8), 0x93f5f5799a932462);
}

TEST(SipHash, EveryPartCounts) {
  const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const uint64_t value = SipHash(kKey, bytes);
  EXPECT_NE(SipHash({kKey.k0 ^ 1, kKey.k1}, bytes), value);
  EXPECT_NE(SipHash({kKey.k0, kKey.k1 ^ 1}, bytes), value);
  EXPECT_NE(SipHash(kKey, ByteView(bytes).first(8)), value);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::vector<uint8_t> other = bytes;
    other[i] ^= 1;
    EXPECT_NE(SipHash(kKey, other), value) << i;
  }
}

}  // namespace
}  // namespace dualsim
