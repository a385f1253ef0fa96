#include "stack/ipv6/sent_packets.h"

#include <gtest/gtest.h>

#include "stack/wire/ipv6_extension.h"
#include "tests/stack/ipv6/fragments_for_test.h"

namespace dualsim::ipv6 {
namespace {

using wire::NextHeader;

const Bytes kEchoRequest = {128, 0, 0, 0, 0, 1, 0, 1};
const Bytes kEchoReply = {129, 0, 0, 0, 0, 1, 0, 1};

QuotedPacket Quoted(NextHeader protocol, Bytes payload, size_t size) {
  payload.resize(size - wire::Ipv6Header::kSize);
  static Bytes packet;
  packet = MakePacket(protocol, payload);
  return *QuotedPacket::Parse(packet);
}

TEST(QuotedPacket, TellsWhatItsHeaderSaysHoweverLittleIsQuoted) {
  Bytes packet = MakePacket(NextHeader::kUdp, Pattern(1000));
  packet.resize(wire::Ipv6Header::kSize + 3);
  const auto quoted = QuotedPacket::Parse(packet);
  ASSERT_TRUE(quoted.has_value());
  EXPECT_EQ(quoted->source, kSender);
  EXPECT_EQ(quoted->destination, kReceiver);
  EXPECT_EQ(quoted->size, 1040u);
  EXPECT_EQ(quoted->protocol, NextHeader::kUdp);
  EXPECT_EQ(quoted->upper.size(), 3u);
}

TEST(QuotedPacket, IsNoneWithoutAWholeHeaderOfVersion6) {
  Bytes packet = MakePacket(NextHeader::kUdp, Pattern(8));
  EXPECT_FALSE(QuotedPacket::Parse(ByteView(packet).first(39)).has_value());
  packet[0] = 0x45;
  EXPECT_FALSE(QuotedPacket::Parse(packet).has_value());
}

TEST(QuotedPacket, OfALaterFragmentTheProtocolIsKnownAndTheMessageIsNot) {
  Bytes fragment(wire::FragmentHeader::kSize);
  wire::FragmentHeader{.next_header = NextHeader::kIcmpv6, .offset = 1232}.Store(fragment.data());
  fragment.resize(100, 0x55);
  const Bytes packet = MakePacket(NextHeader::kFragment, fragment);
  const auto quoted = QuotedPacket::Parse(packet);
  ASSERT_TRUE(quoted.has_value());
  EXPECT_EQ(quoted->protocol, NextHeader::kIcmpv6);
  EXPECT_TRUE(quoted->upper.empty());
}

TEST(SentPackets, WhereNothingWasSentNothingCanBeQuoted) {
  EXPECT_FALSE(SentPackets().MayInclude(Quoted(NextHeader::kIcmpv6, kEchoRequest, 48)));
}

TEST(SentPackets, OfTheKindsThatWereSentNoneIsLargerThanTheLargest) {
  SentPackets sent;
  sent.Note(NextHeader::kIcmpv6, kEchoRequest, 1400);
  sent.Note(NextHeader::kUdp, {}, 100);
  EXPECT_TRUE(sent.MayInclude(Quoted(NextHeader::kIcmpv6, kEchoRequest, 1400)));
  EXPECT_TRUE(sent.MayInclude(Quoted(NextHeader::kUdp, {}, 1300)));
  EXPECT_FALSE(sent.MayInclude(Quoted(NextHeader::kIcmpv6, kEchoRequest, 1401)));
  EXPECT_FALSE(sent.MayInclude(Quoted(NextHeader::kIcmpv6, kEchoReply, 1400)));
  EXPECT_FALSE(sent.MayInclude(Quoted(NextHeader::kTcp, {}, 1400)));
  EXPECT_FALSE(sent.MayInclude(Quoted(static_cast<NextHeader>(41), {}, 1400)));
}

TEST(SentPackets, WhatIsQuotedWithoutItsMessageMayBeAnyOfItsProtocol) {
  SentPackets sent;
  sent.Note(NextHeader::kIcmpv6, kEchoReply, 1400);
  EXPECT_TRUE(sent.MayInclude({.size = 1400, .protocol = NextHeader::kIcmpv6}));
  EXPECT_FALSE(sent.MayInclude({.size = 1400, .protocol = NextHeader::kUdp}));
}

}  // namespace
}  // namespace dualsim::ipv6
