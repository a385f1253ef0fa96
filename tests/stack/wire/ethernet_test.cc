#include "stack/wire/ethernet.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

TEST(EthernetHeader, IsDestinationSourceType) {
  const auto bytes = FromHex("3333ff00000a 02000000000a 86dd");
  const auto header = EthernetHeader::Parse(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->destination.ToString(), "33:33:ff:00:00:0a");
  EXPECT_EQ(header->source.ToString(), "02:00:00:00:00:0a");
  EXPECT_EQ(header->type, EtherType::kIpv6);
  std::vector<uint8_t> out(EthernetHeader::kSize, 0xa5);
  header->Store(out.data());
  EXPECT_EQ(ToHex(out), ToHex(bytes));
}

TEST(EthernetHeader, AShortFrameIsRefusedAtEveryLength) {
  const auto bytes = FromHex("3333ff00000a 02000000000a 86dd");
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto header = EthernetHeader::Parse(ByteView(bytes).first(size));
    ASSERT_FALSE(header);
    EXPECT_EQ(header.reason(), DropReason::FRAME_TOO_SHORT);
  }
}

}  // namespace
}  // namespace dualsim::wire
