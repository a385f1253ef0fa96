#include "stack/ipv6/policy_table.h"

#include <gtest/gtest.h>

namespace dualsim::ipv6 {
namespace {

Ipv6Address A(std::string_view text) { return *Ipv6Address::Parse(text); }

TEST(PolicyTable, Scopes) {  // §3.1
  const std::pair<const char*, int> kRows[] = {
      {"fe80::1", 2},          {"febf::1", 2},          {"::1", 2},
      {"fec0::1", 5},          {"feff::1", 5},          {"fc00::1", 14},
      {"2001::1", 14},         {"ff01::1", 1},          {"ff02::1", 2},
      {"ff05::1", 5},          {"ff08::1", 8},          {"::ffff:169.254.1.2", 2},
      {"::ffff:127.0.0.1", 2}, {"::ffff:10.0.0.1", 14}, {"::ffff:198.51.100.1", 14},
      {"ff0e::1", 14},         {"2001:db8::1", 14},
  };
  for (const auto& [address, scope] : kRows) EXPECT_EQ(ScopeOf(A(address)), scope) << address;
}

TEST(PolicyTable, Labels) {  // §2.1
  const std::pair<const char*, int> kRows[] = {
      {"::1", 0},         {"::2", 3},       {"::192.0.2.1", 3}, {"::ffff:192.0.2.1", 4},
      {"2001::1", 5},     {"2001:1::1", 1}, {"2002::1", 2},     {"3ffe::1", 12},
      {"fec0::1", 11},    {"fc00::1", 13},  {"fdff::1", 13},    {"fe80::1", 1},
      {"2001:db8::1", 1}, {"ff02::1", 1},
  };
  for (const auto& [address, label] : kRows) EXPECT_EQ(LabelOf(A(address)), label) << address;
}

TEST(PolicyTable, Precedences) {  // RFC 6724 §2.1
  const std::pair<const char*, int> kRows[] = {
      {"::1", 50},        {"2001:db8::1", 40}, {"::ffff:192.0.2.1", 35},
      {"2002::1", 30},    {"2001::1", 5},      {"fc00::1", 3},
      {"::192.0.2.1", 1}, {"fec0::1", 1},      {"3ffe::1", 1},
  };
  for (const auto& [address, precedence] : kRows) {
    EXPECT_EQ(PrecedenceOf(A(address)), precedence) << address;
  }
}

TEST(PolicyTable, Ipv4AddressesAreSeenMapped) {
  EXPECT_EQ(Mapped(*IpAddress::Parse("198.51.100.121")), A("::ffff:198.51.100.121"));
  EXPECT_EQ(Mapped(*IpAddress::Parse("2001:db8::1")), A("2001:db8::1"));
}

}  // namespace
}  // namespace dualsim::ipv6
