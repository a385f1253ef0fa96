#include "stack/wire/ip_address.h"

#include <gtest/gtest.h>

namespace dualsim {
namespace {

TEST(IpAddress, ReadsEitherFamilyAndWritesItsOwnForm) {
  EXPECT_EQ(IpAddress::Parse("192.0.2.1")->ToString(), "192.0.2.1");
  EXPECT_EQ(IpAddress::Parse("2001:DB8::1")->ToString(), "2001:db8::1");
  EXPECT_FALSE(IpAddress::Parse("host.example"));
}

TEST(IpAddress, AnIpv4AddressIsNeverAMappedOne) {
  const IpAddress v4 = *IpAddress::Parse("192.0.2.1");
  const IpAddress mapped = *IpAddress::Parse("::ffff:192.0.2.1");
  EXPECT_TRUE(v4.is_ipv4());
  EXPECT_TRUE(mapped.is_ipv6());
  EXPECT_NE(v4, mapped);
}

TEST(IpAddress, TheUnspecifiedAddressesOfTheFamiliesDiffer) {
  EXPECT_EQ(IpAddress::Unspecified(IpFamily::kIpv4).ToString(), "0.0.0.0");
  EXPECT_EQ(IpAddress::Unspecified(IpFamily::kIpv6).ToString(), "::");
  EXPECT_NE(IpAddress::Unspecified(IpFamily::kIpv4), IpAddress::Unspecified(IpFamily::kIpv6));
}

TEST(IpAddress, Ipv4SortsBeforeIpv6) {
  EXPECT_LT(*IpAddress::Parse("255.255.255.255"), *IpAddress::Parse("::"));
  EXPECT_LT(*IpAddress::Parse("10.0.0.1"), *IpAddress::Parse("10.0.0.2"));
}

TEST(IpAddress, OnlyAddressesOfOneInterfaceAreUnicast) {
  for (const char* text : {"0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1"}) {
    EXPECT_FALSE(IpAddress::Parse(text)->is_unicast()) << text;
  }
  for (const char* text : {"192.0.2.1", "127.0.0.1", "::1", "fe80::1", "2001:db8::1"}) {
    EXPECT_TRUE(IpAddress::Parse(text)->is_unicast()) << text;
  }
}

}  // namespace
}  // namespace dualsim
