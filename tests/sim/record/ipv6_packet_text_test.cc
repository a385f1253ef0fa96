#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/record/packet_text.h"
#include "tests/sim/record/frames.h"
#include "tests/support/hex.h"

namespace dualsim::sim {
namespace {

using dualsim::testing::Build;
using dualsim::testing::FromHex;
using dualsim::testing::Ipv6Frame;

std::string TextOf(ByteView frame) {
  std::string text;
  AppendPacketText(frame, text);
  return text;
}
std::string TextOf(const Ipv6Frame& frame) { return TextOf(Build(frame)); }

TEST(PacketText, NeighborSolicitation) {
  EXPECT_EQ(TextOf({.destination = "ff02::1:ff00:b",
                    .payload = "8700 0000 00000000 fe80000000000000000000fffe00000b"
                               "0101 02000000000a"}),
            "fe80::ff:fe00:a > ff02::1:ff00:b  Neighbor Solicitation who has fe80::ff:fe00:b, "
            "source link-layer 02:00:00:00:00:0a  [02:00:00:00:00:0a]");
}

TEST(PacketText, AProbeOfDuplicateAddressDetection) {
  EXPECT_EQ(TextOf({.source = "::",
                    .destination = "ff02::1:ff00:a",
                    .payload = "8700 0000 00000000 fe80000000000000000000fffe00000a"
                               "0e01 0123456789ab"}),
            ":: > ff02::1:ff00:a  Neighbor Solicitation who has fe80::ff:fe00:a, "
            "nonce 0x0123456789ab  [02:00:00:00:00:0a]");
}

TEST(PacketText, NeighborAdvertisement) {
  EXPECT_EQ(TextOf({.payload = "8800 0000 e0000000 fe80000000000000000000fffe00000a"
                               "0201 02000000000a"}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Neighbor Advertisement of fe80::ff:fe00:a, "
            "router, solicited, override, target link-layer 02:00:00:00:00:0a  "
            "[02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, RouterSolicitation) {
  EXPECT_EQ(TextOf({.source = "::", .destination = "ff02::2", .payload = "8500 0000 00000000"}),
            ":: > ff02::2  Router Solicitation  [02:00:00:00:00:0a]");
}

TEST(PacketText, RouterAdvertisementWithEveryOption) {
  EXPECT_EQ(
      TextOf({.destination = "ff02::1",
              .payload = "8600 0000 40 e8 0708 00007530 000003e8"
                         "0101 02000000000a"
                         "0501 0000 000005dc"
                         "0304 40 e0 00015180 ffffffff 00000000 20010db8000100000000000000000000"
                         "1802 20 18 00000002 20010db800000000"
                         "1903 0000 00000258 20010db8000000000000000000000053"
                         "1f04 0000 00000258 07 6578616d706c65 03 636f6d 00 03 6c616e 00"
                         "000000000000"
                         "2602 0708 0064ff9b0000000000000000"
                         "fd01 0102 03040506"}),
      "fe80::ff:fe00:a > ff02::1  Router Advertisement Cur Hop Limit 64, managed, other, "
      "home agent, preference high, router lifetime 1800 s, reachable time 30000 ms, "
      "retrans timer 1000 ms, source link-layer 02:00:00:00:00:0a, MTU 1500, "
      "prefix 2001:db8:1::/64 on-link autonomous router-address valid 86400 s preferred infinite, "
      "route 2001:db8::/32 preference low lifetime 2 s, "
      "recursive DNS server 2001:db8::53 lifetime 600 s, "
      "DNS search list example.com lan lifetime 600 s, PREF64 64:ff9b::/96 lifetime 1800 s, "
      "option 253 0x010203040506  [02:00:00:00:00:0a]");
}

TEST(PacketText, RedirectQuotesThePacket) {
  EXPECT_EQ(TextOf({.payload = "8900 0000 00000000 fe800000000000000000000000000002"
                               "20010db8000000000000000000000001"
                               "0201 020000000002"
                               "0407 0000 00000000"
                               "60000000 0008 3a40 20010db8000000000000000000000009"
                               "20010db8000000000000000000000001 8000 1234 0001 0002"}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Redirect of 2001:db8::1 to fe80::2, "
            "target link-layer 02:00:00:00:00:02, redirected {2001:db8::9 > 2001:db8::1  "
            "Echo Request id 1 seq 2, 0 bytes}  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, AMessageThatNodesDropSaysWhy) {
  const char* solicitation = "8700 0000 00000000 fe80000000000000000000fffe00000b";
  EXPECT_EQ(TextOf({.hop_limit = 64, .payload = solicitation}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Neighbor Solicitation who has fe80::ff:fe00:b, "
            "invalid: a neighbour discovery message whose hop limit is not 255, hop limit 64  "
            "[02:00:00:00:00:0a > 02:00:00:00:00:0b]");
  EXPECT_EQ(TextOf({.destination = "ff02::1", .payload = "8800 0000 40000000 fe80"}),
            "fe80::ff:fe00:a > ff02::1  Neighbor Advertisement, 10 bytes, invalid: a neighbour "
            "discovery message that is too short for its type  [02:00:00:00:00:0a]");
}

TEST(PacketText, AWrongChecksumIsShownWithTheRightOne) {
  auto frame = Build(Ipv6Frame{.hop_limit = 64, .payload = "8000 0000 0001 0002 61"});
  const uint16_t right = LoadBig16(frame.data() + 56);
  frame[56] = 0xde;
  frame[57] = 0xad;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string digits;
  for (int shift = 12; shift >= 0; shift -= 4) digits += kDigits[right >> shift & 0xf];
  EXPECT_EQ(TextOf(frame),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Echo Request id 1 seq 2, 1 bytes, wrong checksum "
            "0xdead (it should be 0x" +
                digits + "), hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, ListenerReportBehindItsRouterAlert) {
  EXPECT_EQ(TextOf({.destination = "ff02::16",
                    .next_header = 0,
                    .hop_limit = 1,
                    .payload = "3a00 0502 0000 0100"
                               "8f00 0000 0000 0003"
                               "04 00 0000 ff02000000000000000000000001ff00"
                               "05 00 0002 ff050000000000000000000000000001"
                               "20010db8000000000000000000000001 20010db8000000000000000000000002"
                               "07 01 0000 ff050000000000000000000000000002 deadbeef",
                    .upper_at = 8}),
            "fe80::ff:fe00:a > ff02::16  Hop-by-Hop (Router Alert 0); Multicast Listener Report "
            "version 2 CHANGE_TO_EXCLUDE_MODE ff02::1:ff00 {}, "
            "ALLOW_NEW_SOURCES ff05::1 {2001:db8::1, 2001:db8::2}, "
            "record type 7 ff05::2 {} auxiliary data 0xdeadbeef  [02:00:00:00:00:0a]");
}

TEST(PacketText, ListenerQueries) {
  EXPECT_EQ(TextOf({.destination = "ff02::1",
                    .next_header = 0,
                    .hop_limit = 1,
                    .payload = "3a00 0502 0000 0100"
                               "8200 0000 2710 0000 00000000000000000000000000000000 0a 7d 0000",
                    .upper_at = 8}),
            "fe80::ff:fe00:a > ff02::1  Hop-by-Hop (Router Alert 0); Multicast Listener Query "
            "general, maximum response delay 10000 ms, robustness variable 2, query interval "
            "125 s, suppress router processing  [02:00:00:00:00:0a]");
  EXPECT_EQ(TextOf({.destination = "ff02::1",
                    .hop_limit = 2,
                    .payload = "8200 0000 2710 0000 ff020000000000000000000000000005"}),
            "fe80::ff:fe00:a > ff02::1  Multicast Listener Query version 1 for ff02::5, maximum "
            "response delay 10000 ms, invalid: a listener message whose hop limit is not 1, "
            "hop limit 2  [02:00:00:00:00:0a]");
}

TEST(PacketText, ErrorsNameTheirCodeAndQuoteInShort) {
  const char* quoted =
      "60000000 0010 1140 20010db8000000000000000000000009 20010db8000000000000000000000001"
      "1000 0035 0010 ffff 1234";
  const std::string about = " about {2001:db8::9 > 2001:db8::1  UDP 4096 > 53, 8 bytes}";
  const std::string start = "fe80::ff:fe00:a > fe80::ff:fe00:b  ";
  const std::string end = ", hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]";
  const auto text = [&](const std::string& message) {
    return TextOf({.hop_limit = 64, .payload = message + quoted});
  };
  EXPECT_EQ(text("0104 0000 00000000"),
            start + "Destination Unreachable (port unreachable)" + about + end);
  EXPECT_EQ(text("0109 0000 00000000"), start + "Destination Unreachable (code 9)" + about + end);
  EXPECT_EQ(text("0200 0000 00000500"), start + "Packet Too Big MTU 1280" + about + end);
  EXPECT_EQ(text("0300 0000 00000000"),
            start + "Time Exceeded (hop limit exceeded in transit)" + about + end);
  EXPECT_EQ(text("0401 0000 00000028"),
            start + "Parameter Problem (unrecognized Next Header type) pointer 40" + about + end);
}

TEST(PacketText, AQuoteThatIsCutOffIsNotCalledMalformed) {
  const std::string quoted =
      "60000000 0028 063a 20010db8000000000000000000000009 20010db8000000000000000000000001"
      "1000 0035 00000010 00000000 a0";
  const auto about = [&](size_t digits) {
    const std::string text =
        TextOf({.hop_limit = 64, .payload = "0104 0000 00000000" + quoted.substr(0, digits)});
    const size_t begin = text.find('{');
    return text.substr(begin, text.find('}') - begin + 1);
  };
  EXPECT_EQ(about(0), "{no IP packet, 0 bytes}");
  EXPECT_EQ(about(13), "{IPv6, 6 bytes}");
  EXPECT_EQ(about(88), "{2001:db8::9 > 2001:db8::1  TCP, 2 bytes, cut off}");
  EXPECT_EQ(about(102), "{2001:db8::9 > 2001:db8::1  TCP 4096 > 53 seq 16}");
  EXPECT_EQ(about(quoted.size()), "{2001:db8::9 > 2001:db8::1  TCP 4096 > 53 seq 16}");
}

TEST(PacketText, QuotesDoNotNest) {
  EXPECT_EQ(TextOf({.hop_limit = 64,
                    .payload = "0300 0000 00000000"
                               "60000000 0100 3a40 20010db8000000000000000000000009"
                               "20010db8000000000000000000000001 0104 0000 00000000 6000"}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Time Exceeded (hop limit exceeded in transit) "
            "about {2001:db8::9 > 2001:db8::1  Destination Unreachable (port unreachable) about "
            "{2 bytes}}, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, ExtensionHeaders) {
  EXPECT_EQ(TextOf({.next_header = 60,
                    .hop_limit = 64,
                    .payload = "2b00 1e02 abcd 0100"
                               "3b02 0001 00000000 20010db8000000000000000000000001",
                    .checksum_at = -1}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Destination Options (option 0x1e 0xabcd); "
            "Routing (type 0, segments left 1, 0x0000000020010db8000000000000000000000001); "
            "No Next Header, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
  EXPECT_EQ(TextOf({.next_header = 60,
                    .hop_limit = 64,
                    .payload = "2b01 1e02 abcd 0100",
                    .checksum_at = -1}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Destination Options, malformed: an extension "
            "header runs past the end, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, Fragments) {
  EXPECT_EQ(TextOf({.next_header = 44,
                    .hop_limit = 64,
                    .payload = "3a00 0001 12345678 8000 abcd 0001 0002",
                    .checksum_at = -1}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Fragment (id 0x12345678, offset 0, more, 8 bytes); "
            "Echo Request id 1 seq 2, 0 bytes, hop limit 64  "
            "[02:00:00:00:00:0a > 02:00:00:00:00:0b]");
  EXPECT_EQ(TextOf({.next_header = 44,
                    .hop_limit = 64,
                    .payload = "3a00 05a8 12345678 0001 0203",
                    .checksum_at = -1}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Fragment (id 0x12345678, offset 1448, last, "
            "4 bytes) of protocol 58, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, AFragmentedSolicitationIsInvalid) {
  EXPECT_EQ(TextOf({.next_header = 44,
                    .payload = "3a00 0000 00000001"
                               "8700 0000 00000000 fe80000000000000000000fffe00000b",
                    .upper_at = 8}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Fragment (id 0x00000001, offset 0, last, 24 "
            "bytes); Neighbor Solicitation who has fe80::ff:fe00:b, invalid: neighbour discovery "
            "in a fragment (RFC 6980)  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, OtherFieldsOfTheHeaderShowWhereSet) {
  auto frame = Build(Ipv6Frame{.hop_limit = 64, .payload = "8000 0000 0001 0002"});
  frame[14] = 0x6b;
  frame[15] = 0x81;
  frame[17] = 0x05;
  EXPECT_EQ(TextOf(frame),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Echo Request id 1 seq 2, 0 bytes, hop limit 64, "
            "traffic class 0xb8, flow label 0x10005  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, Tcp) {
  EXPECT_EQ(TextOf({.next_header = 6,
                    .hop_limit = 64,
                    .payload = "c000 0050 00000001 00000000 a002 ffff 0000 0000"
                               "0204 05a0 0402 080a 00000009 00000000 01 030307",
                    .checksum_at = 16,
                    .upper = 6}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  TCP 49152 > 80 seq 1 [SYN] win 65535 len 0 <mss "
            "1440, sack permitted, timestamp 9 echo 0, wscale 7>, hop limit 64  "
            "[02:00:00:00:00:0a > 02:00:00:00:00:0b]");
  EXPECT_EQ(TextOf({.next_header = 6,
                    .hop_limit = 64,
                    .payload = "0050 c000 00000005 00000009 8018 0010 0000 0000"
                               "01 01 05 0a 00000020 00000030 01 01 6869",
                    .checksum_at = 16,
                    .upper = 6}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  TCP 80 > 49152 seq 5 [PSH,ACK] ack 9 win 16 len 4 "
            "<sack 32-48>, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, MalformedTcp) {
  EXPECT_EQ(TextOf({.next_header = 6,
                    .hop_limit = 64,
                    .payload = "0050 c000 00000005 00000009 6004 0010 0000 0000 0502 0900",
                    .checksum_at = 16,
                    .upper = 6}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  TCP 80 > 49152 seq 5 [RST] win 16 len 0 <sack, "
            "malformed option 9>, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
  EXPECT_EQ(TextOf({.next_header = 6,
                    .hop_limit = 64,
                    .payload = "0050 c000 00000005 00000009 7010 0010 0000 0000 0502 0900",
                    .checksum_at = 16,
                    .upper = 6}),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  TCP 80 > 49152 seq 5 [ACK] ack 9 win 16, "
            "malformed: data offset 28, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, UdpWithDns) {
  EXPECT_EQ(
      TextOf({.next_header = 17,
              .hop_limit = 64,
              .payload = "0035 c000 004c 0000"
                         "1234 8580 0001 0001 0000 0001"
                         "07 6578616d706c65 03 636f6d 00 001c 0001"
                         "c00c 001c 0001 00000e10 0010 20010db8000000000000000000000001"
                         "00 0029 04d0 00000000 0000",
              .checksum_at = 6,
              .upper = 17}),
      "fe80::ff:fe00:a > fe80::ff:fe00:b  UDP 53 > 49152, 68 bytes; DNS response id 4660 NOERROR "
      "authoritative question example.com AAAA answer example.com AAAA 2001:db8::1 ttl 3600 s "
      "additional . OPT size 1232, hop limit 64  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, WhatIsCutOffIsTold) {
  auto frame = Build(Ipv6Frame{.hop_limit = 64, .payload = "8000 0000 0001 0002 61626364"});
  frame.resize(frame.size() - 2);
  EXPECT_EQ(TextOf(frame),
            "fe80::ff:fe00:a > fe80::ff:fe00:b  Echo Request id 1 seq 2, 2 bytes, hop limit 64, "
            "truncated: 10 of 12 bytes  [02:00:00:00:00:0a > 02:00:00:00:00:0b]");
}

TEST(PacketText, PaddingBehindThePacketIsNotTold) {
  auto frame = Build(Ipv6Frame{.hop_limit = 64, .payload = "8000 0000 0001 0002"});
  const std::string text = TextOf(frame);
  frame.resize(frame.size() + 6);
  EXPECT_EQ(TextOf(frame), text);
}

// Cut anywhere, and with any byte changed, a frame has a text of one line.
TEST(PacketText, IsOneLineOfPrintableTextForAnyBytes) {
  const std::vector<std::vector<uint8_t>> frames = {
      Build(Ipv6Frame{.payload = "8600 0000 40 e8 0708 00007530 000003e8 0101 02000000000a"
                                 "1f04 0000 00000258 07 6578616d706c65 03 636f6d 00 03 6c616e 00"
                                 "000000000000"}),
      Build(Ipv6Frame{.payload = "0300 0000 00000000 60000000 0100 3a40"
                                 "20010db8000000000000000000000009"
                                 "20010db8000000000000000000000001 0104 0000 00000000 6000"}),
      Build(Ipv6Frame{.next_header = 0,
                      .payload = "3a00 0502 0000 0100 8f00 0000 0000 0001 0400"
                                 "0000 ff02000000000000000000000001ff00"}),
  };
  for (const auto& frame : frames) {
    for (size_t size = 0; size <= frame.size(); ++size) {
      for (const char c : TextOf(ByteView(frame).first(size))) ASSERT_TRUE(c >= 0x20 && c < 0x7f);
    }
    for (size_t at = 0; at < frame.size(); ++at) {
      for (const uint8_t value : {0x00, 0x0a, 0x7f, 0xff}) {
        auto changed = frame;
        changed[at] = value;
        for (const char c : TextOf(changed)) ASSERT_TRUE(c >= 0x20 && c < 0x7f);
      }
    }
  }
}

}  // namespace
}  // namespace dualsim::sim
