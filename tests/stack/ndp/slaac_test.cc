#include "stack/ndp/slaac.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

wire::PrefixInformation Option(std::string_view prefix) {
  const Ipv6Cidr cidr = *Ipv6Cidr::Parse(prefix);
  return {.prefix = cidr.address,
          .prefix_length = static_cast<uint8_t>(cidr.prefix_length),
          .on_link = false,
          .autonomous = true,
          .valid_lifetime = Seconds(60),
          .preferred_lifetime = Seconds(30)};
}

TEST(Slaac, OptionsThatTakePart) {  // RFC 4862 §5.5.3 a, b, c
  EXPECT_TRUE(IsForAutoconfiguration(Option("2001:db8::/64")));
  EXPECT_TRUE(IsForAutoconfiguration(Option("fec0::/64")));
  EXPECT_FALSE(IsForAutoconfiguration(Option("fe80::/64")));
  EXPECT_FALSE(IsForAutoconfiguration(Option("ff02::/64")));
  auto option = Option("2001:db8::/64");
  option.autonomous = false;
  EXPECT_FALSE(IsForAutoconfiguration(option));
  option = Option("2001:db8::/64");
  option.preferred_lifetime = Seconds(60);
  EXPECT_TRUE(IsForAutoconfiguration(option)) << "equal is not over";
  option.preferred_lifetime = Seconds(61);
  EXPECT_FALSE(IsForAutoconfiguration(option));
  option.preferred_lifetime = Duration::Infinite();
  EXPECT_FALSE(IsForAutoconfiguration(option));
  option.valid_lifetime = Duration::Infinite();
  EXPECT_TRUE(IsForAutoconfiguration(option));
}

TEST(Slaac, OptionsThatFormAnAddress) {  // RFC 4862 §5.5.3 d
  EXPECT_TRUE(FormsAddress(Option("2001:db8::/64")));
  for (const char* prefix : {"2001:db8::/63", "2001:db8::/65", "2001:db8::/128", "::/0"}) {
    EXPECT_FALSE(FormsAddress(Option(prefix))) << prefix;
  }
  auto option = Option("2001:db8::/64");
  option.prefix_length = 192;
  EXPECT_FALSE(FormsAddress(option));
  option = Option("2001:db8::/64");
  option.valid_lifetime = Duration();
  EXPECT_FALSE(FormsAddress(option));
}

TEST(Slaac, TheAddressIsThePrefixAndTheIdentifier) {
  EXPECT_EQ(AddressFor(Option("2001:db8::/64"), 0x00ff'fe00'000a),
            *Ipv6Address::Parse("2001:db8::ff:fe00:a"));
  EXPECT_EQ(AddressFor(Option("2001:db8::ffff:1/64"), 2), *Ipv6Address::Parse("2001:db8::2"));
}

TEST(Slaac, TheTwoHourRuleAtItsEdges) {  // RFC 4862 §5.5.3 e
  constexpr Duration kTwoHours = Seconds(7200);
  constexpr Duration kTick = Nanoseconds(1);
  // 1. Over two hours, or over what remains.
  EXPECT_EQ(UpdatedValidLifetime(kTwoHours + Seconds(1), Seconds(100'000)), kTwoHours + Seconds(1));
  EXPECT_EQ(UpdatedValidLifetime(Seconds(10), Seconds(10) - kTick), Seconds(10));
  EXPECT_EQ(UpdatedValidLifetime(kTwoHours, kTwoHours - kTick), kTwoHours);
  // 2. Two hours remain or less.
  EXPECT_EQ(UpdatedValidLifetime(Seconds(10), Seconds(10)), std::nullopt);
  EXPECT_EQ(UpdatedValidLifetime(Duration(), kTwoHours), std::nullopt);
  EXPECT_EQ(UpdatedValidLifetime(kTwoHours, kTwoHours), std::nullopt);
  // 3. Otherwise.
  EXPECT_EQ(UpdatedValidLifetime(Duration(), kTwoHours + kTick), kTwoHours);
  EXPECT_EQ(UpdatedValidLifetime(kTwoHours, Duration::Infinite()), kTwoHours);
}

}  // namespace
}  // namespace dualsim::ndp
