#include <gtest/gtest.h>

#include <string>

#include "sim/record/packet_text.h"
#include "tests/sim/record/frames.h"
#include "tests/support/hex.h"

namespace dualsim::sim {
namespace {

using dualsim::testing::Build;
using dualsim::testing::BuildFrame;
using dualsim::testing::FromHex;
using dualsim::testing::Ipv4Frame;

std::string TextOf(ByteView frame) {
  std::string text;
  AppendPacketText(frame, text);
  return text;
}
std::string TextOf(const Ipv4Frame& frame) { return TextOf(Build(frame)); }

const std::string kEnd = "  [02:00:00:00:00:0a > 02:00:00:00:00:0b]";

TEST(PacketText, Arp) {
  EXPECT_EQ(TextOf(BuildFrame(0x0806,
                              "0001 0800 06 04 0001 02000000000a c0000201 000000000000 c0000202")),
            "ARP Request who has 192.0.2.2, 192.0.2.1 is at 02:00:00:00:00:0a  "
            "[02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff]");
  EXPECT_EQ(TextOf(BuildFrame(0x0806,
                              "0001 0800 06 04 0002 02000000000a c0000201 02000000000b c0000202")),
            "ARP Reply 192.0.2.1 is at 02:00:00:00:00:0a, to 192.0.2.2 at 02:00:00:00:00:0b  "
            "[02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff]");
  EXPECT_EQ(TextOf(BuildFrame(0x0806, "0001 0800 06 04 0002 0200")),
            "ARP hardware 1 protocol 0x0800 operation 2, 10 bytes, malformed  "
            "[02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff]");
}

TEST(PacketText, IcmpEcho) {
  EXPECT_EQ(
      TextOf({.payload = "0800 0000 0001 0002 6162", .checksum_at = 2, .pseudo_header = false}),
      "192.0.2.1 > 192.0.2.2  ICMP Echo id 1 seq 2, 2 bytes, TTL 64, DF" + kEnd);
}

TEST(PacketText, IcmpUnreachable) {
  EXPECT_EQ(TextOf({.payload = "0304 0000 0000 0578"
                               "4500 0030 0001 0000 40 11 0000 c0000202 c0000201"
                               "1000 0035 001c 0000",
                    .checksum_at = 2,
                    .pseudo_header = false}),
            "192.0.2.1 > 192.0.2.2  ICMP Destination Unreachable (fragmentation needed and DF "
            "set) MTU 1400 about {192.0.2.2 > 192.0.2.1  UDP 4096 > 53, 20 bytes}, TTL 64, DF" +
                kEnd);
}

TEST(PacketText, IgmpReport) {
  EXPECT_EQ(TextOf({.protocol = 2,
                    .payload = "2200 0000 0000 0001 0400 0000 e00000fb",
                    .checksum_at = 2,
                    .pseudo_header = false}),
            "192.0.2.1 > 192.0.2.2  IGMP Membership Report version 3 CHANGE_TO_EXCLUDE_MODE "
            "224.0.0.251 {}, TTL 64, DF" +
                kEnd);
}

TEST(PacketText, UdpOverIpv4) {
  EXPECT_EQ(TextOf({.protocol = 17, .payload = "1000 2000 000a 0000 6162", .checksum_at = 6}),
            "192.0.2.1 > 192.0.2.2  UDP 4096 > 8192, 2 bytes, TTL 64, DF" + kEnd);
  EXPECT_EQ(TextOf({.protocol = 17, .payload = "1000 2000 000a 0000 6162"}),
            "192.0.2.1 > 192.0.2.2  UDP 4096 > 8192, 2 bytes, TTL 64, DF" + kEnd)
      << "IPv4 may do without a checksum";
  EXPECT_EQ(TextOf({.protocol = 17, .payload = "1000 2000 000b 0000 6162"}),
            "192.0.2.1 > 192.0.2.2  UDP 4096 > 8192, length 11 of 10 bytes, malformed, TTL 64, "
            "DF" +
                kEnd);
}

TEST(PacketText, Ipv4Fragments) {
  EXPECT_EQ(TextOf({.protocol = 17, .payload = "1000 2000 0010 abcd 6162", .fragment = 0x2000}),
            "192.0.2.1 > 192.0.2.2  Fragment (id 0x1234, offset 0, more, 10 bytes); UDP 4096 > "
            "8192, 8 bytes, TTL 64" +
                kEnd);
  EXPECT_EQ(TextOf({.protocol = 17, .payload = "6162", .fragment = 0x0001}),
            "192.0.2.1 > 192.0.2.2  Fragment (id 0x1234, offset 8, last, 2 bytes) of protocol "
            "17, TTL 64" +
                kEnd);
}

TEST(PacketText, AWrongHeaderChecksum) {
  auto frame = Build(Ipv4Frame{.protocol = 200, .payload = "00"});
  frame[22] = 7;  // The TTL.
  EXPECT_EQ(TextOf(frame),
            "192.0.2.1 > 192.0.2.2  protocol 200, 1 bytes, TTL 7, DF, wrong header "
            "checksum 0xa3e9" +
                kEnd);
}

TEST(PacketText, DhcpDiscover) {
  std::string payload =
      "0044 0043 010d 0000"
      "01 01 06 00 deadbeef 0000 8000 00000000 00000000 00000000 00000000"
      "02000000000a 00000000000000000000";
  payload.append(2 * 192, '0');
  payload += "63825363 35 01 01 32 04 c0000209 0c 03 61620a 37 02 0103 ff 0000";
  EXPECT_EQ(
      TextOf({.protocol = 17, .payload = payload}),
      "192.0.2.1 > 192.0.2.2  UDP 68 > 67, 261 bytes; DHCP Discover xid 0xdeadbeef client "
      "02:00:00:00:00:0a, broadcast, requested address 192.0.2.9, host name ab\\x0a, option 55 "
      "0x0103, TTL 64, DF" +
          kEnd);
}

TEST(PacketText, OtherFrames) {
  EXPECT_EQ(TextOf(BuildFrame(0x88cc, "010203")),
            "EtherType 0x88cc, 3 bytes  [02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff]");
  EXPECT_EQ(TextOf(BuildFrame(0x0026, "424203")),
            "IEEE 802.3 length 38, 3 bytes  [02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff]");
  EXPECT_EQ(TextOf(BuildFrame(0x8100, "0005 88cc 0102")),
            "VLAN 5  EtherType 0x88cc, 2 bytes  [02:00:00:00:00:0a > ff:ff:ff:ff:ff:ff]");
  EXPECT_EQ(TextOf(FromHex("0102")),
            "frame of 2 bytes, malformed: the frame is shorter than an Ethernet header");
}

TEST(PacketText, OtherLinkTypes) {
  const auto frame = Build(Ipv4Frame{.protocol = 200, .payload = "00"});
  std::string text;
  AppendPacketText(LinkType::kRawIp, ByteView(frame).subspan(14), text);
  EXPECT_EQ(text, "192.0.2.1 > 192.0.2.2  protocol 200, 1 bytes, TTL 64, DF");
  auto cooked = FromHex("0004 0001 0006 02000000000a 0000 0800");
  cooked.insert(cooked.end(), frame.begin() + 14, frame.end());
  text.clear();
  AppendPacketText(LinkType::kLinuxCooked, cooked, text);
  EXPECT_EQ(text,
            "192.0.2.1 > 192.0.2.2  protocol 200, 1 bytes, TTL 64, DF  [02:00:00:00:00:0a "
            "from us]");
  text.clear();
  AppendPacketText(static_cast<LinkType>(147), cooked, text);
  EXPECT_EQ(text, "link type 147, 37 bytes");
}

}  // namespace
}  // namespace dualsim::sim
