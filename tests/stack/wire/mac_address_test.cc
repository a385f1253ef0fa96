#include "stack/wire/mac_address.h"

#include <gtest/gtest.h>

#include "stack/wire/ipv6_address.h"

namespace dualsim {
namespace {

TEST(MacAddress, TextIsSixPairsOfDigits) {
  const auto mac = MacAddress::Parse("02:00:5e:Ab:cD:0a");
  ASSERT_TRUE(mac);
  EXPECT_EQ(mac->ToString(), "02:00:5e:ab:cd:0a");
  EXPECT_EQ(mac->ToInteger(), 0x02005eabcd0aull);
  EXPECT_EQ(MacAddress::FromInteger(0x02005eabcd0aull), mac);
}

TEST(MacAddress, OtherTextsAreRefused) {
  for (const char* text :
       {"", "02", "02:00:00:00:00", "02:00:00:00:00:0", "02:00:00:00:00:0a:", "02:00:00:00:00:0a0",
        "02-00-00-00-00-0a", "0200.0000.000a", " 2:00:00:00:00:0a", "+2:00:00:00:00:0a",
        "0g:00:00:00:00:0a", "02:00:00:00:00:0a ", "2:0:0:0:0:a:b:c:d"}) {
    EXPECT_FALSE(MacAddress::Parse(text)) << text;
  }
}

TEST(MacAddress, BytesGoToTheWireInOrder) {
  const MacAddress mac = MacAddress::FromInteger(0x010203040506);
  uint8_t bytes[6] = {};
  mac.Store(bytes);
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[5], 6);
  EXPECT_EQ(MacAddress::Load(bytes), mac);
}

TEST(MacAddress, TheLowBitOfTheFirstByteMakesAGroup) {
  EXPECT_TRUE(MacAddress::Broadcast().is_multicast());
  EXPECT_TRUE(MacAddress::Broadcast().is_broadcast());
  EXPECT_TRUE(MacAddress::Parse("33:33:00:00:00:01")->is_multicast());
  EXPECT_FALSE(MacAddress::Parse("33:33:00:00:00:01")->is_broadcast());
  EXPECT_FALSE(MacAddress::Parse("02:01:01:01:01:01")->is_multicast());
  EXPECT_TRUE(MacAddress().is_zero());
}

TEST(MacAddress, AnIpv6GroupGivesItsLast32Bits) {  // RFC 2464 §7
  EXPECT_EQ(MacAddress::ForGroup(*Ipv6Address::Parse("ff02::1:ff00:a")).ToString(),
            "33:33:ff:00:00:0a");
  EXPECT_EQ(MacAddress::ForGroup(*Ipv6Address::Parse("ff3e:1:2:3:4:5:dead:beef")).ToString(),
            "33:33:de:ad:be:ef");
}

}  // namespace
}  // namespace dualsim
