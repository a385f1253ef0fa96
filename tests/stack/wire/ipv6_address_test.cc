#include "stack/wire/ipv6_address.h"

#include <gtest/gtest.h>

#include <utility>

#include "stack/wire/mac_address.h"

namespace dualsim {
namespace {

Ipv6Address Address(const char* text) { return Ipv6Address::Parse(text).value(); }

TEST(Ipv6Address, TheFormsOfRfc4291Section2_2AreRead) {
  const auto check = [](const char* text, uint64_t high, uint64_t low) {
    const auto address = Ipv6Address::Parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->high(), high) << text;
    EXPECT_EQ(address->low(), low) << text;
  };
  check("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", 0xabcdef0123456789, 0xabcdef0123456789);
  check("2001:DB8:0:0:8:800:200C:417A", 0x20010db800000000, 0x00080800200c417a);
  check("2001:db8::8:800:200c:417a", 0x20010db800000000, 0x00080800200c417a);
  check("::", 0, 0);
  check("::1", 0, 1);
  check("1::", 0x0001000000000000, 0);
  check("ff01::101", 0xff01000000000000, 0x101);
  check("1:2:3:4:5:6:7::", 0x0001000200030004, 0x0005000600070000);
  check("::2:3:4:5:6:7:8", 0x0000000200030004, 0x0005000600070008);
  check("1:2:3::5:6:7:8", 0x0001000200030000, 0x0005000600070008);
  check("0:0:0:0:0:0:13.1.68.3", 0, 0x0d014403);
  check("::13.1.68.3", 0, 0x0d014403);
  check("::FFFF:129.144.52.38", 0, 0xffff81903426);
  check("64:ff9b::192.0.2.33", 0x0064ff9b00000000, 0xc0000221);
  check("1:2:3:4:5:6:1.2.3.4", 0x0001000200030004, 0x0005000601020304);
  check("0001:0002::0", 0x0001000200000000, 0);
}

TEST(Ipv6Address, OtherTextsAreRefused) {
  for (const char* text : {"",
                           ":",
                           ":::",
                           "1",
                           "1:",
                           ":1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:",
                           ":1:2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "1:2:3:4::5:6:7:8",
                           "1::2::3",
                           "::1::",
                           "12345::",
                           "00001::",
                           "g::",
                           "fe80::1%eth0",
                           "fe80::1/64",
                           " ::1",
                           "::1 ",
                           "-1::",
                           "+1::",
                           "0x1::",
                           "::1.2.3",
                           "::1.2.3.4.5",
                           "::1.2.3.256",
                           "::01.2.3.4",
                           "::1.2.3.04",
                           "::1.2.3.4:5",
                           "1.2.3.4",
                           "1.2.3.4::",
                           "::1.2..4",
                           "::1.2.3.",
                           "::.1.2.3",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1:2:3:4:5:6:7.8.9.10:1",
                           "::1.2.3.4444",
                           "::a.1.2.3",
                           "1:2:3:4:5:6::1.2.3.4",
                           "::1:2:3:4:5:6:1.2.3.4",
                           "1:::2"}) {
    EXPECT_FALSE(Ipv6Address::Parse(text)) << text;
  }
  EXPECT_FALSE(Ipv6Address::Parse(std::string_view("::1\0", 4)));
}

TEST(Ipv6Address, TextIsTheOneFormOfRfc5952) {
  const std::pair<const char*, const char*> cases[] = {
      {"2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // §4.2.2: not for one group
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // §4.2.3: the longest run
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // §4.2.3: the first of two equal
      {"2001:DB8::AbCd", "2001:db8::abcd"},              // §4.3: lower case
      {"0:0:0:0:0:0:0:0", "::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"1:0:0:0:0:0:0:0", "1::"},
      {"0:1:1:1:1:1:1:0", "0:1:1:1:1:1:1:0"},
      {"0:0:1:1:1:1:1:1", "::1:1:1:1:1:1"},
      {"1:1:1:1:1:1:0:0", "1:1:1:1:1:1::"},
      {"::ffff:c000:201", "::ffff:192.0.2.1"},  // §5
      {"::ffff:0:0", "::ffff:0.0.0.0"},
      {"::192.0.2.1", "::c000:201"},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
  };
  for (const auto& [from, to] : cases) {
    EXPECT_EQ(Address(from).ToString(), to);
    EXPECT_EQ(Address(to), Address(from));
  }
}

TEST(Ipv6Address, EveryPatternOfZeroGroupsSurvivesItsText) {
  for (int pattern = 0; pattern < 256; ++pattern) {
    std::array<uint8_t, 16> bytes{};
    for (int group = 0; group < 8; ++group) {
      if ((pattern >> group & 1) != 0) StoreBig16(bytes.data() + 2 * group, 0xb0 + group);
    }
    const Ipv6Address address(bytes);
    EXPECT_EQ(Ipv6Address::Parse(address.ToString()), address) << address.ToString();
  }
}

TEST(Ipv6Address, KindsAreTold) {
  EXPECT_TRUE(Address("::").is_unspecified());
  EXPECT_TRUE(Address("::1").is_loopback());
  EXPECT_TRUE(Address("fe80::1").is_link_local());
  EXPECT_TRUE(Address("febf:ffff::").is_link_local());
  EXPECT_FALSE(Address("fec0::1").is_link_local());
  EXPECT_FALSE(Address("fe7f::1").is_link_local());
  EXPECT_TRUE(Address("ff02::1").is_link_local_multicast());
  EXPECT_FALSE(Address("ff05::1").is_link_local_multicast());
  EXPECT_EQ(Address("ff35::1").multicast_scope(), 5);
  EXPECT_TRUE(Address("::ffff:1.2.3.4").is_ipv4_mapped());
  EXPECT_FALSE(Address("::fffe:1.2.3.4").is_ipv4_mapped());
  EXPECT_EQ(Ipv6Address::AllNodes(), Address("ff02::1"));
  EXPECT_EQ(Ipv6Address::AllRouters(), Address("ff02::2"));
  EXPECT_EQ(Ipv6Address::AllMldv2Routers(), Address("ff02::16"));
}

TEST(Ipv6Address, TheSolicitedNodeGroupHasTheLast24Bits) {  // The example of RFC 4291 §2.7.1
  EXPECT_EQ(Address("4037::01:800:200e:8c6c").SolicitedNode(), Address("ff02::1:ff0e:8c6c"));
  EXPECT_TRUE(Address("ff02::1:ff0e:8c6c").is_solicited_node());
  EXPECT_FALSE(Address("ff02::1:fe0e:8c6c").is_solicited_node());
  EXPECT_FALSE(Address("ff02::1:1:ff0e:8c6c").is_solicited_node());
  EXPECT_FALSE(Address("ff05::1:ff0e:8c6c").is_solicited_node());
}

TEST(Ipv6Address, TheInterfaceIdentifierOfAMacIsTheModifiedEui64) {  // RFC 4291 appendix A
  EXPECT_EQ(Eui64InterfaceIdentifier(*MacAddress::Parse("34:56:78:9a:bc:de")), 0x365678fffe9abcde);
  EXPECT_EQ(Eui64InterfaceIdentifier(*MacAddress::Parse("02:00:00:00:00:0a")), 0x000000fffe00000a);
}

TEST(Ipv6Address, CommonPrefixesAreCountedInBits) {
  EXPECT_EQ(CommonPrefixLength(Address("::"), Address("8000::")), 0);
  EXPECT_EQ(CommonPrefixLength(Address("2001:db8::"), Address("2001:db8:0:1::")), 63);
  EXPECT_EQ(CommonPrefixLength(Address("2001:db8::"), Address("2001:db8::8000:0:0:0")), 64);
  EXPECT_EQ(CommonPrefixLength(Address("::2"), Address("::3")), 127);
  EXPECT_EQ(CommonPrefixLength(Address("::3"), Address("::3")), 128);
}

TEST(Ipv6Prefix, ClearsTheBitsAfterItsLength) {
  const Ipv6Address ones = Address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(Ipv6Prefix(ones, 0).ToString(), "::/0");
  EXPECT_EQ(Ipv6Prefix(ones, 1).ToString(), "8000::/1");
  EXPECT_EQ(Ipv6Prefix(ones, 63).ToString(), "ffff:ffff:ffff:fffe::/63");
  EXPECT_EQ(Ipv6Prefix(ones, 64).ToString(), "ffff:ffff:ffff:ffff::/64");
  EXPECT_EQ(Ipv6Prefix(ones, 65).ToString(), "ffff:ffff:ffff:ffff:8000::/65");
  EXPECT_EQ(Ipv6Prefix(ones, 128).address(), ones);
}

TEST(Ipv6Prefix, ContainsWhatSharesItsBits) {
  const Ipv6Prefix prefix = *Ipv6Prefix::Parse("2001:db8:1::/48");
  EXPECT_TRUE(prefix.Contains(Address("2001:db8:1::")));
  EXPECT_TRUE(prefix.Contains(Address("2001:db8:1:ffff:ffff:ffff:ffff:ffff")));
  EXPECT_FALSE(prefix.Contains(Address("2001:db8:2::")));
  EXPECT_TRUE(Ipv6Prefix().Contains(Address("ff02::1")));
}

TEST(Ipv6Prefix, TextNeedsALengthAndNoBitsAfterIt) {
  EXPECT_EQ(Ipv6Prefix::Parse("2001:db8::/32")->length(), 32);
  EXPECT_EQ(Ipv6Prefix::Parse("::/0"), Ipv6Prefix());
  for (const char* text : {"2001:db8::", "2001:db8::1/64", "2001:db8::/129", "2001:db8::/",
                           "2001:db8::/064", "2001:db8::/-1", "2001:db8::/+1", "2001:db8::/64 ",
                           "2001:db8::/6 4", "/64", "2001:db8::/64/64", "::/1000", "8000::/0"}) {
    EXPECT_FALSE(Ipv6Prefix::Parse(text)) << text;
  }
}

TEST(Ipv6Cidr, KeepsTheWholeAddress) {
  const auto cidr = Ipv6Cidr::Parse("2001:db8::42/64");
  ASSERT_TRUE(cidr);
  EXPECT_EQ(cidr->address, Address("2001:db8::42"));
  EXPECT_EQ(cidr->prefix().ToString(), "2001:db8::/64");
  EXPECT_EQ(cidr->ToString(), "2001:db8::42/64");
  EXPECT_FALSE(Ipv6Cidr::Parse("2001:db8::42"));
  EXPECT_FALSE(Ipv6Cidr::Parse("2001:db8::42/129"));
}

}  // namespace
}  // namespace dualsim
