#include "stack/wire/ipv6_extension.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

TEST(ExtensionHeader, ItsLengthCountsEightBytesBeyondTheFirstEight) {
  auto bytes = FromHex("3a01 0502 0000 0100 0000000000000000 ffff");
  const auto header = ExtensionHeader::Parse(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header, NextHeader::kIcmpv6);
  EXPECT_EQ(header->bytes.size(), 16u);
  for (size_t size = 0; size < 16; ++size) {
    EXPECT_EQ(ExtensionHeader::Parse(ByteView(bytes).first(size)).reason(),
              DropReason::IPV6_EXTENSION_TRUNCATED);
  }
}

TEST(Ipv6OptionReader, PassesOverPadding) {
  const auto bytes = FromHex("3a01 00 0502 0000 0103 000000 c2 04 00010000");
  Ipv6OptionReader reader(bytes);
  const auto alert = reader.Next();
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->type, kOptionRouterAlert);
  EXPECT_EQ(alert->offset, 3u);
  EXPECT_EQ(ToHex(alert->data), "0000");
  const auto jumbo = reader.Next();
  ASSERT_TRUE(jumbo);
  EXPECT_EQ(jumbo->type, kOptionJumboPayload);
  EXPECT_EQ(jumbo->action(), Ipv6Option::Action::kReportUnlessMulticast);
  EXPECT_FALSE(reader.Next());
  EXPECT_FALSE(reader.truncated());
}

TEST(Ipv6OptionReader, AnOptionPastTheEndStopsIt) {
  struct Row {
    const char* text;
    size_t at;
  };
  for (const auto& [text, at] : {Row{"3a00 0505 0000 0000", 3}, Row{"3a00 0000 0000 0005", 7},
                                 Row{"3a00 0103 0000 0005", 7}, Row{"3a00 0102 0000 1e01", 7}}) {
    const auto bytes = FromHex(text);
    Ipv6OptionReader reader(bytes);
    while (reader.Next()) {
    }
    EXPECT_TRUE(reader.truncated()) << text;
    EXPECT_EQ(reader.truncated_at(), at) << text << ": its length, or its type at the very end";
    EXPECT_FALSE(reader.Next()) << "it stays at the end";
  }
}

TEST(Ipv6OptionReader, AHeaderWithoutOptionsHasNone) {
  for (const char* text : {"", "3a", "3a00", "3a00 0104 0000 0000", "3a00 0000 0000 0000"}) {
    const auto bytes = FromHex(text);
    Ipv6OptionReader reader(bytes);
    EXPECT_FALSE(reader.Next()) << text;
    EXPECT_FALSE(reader.truncated()) << text;
  }
}

TEST(Ipv6Option, TheTwoHighBitsSayWhatToDoWhereUnknown) {  // RFC 8200 §4.2
  EXPECT_EQ((Ipv6Option{.type = 0x1e}).action(), Ipv6Option::Action::kSkip);
  EXPECT_EQ((Ipv6Option{.type = 0x5e}).action(), Ipv6Option::Action::kDrop);
  EXPECT_EQ((Ipv6Option{.type = 0x9e}).action(), Ipv6Option::Action::kReport);
  EXPECT_EQ((Ipv6Option{.type = 0xde}).action(), Ipv6Option::Action::kReportUnlessMulticast);
}

TEST(FragmentHeader, HasTheFieldsOfRfc8200Section4_5) {
  const auto bytes = FromHex("3a00 05a9 12345678");
  const auto header = FragmentHeader::Parse(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header, NextHeader::kIcmpv6);
  EXPECT_EQ(header->offset, 1448);
  EXPECT_TRUE(header->more);
  EXPECT_EQ(header->identification, 0x12345678u);
  std::vector<uint8_t> out(FragmentHeader::kSize, 0xa5);
  header->Store(out.data());
  EXPECT_EQ(ToHex(out), ToHex(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(FragmentHeader::Parse(ByteView(bytes).first(size)).reason(),
              DropReason::IPV6_EXTENSION_TRUNCATED);
  }
}

TEST(FragmentHeader, ReservedBitsAreIgnored) {
  const auto header = FragmentHeader::Parse(FromHex("3aff fffe 00000000"));
  EXPECT_EQ(header->offset, 0xfff8);
  EXPECT_FALSE(header->more);
}

TEST(RoutingHeader, TellsTypeSegmentsAndSize) {
  auto bytes = FromHex("3a02 00 01 00000000 20010db8000000000000000000000001");
  const auto header = RoutingHeader::Parse(bytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->next_header, NextHeader::kIcmpv6);
  EXPECT_EQ(header->type, 0);
  EXPECT_EQ(header->segments_left, 1);
  EXPECT_EQ(header->size, 24u);
  bytes.pop_back();
  EXPECT_EQ(RoutingHeader::Parse(bytes).reason(), DropReason::IPV6_EXTENSION_TRUNCATED);
}

}  // namespace
}  // namespace dualsim::wire
