#include "stack/wire/ipv4_address.h"

#include <gtest/gtest.h>

namespace dualsim {
namespace {

TEST(Ipv4Address, TextAndBytesMatch) {
  const auto address = Ipv4Address::Parse("192.0.2.255");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->ToInteger(), 0xc00002ffu);
  EXPECT_EQ(address->ToString(), "192.0.2.255");
  EXPECT_EQ(Ipv4Address::Load(address->bytes().data()), *address);
}

TEST(Ipv4Address, TakesNothingButFourDecimalNumbers) {
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.0x4", " 1.2.3.4", "1.2.3.4 ",
        "1..3.4", "-1.2.3.4", "1.2.3.4/24", "1.2.3.99999999999"}) {
    EXPECT_FALSE(Ipv4Address::Parse(text)) << text;
  }
}

TEST(Ipv4Address, KnowsItsKind) {
  EXPECT_TRUE(Ipv4Address::Parse("224.0.0.1")->is_multicast());
  EXPECT_TRUE(Ipv4Address::Parse("239.255.255.255")->is_multicast());
  EXPECT_FALSE(Ipv4Address::Parse("240.0.0.1")->is_multicast());
  EXPECT_TRUE(Ipv4Address::Parse("169.254.1.2")->is_link_local());
  EXPECT_TRUE(Ipv4Address::Parse("127.9.9.9")->is_loopback());
  EXPECT_TRUE(Ipv4Address::Parse("255.255.255.255")->is_broadcast());
}

TEST(Ipv4Cidr, GivesNetworkAndBroadcast) {
  const auto cidr = Ipv4Cidr::Parse("192.0.2.42/26");
  ASSERT_TRUE(cidr);
  EXPECT_EQ(cidr->ToString(), "192.0.2.42/26");
  EXPECT_EQ(cidr->network().ToString(), "192.0.2.0");
  EXPECT_EQ(cidr->broadcast().ToString(), "192.0.2.63");
  EXPECT_TRUE(cidr->Contains(*Ipv4Address::Parse("192.0.2.63")));
  EXPECT_FALSE(cidr->Contains(*Ipv4Address::Parse("192.0.2.64")));
}

TEST(Ipv4Cidr, TheShortestAndTheLongestPrefix) {
  EXPECT_EQ(Ipv4Cidr::Parse("0.0.0.0/0")->mask(), 0u);
  EXPECT_TRUE(Ipv4Cidr::Parse("0.0.0.0/0")->Contains(Ipv4Address::Broadcast()));
  EXPECT_EQ(Ipv4Cidr::Parse("192.0.2.1/32")->mask(), 0xffffffffu);
}

TEST(Ipv4Cidr, TakesNothingElse) {
  for (const char* text : {"192.0.2.1", "192.0.2.1/", "192.0.2.1/33", "192.0.2.1/024",
                           "192.0.2.1/24 ", "/24", "192.0.2.1/-1"}) {
    EXPECT_FALSE(Ipv4Cidr::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace dualsim
