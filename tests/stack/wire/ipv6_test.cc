#include "stack/wire/ipv6.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

std::vector<uint8_t> Example() {
  return FromHex(
      "6abcdef5 0004 3a ff"
      "fe80000000000000 000000fffe00000a"
      "ff02000000000000 00000001ff00000a"
      "01020304");
}

TEST(Ipv6Header, HasTheFieldsOfRfc8200Section3) {
  const auto header = Ipv6Header::Parse(Example());
  ASSERT_TRUE(header);
  EXPECT_EQ(header->traffic_class, 0xab);
  EXPECT_EQ(header->flow_label, 0xcdef5u);
  EXPECT_EQ(header->payload_length, 4);
  EXPECT_EQ(header->next_header, NextHeader::kIcmpv6);
  EXPECT_EQ(header->hop_limit, 255);
  EXPECT_EQ(header->source.ToString(), "fe80::ff:fe00:a");
  EXPECT_EQ(header->destination.ToString(), "ff02::1:ff00:a");
  std::vector<uint8_t> out(Ipv6Header::kSize, 0xa5);
  header->Store(out.data());
  EXPECT_EQ(ToHex(out), ToHex(ByteView(Example()).first(Ipv6Header::kSize)));
}

TEST(Ipv6Header, AFlowLabelDoesNotSpillIntoTheTrafficClass) {
  Ipv6Header header;
  header.flow_label = 0xfff00001;
  std::vector<uint8_t> out(Ipv6Header::kSize);
  header.Store(out.data());
  EXPECT_EQ(ToHex(ByteView(out).first(4)), "6000 0001");
}

TEST(Ipv6Header, IsRefusedWhereItIsCutOff) {
  const auto bytes = Example();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto header = Ipv6Header::Parse(ByteView(bytes).first(size));
    ASSERT_FALSE(header);
    EXPECT_EQ(header.reason(), size < Ipv6Header::kSize ? DropReason::IPV6_HEADER_TRUNCATED
                                                        : DropReason::IPV6_TRUNCATED);
  }
}

TEST(Ipv6Header, BytesAfterThePayloadAreNotThePackets) {
  auto bytes = Example();
  bytes.resize(bytes.size() + 40);
  EXPECT_EQ(Ipv6Header::Parse(bytes)->payload_length, 4);
}

TEST(Ipv6Header, AnotherVersionIsRefused) {
  auto bytes = Example();
  for (const uint8_t version : {0, 4, 5, 7, 15}) {
    bytes[0] = static_cast<uint8_t>(version << 4);
    EXPECT_EQ(Ipv6Header::Parse(bytes).reason(), DropReason::IPV6_BAD_VERSION);
  }
}

TEST(PseudoHeader, CoversAddressesLengthAndProtocol) {  // RFC 8200 §8.1
  const auto source = *Ipv6Address::Parse("2001:db8::1");
  const auto destination = *Ipv6Address::Parse("2001:db8::2");
  const auto drawn = FromHex(
      "20010db8000000000000000000000001 20010db8000000000000000000000002 00012345 0000003a");
  EXPECT_EQ(PseudoHeader(source, destination, NextHeader::kIcmpv6, 0x12345).Value(),
            InternetChecksum().Add(drawn).Value());
}

}  // namespace
}  // namespace dualsim::wire
