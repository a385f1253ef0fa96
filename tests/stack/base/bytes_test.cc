#include "stack/base/bytes.h"

#include <gtest/gtest.h>

#include <array>

namespace dualsim {
namespace {

TEST(Bytes, LoadsReadNetworkOrder) {
  const std::array<uint8_t, 8> bytes = {0x81, 0x02, 0x83, 0x04, 0x85, 0x06, 0x87, 0x08};
  EXPECT_EQ(LoadBig16(bytes.data()), 0x8102);
  EXPECT_EQ(LoadBig32(bytes.data()), 0x81028304u);
  EXPECT_EQ(LoadBig64(bytes.data()), 0x8102830485068708ull);
}

TEST(Bytes, StoresAreTheInverseAtAnyAlignment) {
  std::array<uint8_t, 12> bytes{};
  for (size_t at = 0; at < 4; ++at) {
    StoreBig64(bytes.data() + at, 0x8102830485060708ull);
    EXPECT_EQ(bytes[at], 0x81);
    EXPECT_EQ(LoadBig64(bytes.data() + at), 0x8102830485060708ull);
    StoreBig32(bytes.data() + at, 0xdeadbeef);
    EXPECT_EQ(LoadBig32(bytes.data() + at), 0xdeadbeefu);
    StoreBig16(bytes.data() + at, 0xfffe);
    EXPECT_EQ(LoadBig16(bytes.data() + at), 0xfffe);
  }
}

}  // namespace
}  // namespace dualsim
