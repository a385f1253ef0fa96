#include "stack/wire/icmpv6.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/stack/wire/store.h"
#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

const Ipv6Address kSource = *Ipv6Address::Parse("2001:db8::1");
const Ipv6Address kDestination = *Ipv6Address::Parse("2001:db8::2");

TEST(Icmpv6Header, AcceptsWhatStoreIcmpv6ChecksumWrote) {
  auto message = FromHex("80 00 ffff 1234 0001 68656c6c6f");
  StoreIcmpv6Checksum(message, kSource, kDestination);
  EXPECT_EQ(ToHex(ByteView(message).subspan(2, 2)), "ce3b");
  const auto header = Icmpv6Header::Parse(message, kSource, kDestination);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->type, Icmpv6Type::kEchoRequest);
  EXPECT_EQ(header->code, 0);
}

TEST(Icmpv6Header, AnyFlippedBitIsABadChecksum) {
  auto message = FromHex("80 00 0000 1234 0001 68656c6c6f");
  StoreIcmpv6Checksum(message, kSource, kDestination);
  for (size_t bit = 0; bit < 8 * message.size(); ++bit) {
    message[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(Icmpv6Header::Parse(message, kSource, kDestination).reason(),
              DropReason::ICMPV6_BAD_CHECKSUM);
    message[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
  EXPECT_EQ(Icmpv6Header::Parse(message, kSource, kSource).reason(),
            DropReason::ICMPV6_BAD_CHECKSUM)
      << "the addresses count too";
}

TEST(Icmpv6Header, LessThanFourBytesAreTruncated) {
  const auto message = FromHex("800000");
  for (size_t size = 0; size <= message.size(); ++size) {
    EXPECT_EQ(Icmpv6Header::Parse(ByteView(message).first(size), kSource, kDestination).reason(),
              DropReason::ICMPV6_TRUNCATED);
  }
}

TEST(Icmpv6Type, ErrorsAreBelow128) {
  EXPECT_TRUE(IsError(Icmpv6Type::kParameterProblem));
  EXPECT_TRUE(IsError(static_cast<Icmpv6Type>(127)));
  EXPECT_FALSE(IsError(Icmpv6Type::kEchoRequest));
}

TEST(EchoMessage, HasTheFieldsOfRfc4443Section4_1) {
  const auto bytes = FromHex("8100 0000 1234 5678 deadbeef");
  const auto echo = EchoMessage::Parse(bytes);
  ASSERT_TRUE(echo);
  EXPECT_EQ(echo->type, Icmpv6Type::kEchoReply);
  EXPECT_EQ(echo->identifier, 0x1234);
  EXPECT_EQ(echo->sequence, 0x5678);
  EXPECT_EQ(ToHex(echo->data), "dead beef");
  EXPECT_EQ(ToHex(Stored(*echo)), ToHex(bytes));
}

TEST(EchoMessage, IsRefusedWhereItIsCutOffOrOfAnotherType) {
  const auto bytes = FromHex("8000 0000 1234 5678");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(EchoMessage::Parse(ByteView(bytes).first(size)).reason(),
              DropReason::ICMPV6_TRUNCATED);
  }
  EXPECT_TRUE(EchoMessage::Parse(bytes)) << "no data is fine";
  EXPECT_EQ(EchoMessage::Parse(FromHex("8700 0000 1234 5678")).reason(),
            DropReason::ICMPV6_UNKNOWN_TYPE);
}

TEST(Icmpv6Error, PacketTooBigCarriesTheMtu) {
  const auto bytes = FromHex("0200 0000 00000500 60000000");
  const auto error = Icmpv6Error::Parse(bytes);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->type, Icmpv6Type::kPacketTooBig);
  EXPECT_EQ(error->parameter, 1280u);
  EXPECT_EQ(ToHex(error->invoking), "6000 0000");
  EXPECT_EQ(ToHex(Stored(*error)), ToHex(bytes));
}

TEST(Icmpv6Error, ParameterProblemCarriesThePointer) {
  const auto bytes = FromHex("0401 0000 00000028 60");
  const auto error = Icmpv6Error::Parse(bytes);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, 1);
  EXPECT_EQ(error->parameter, 40u);
  EXPECT_EQ(ToHex(Stored(*error)), ToHex(bytes));
}

TEST(Icmpv6Error, TheUnusedWordOfOthersIsIgnoredAndWrittenAsZero) {
  const auto bytes = FromHex("0104 0000 00ffffff 60");
  const auto error = Icmpv6Error::Parse(bytes);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->parameter, 0u);
  EXPECT_EQ(ToHex(Stored(*error)), "0104 0000 0000 0000 60");
}

TEST(Icmpv6Error, ExtensionsAreNotPartOfTheQuotedPacket) {  // RFC 4884 §4.2
  auto bytes = FromHex("0304 0000 10000000");
  bytes.resize(8 + 128, 0x60);
  bytes.insert(bytes.end(), {0x20, 0x00, 0xde, 0xad});
  EXPECT_EQ(Icmpv6Error::Parse(bytes)->invoking.size(), 128u);
  bytes[4] = 0x20;
  EXPECT_EQ(Icmpv6Error::Parse(bytes)->invoking.size(), 132u)
      << "a length that is more than there is says nothing";
}

TEST(Icmpv6Error, AnUnknownErrorIsAnErrorStill) {  // RFC 4443 §2.4(a)
  EXPECT_EQ(Icmpv6Error::Parse(FromHex("6401 0000 00000000 60"))->invoking.size(), 1u);
  EXPECT_EQ(Icmpv6Error::Parse(FromHex("8000 0000 00000000")).reason(),
            DropReason::ICMPV6_UNKNOWN_TYPE);
}

TEST(Icmpv6Error, IsRefusedWhereItIsCutOff) {
  const auto bytes = FromHex("0100 0000 00000000");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Icmpv6Error::Parse(ByteView(bytes).first(size)).reason(),
              DropReason::ICMPV6_TRUNCATED);
  }
}

}  // namespace
}  // namespace dualsim::wire
