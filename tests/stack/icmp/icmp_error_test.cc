#include "stack/icmp/icmp_error.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "stack/wire/ipv6.h"

namespace dualsim::icmp {
namespace {

using wire::Icmpv6Error;
using wire::Icmpv6Type;
using wire::NextHeader;
using Bytes = std::vector<uint8_t>;

constexpr size_t kHeader = wire::Ipv6Header::kSize;

Ipv6Address Address(std::string_view text) { return *Ipv6Address::Parse(text); }

Bytes MakePacket(std::string_view source, std::string_view destination,
                 NextHeader next = NextHeader::kUdp, Bytes payload = Bytes(16)) {
  wire::Ipv6Header header;
  header.payload_length = static_cast<uint16_t>(payload.size());
  header.next_header = next;
  header.source = Address(source);
  header.destination = Address(destination);
  Bytes packet(kHeader);
  header.Store(packet.data());
  packet.insert(packet.end(), payload.begin(), payload.end());
  return packet;
}

constexpr ErrorMessage kUnreachable{Icmpv6Type::kDestinationUnreachable, 0, 0};
constexpr ErrorMessage kTooBig{Icmpv6Type::kPacketTooBig, 0, 1400};

Bytes Message(Icmpv6Type type) {
  Bytes message(16);
  message[0] = static_cast<uint8_t>(type);
  return message;
}

TEST(MayAnswer, AnOrdinaryPacket) {
  EXPECT_TRUE(MayAnswer(MakePacket("2001:db8::1", "2001:db8::2"), false, kUnreachable));
  EXPECT_TRUE(MayAnswer(MakePacket("2001:db8::1", "2001:db8::2", NextHeader::kIcmpv6,
                                   Message(Icmpv6Type::kEchoRequest)),
                        false, kUnreachable));
}

TEST(MayAnswer, NeverAnErrorOrARedirect) {  // RFC 4443 §2.4(e.1), (e.2)
  for (const Icmpv6Type type :
       {Icmpv6Type::kTimeExceeded, Icmpv6Type{127}, Icmpv6Type::kRedirect}) {
    EXPECT_FALSE(
        MayAnswer(MakePacket("2001:db8::1", "2001:db8::2", NextHeader::kIcmpv6, Message(type)),
                  false, kUnreachable));
  }
  const Bytes behind_options = {
      static_cast<uint8_t>(NextHeader::kIcmpv6), 0, 1, 4, 0, 0, 0, 0, 1, 0};
  EXPECT_FALSE(MayAnswer(
      MakePacket("2001:db8::1", "2001:db8::2", NextHeader::kDestinationOptions, behind_options),
      false, kUnreachable));
}

TEST(MayAnswer, NeverASourceThatIsNoSingleNode) {  // RFC 4443 §2.4(e.6)
  for (const char* source : {"::", "ff02::1", "::1"}) {
    EXPECT_FALSE(MayAnswer(MakePacket(source, "2001:db8::2"), false, kUnreachable)) << source;
  }
}

TEST(MayAnswer, GroupsOnlyWithPacketTooBigAndOptionsThatAskForIt) {  // (e.3) to (e.5)
  Bytes group = MakePacket("2001:db8::1", "ff05::1");
  const Bytes unicast = MakePacket("2001:db8::1", "2001:db8::2");
  EXPECT_FALSE(MayAnswer(group, false, kUnreachable));
  EXPECT_FALSE(MayAnswer(unicast, true, kUnreachable));
  EXPECT_TRUE(MayAnswer(group, false, kTooBig));
  EXPECT_TRUE(MayAnswer(unicast, true, kTooBig));

  const ErrorMessage option{Icmpv6Type::kParameterProblem, 2, kHeader + 2};
  group[kHeader + 2] = 0x80 | 0x1e;  // Highest bits 10: report always.
  EXPECT_TRUE(MayAnswer(group, true, option));
  group[kHeader + 2] = 0xc0 | 0x1e;  // 11: not for groups.
  EXPECT_FALSE(MayAnswer(group, false, option));
  EXPECT_FALSE(MayAnswer(group, false, {Icmpv6Type::kParameterProblem, 2, 5000}));
}

TEST(BuildError, QuotesTheWholePacketWithoutTheFramesPadding) {
  PacketPool pool;
  Bytes packet = MakePacket("2001:db8::1", "2001:db8::2");
  const Bytes whole = packet;
  packet.resize(packet.size() + 6);
  const Packet message = BuildError(pool, kTooBig, packet);
  const auto error = Icmpv6Error::Parse(message.bytes());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->type, Icmpv6Type::kPacketTooBig);
  EXPECT_EQ(error->parameter, 1400u);
  EXPECT_EQ(Bytes(error->invoking.begin(), error->invoking.end()), whole);
}

TEST(BuildError, StaysWithinTheMinimumMtu) {  // RFC 4443 §2.4(c)
  PacketPool pool;
  const Bytes packet = MakePacket("2001:db8::1", "2001:db8::2", NextHeader::kUdp, Bytes(1460));
  EXPECT_EQ(BuildError(pool, kUnreachable, packet).size(), 1280 - kHeader);
}

}  // namespace
}  // namespace dualsim::icmp
