#include "stack/wire/udp.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

struct Ends {
  IpAddress source;
  IpAddress destination;
};
const Ends kIpv4 = {*IpAddress::Parse("192.0.2.1"), *IpAddress::Parse("192.0.2.2")};
const Ends kIpv6 = {*IpAddress::Parse("2001:db8::1"), *IpAddress::Parse("2001:db8::2")};

std::vector<uint8_t> Built(const UdpDatagram& datagram, const Ends& ends) {
  std::vector<uint8_t> bytes(datagram.size(), 0xa5);
  datagram.Store(bytes.data());
  StoreUdpChecksum(bytes, ends.source, ends.destination);
  return bytes;
}

TEST(UdpDatagram, WhatIsWrittenIsReadOverBothFamilies) {
  const auto data = FromHex("68656c6c6f");
  for (const Ends& ends : {kIpv4, kIpv6}) {
    const auto bytes = Built({Port{5353}, Port{53}, data}, ends);
    const auto read = UdpDatagram::Parse(bytes, ends.source, ends.destination);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->source, Port{5353});
    EXPECT_EQ(read->destination, Port{53});
    EXPECT_EQ(ToHex(read->data), ToHex(data));
  }
}

TEST(UdpDatagram, AnyFlippedBitIsRefused) {
  const auto data = FromHex("68656c6c6f");
  auto bytes = Built({Port{5353}, Port{53}, data}, kIpv6);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(UdpDatagram::Parse(bytes, kIpv6.source, kIpv6.destination)) << bit;
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
  }
}

TEST(UdpDatagram, AChecksumThatComesOutAs0IsSentAsFfff) {
  // The data are chosen so that the one's complement sum is 0xffff.
  auto bytes = Built({Port{1}, Port{2}, FromHex("0000")}, kIpv4);
  const uint16_t sum = LoadBig16(bytes.data() + 6);
  std::vector<uint8_t> data(2);
  StoreBig16(data.data(), sum);
  bytes = Built({Port{1}, Port{2}, data}, kIpv4);
  EXPECT_EQ(LoadBig16(bytes.data() + 6), 0xffff);
  EXPECT_TRUE(UdpDatagram::Parse(bytes, kIpv4.source, kIpv4.destination));
}

TEST(UdpDatagram, NoChecksumIsAcceptedOverIpv4Alone) {
  const auto bytes = FromHex("0001 0002 0009 0000 ff");
  EXPECT_TRUE(UdpDatagram::Parse(bytes, kIpv4.source, kIpv4.destination));
  EXPECT_EQ(UdpDatagram::Parse(bytes, kIpv6.source, kIpv6.destination).reason(),
            DropReason::UDP_NO_CHECKSUM);
}

TEST(UdpDatagram, BytesAfterItsLengthAreNotItsOwn) {
  const auto bytes = FromHex("0001 0002 0009 0000 ff eeeeee");
  EXPECT_EQ(UdpDatagram::Parse(bytes, kIpv4.source, kIpv4.destination)->data.size(), 1u);
}

TEST(UdpDatagram, IsRefusedWhereItIsCutOffOrItsLengthIsWrong) {
  const auto bytes = FromHex("0001 0002 0008 0000");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(
        UdpDatagram::Parse(ByteView(bytes).first(size), kIpv4.source, kIpv4.destination).reason(),
        DropReason::UDP_TRUNCATED);
  }
  for (const char* length : {"0000", "0007", "0009", "ffff"}) {
    const auto wrong = FromHex(std::string("0001 0002 ") + length + " 0000");
    EXPECT_EQ(UdpDatagram::Parse(wrong, kIpv4.source, kIpv4.destination).reason(),
              DropReason::UDP_LENGTH);
  }
}

}  // namespace
}  // namespace dualsim::wire
