#include "stack/wire/ndp_options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/stack/wire/store.h"
#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

Ipv6Address Address(const char* text) { return Ipv6Address::Parse(text).value(); }

// What is stored is what RFC draws, and is read back to the same bytes.
void ExpectLayout(const NdpOptions& options, const char* drawn) {
  const std::vector<uint8_t> bytes = Stored(options);
  EXPECT_EQ(ToHex(bytes), ToHex(FromHex(drawn)));
  const auto parsed = NdpOptions::Parse(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(ToHex(Stored(*parsed)), ToHex(bytes));
}

TEST(NdpOptions, LinkLayerAddressesAsInRfc4861Section4_6_1) {
  NdpOptions options;
  options.source_link_layer_address = MacAddress::FromInteger(0x02000000000a);
  options.target_link_layer_address = MacAddress::FromInteger(0x02000000000b);
  ExpectLayout(options, "0101 02000000000a 0201 02000000000b");
}

TEST(NdpOptions, ANonceAsInRfc3971Section5_3_2) {
  NdpOptions options;
  options.nonce = NdpNonce::FromInteger(0x010203040506);
  ExpectLayout(options, "0e01 010203040506");
}

TEST(NdpOptions, AnMtuAsInRfc4861Section4_6_4) {
  NdpOptions options;
  options.mtu = 1500;
  ExpectLayout(options, "0501 0000 000005dc");
}

TEST(NdpOptions, ARedirectedHeaderAsInRfc4861Section4_6_3) {
  const auto packet = FromHex("60000000 0000 3a40");
  NdpOptions options;
  options.redirected = packet;
  ExpectLayout(options, "0402 0000 00000000 60000000 0000 3a40");
}

TEST(NdpOptions, ARedirectedHeaderOfAnOddLengthIsPadded) {
  const auto packet = FromHex("60000000 00");
  NdpOptions options;
  options.redirected = packet;
  ExpectLayout(options, "0402 0000 00000000 60000000 00 000000");
}

TEST(NdpOptions, APrefixAsInRfc4861Section4_6_2) {
  NdpOptions options;
  options.prefixes.push_back({.prefix = Address("2001:db8:1::"),
                              .prefix_length = 64,
                              .on_link = true,
                              .autonomous = true,
                              .router_address = false,
                              .valid_lifetime = Seconds(86400),
                              .preferred_lifetime = Seconds(14400)});
  options.prefixes.push_back({.prefix = Address("2001:db8:2::1"),
                              .prefix_length = 200,
                              .router_address = true,
                              .valid_lifetime = Duration::Infinite(),
                              .preferred_lifetime = Seconds(0)});
  ExpectLayout(options,
               "0304 40 c0 00015180 00003840 00000000 20010db8000100000000000000000000"
               "0304 c8 20 ffffffff 00000000 00000000 20010db8000200000000000000000001");
}

TEST(NdpOptions, LifetimesKeepWithinTheirField) {
  const auto stored = [](Duration lifetime) {
    return ToHex(ByteView(Stored(RouteInformation{.lifetime = lifetime})).subspan(4));
  };
  EXPECT_EQ(stored(Duration::Infinite()), "ffff ffff");
  EXPECT_EQ(stored(Seconds(0xfffffffe)), "ffff fffe");
  EXPECT_EQ(stored(Seconds(0x1'0000'0000)), "ffff ffff");
  EXPECT_EQ(stored(Seconds(-1)), "0000 0000");
  EXPECT_EQ(stored(Milliseconds(1999)), "0000 0001");
  NdpOptions options;
  options.routes.push_back({.lifetime = Duration::Infinite()});
  EXPECT_TRUE(NdpOptions::Parse(Stored(options))->routes.at(0).lifetime.is_infinite());
}

TEST(NdpOptions, ARouteTakesAsManyBytesAsItsPrefix) {  // RFC 4191 §2.3
  NdpOptions options;
  options.routes.push_back({*Ipv6Prefix::Parse("::/0"), RouterPreference::kHigh, Seconds(1)});
  options.routes.push_back(
      {*Ipv6Prefix::Parse("2001:db8::/32"), RouterPreference::kLow, Seconds(2)});
  options.routes.push_back(
      {*Ipv6Prefix::Parse("2001:db8::1/128"), RouterPreference::kMedium, Seconds(3)});
  ExpectLayout(options,
               "1801 00 08 00000001"
               "1802 20 18 00000002 20010db800000000"
               "1803 80 00 00000003 20010db8000000000000000000000001");
}

TEST(NdpOptions, ARouteOfAWrongFormIsPassedOver) {
  for (const char* text : {
           "1801 01 00 00000001",                                   // no room
           "1802 41 00 00000001 20010db800000000",                  // too little room
           "1803 81 00 00000001 20010db8000000000000000000000000",  // over 128
           "1804 00 00 00000001 20010db8000000000000000000000000 0000000000000000",  // too long
           "1801 00 10 00000001",  // preference 10
       }) {
    const auto options = NdpOptions::Parse(FromHex(text));
    ASSERT_TRUE(options) << text;
    EXPECT_TRUE(options->routes.empty()) << text;
  }
}

TEST(NdpOptions, ARoutesBitsAfterItsLengthAreIgnored) {
  const auto options = NdpOptions::Parse(FromHex("1802 20 00 00000001 20010db8ffffffff"));
  EXPECT_EQ(options->routes.at(0).prefix.ToString(), "2001:db8::/32");
}

TEST(NdpOptions, DnsServersAsInRfc8106Section5_1) {
  NdpOptions options;
  options.dns_servers.push_back({Seconds(600), {Address("2001:db8::53"), Address("fe80::53")}});
  ExpectLayout(options,
               "1905 0000 00000258 20010db8000000000000000000000053"
               "fe800000000000000000000000000053");
  for (const char* text : {"1901 0000 00000258", "1902 0000 00000258 0000000000000000"}) {
    EXPECT_TRUE(NdpOptions::Parse(FromHex(text))->dns_servers.empty()) << text;
  }
}

TEST(NdpOptions, DnsSearchListAsInRfc8106Section5_2) {
  NdpOptions options;
  options.dns_search_lists.push_back({Seconds(600), {"example.com", "lan"}});
  ExpectLayout(options,
               "1f04 0000 00000258 07 6578616d706c65 03 636f6d 00 03 6c616e 00 00000000 0000");
}

TEST(NdpOptions, AMalformedDnsSearchListIsPassedOver) {
  for (const char* text : {
           "1f01 0000 00000258",                       // no name
           "1f02 0000 00000258 0000000000000000",      // padding alone
           "1f02 0000 00000258 07 6c616e00000000",     // a name without an end
           "1f02 0000 00000258 03 6c616e 04 6c616e",   // a label past the end
           "1f02 0000 00000258 03 6c616e c0 00 0000",  // a pointer
           "1f02 0000 00000258 03 6c2e6e 00 000000",   // a dot within a label
           "1f02 0000 00000258 03 6c206e 00 000000",   // a blank
           "1f02 0000 00000258 03 6c0a6e 00 000000",   // the end of a line
       }) {
    const auto options = NdpOptions::Parse(FromHex(text));
    ASSERT_TRUE(options) << text;
    EXPECT_TRUE(options->dns_search_lists.empty()) << text;
  }
}

TEST(NdpOptions, ADomainNameIsAtMost253CharactersLong) {
  const auto with = [](size_t last) {
    const std::string label(63, 'a');
    NdpOptions options;
    options.dns_search_lists.push_back(
        {Seconds(1), {label + '.' + label + '.' + label + '.' + std::string(last, 'a')}});
    return NdpOptions::Parse(Stored(options))->dns_search_lists.size();
  };
  EXPECT_EQ(with(61), 1u);
  EXPECT_EQ(with(62), 0u);
}

TEST(NdpOptions, APref64AsInRfc8781Section4) {
  NdpOptions options;
  options.pref64s.push_back({*Ipv6Prefix::Parse("64:ff9b::/96"), Seconds(1800)});
  options.pref64s.push_back({*Ipv6Prefix::Parse("2001:db8::/32"), Seconds(1)});
  options.pref64s.push_back({*Ipv6Prefix::Parse("2001:db8::/64"), Duration::Infinite()});
  ExpectLayout(options,
               "2602 0708 0064ff9b0000000000000000"
               "2602 000d 20010db80000000000000000"
               "2602 fff9 20010db80000000000000000");
}

TEST(NdpOptions, APref64OfAReservedLengthIsPassedOver) {
  EXPECT_TRUE(NdpOptions::Parse(FromHex("2602 000e 0064ff9b0000000000000000"))->pref64s.empty());
  EXPECT_TRUE(NdpOptions::Parse(FromHex("2602 000f 0064ff9b0000000000000000"))->pref64s.empty());
  EXPECT_TRUE(NdpOptions::Parse(FromHex("2601 0008 00000000"))->pref64s.empty());
}

TEST(NdpOptions, KnownOptionsOfAnotherLengthArePassedOver) {
  const auto options =
      NdpOptions::Parse(FromHex("0102 02000000000a 0000000000000000"
                                "0202 02000000000b 0000000000000000"
                                "0502 0000 000005dc 0000000000000000"
                                "0e02 010203040506 0000000000000000"
                                "0301 40c0 00000000"
                                "0401 0000 00000000"));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->size(), 0u);
}

TEST(NdpOptions, UnknownOptionsArePassedOver) {  // RFC 4861 §4.6
  const auto options = NdpOptions::Parse(
      FromHex("fd01 000000000000 0101 02000000000a 6302 0000000000000000000000000000"));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->source_link_layer_address, MacAddress::FromInteger(0x02000000000a));
}

TEST(NdpOptions, OfASingleOptionTheFirstCounts) {
  const auto options =
      NdpOptions::Parse(FromHex("0101 02000000000a 0101 02000000000b 0501 0000 000005dc"
                                "0501 0000 00000500 0e01 000000000001 0e01 000000000002"));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->source_link_layer_address, MacAddress::FromInteger(0x02000000000a));
  EXPECT_EQ(options->mtu, 1500u);
  EXPECT_EQ(options->nonce, NdpNonce::FromInteger(1));
}

TEST(NdpOptions, ALengthOfZeroVoidsTheMessage) {
  for (const char* text : {"0100 02000000000a", "0101 02000000000a 0300", "fd00"}) {
    EXPECT_EQ(NdpOptions::Parse(FromHex(text)).reason(), DropReason::NDP_OPTION_LENGTH_ZERO)
        << text;
  }
}

TEST(NdpOptions, AnOptionPastTheEndVoidsTheMessage) {
  const auto bytes = FromHex(
      "0501 0000 000005dc 0304 40c0 00015180 00003840 00000000"
      "20010db8000100000000000000000000");
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto options = NdpOptions::Parse(ByteView(bytes).first(size));
    const bool whole = size == 0 || size == 8;
    ASSERT_EQ(options.ok(), whole) << size;
    if (!whole) {
      EXPECT_EQ(options.reason(), DropReason::NDP_OPTION_TRUNCATED) << size;
    }
  }
}

TEST(NdpOptions, EveryOptionAtOnceComesBack) {
  const auto packet = FromHex("60000000 0000 3a40");
  NdpOptions options;
  options.source_link_layer_address = MacAddress::FromInteger(1);
  options.target_link_layer_address = MacAddress::FromInteger(2);
  options.nonce = NdpNonce::FromInteger(3);
  options.mtu = 9000;
  options.redirected = packet;
  options.prefixes.resize(2);
  options.routes.push_back({*Ipv6Prefix::Parse("2001:db8::/65"), RouterPreference::kLow, {}});
  options.dns_servers.push_back({Seconds(5), {Address("::1")}});
  options.dns_search_lists.push_back({Seconds(5), {"a.b"}});
  options.pref64s.push_back({*Ipv6Prefix::Parse("64:ff9b::/96"), Seconds(8)});
  const auto bytes = Stored(options);
  const auto parsed = NdpOptions::Parse(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(ToHex(Stored(*parsed)), ToHex(bytes));
  EXPECT_EQ(parsed->prefixes.size(), 2u);
  EXPECT_EQ(parsed->dns_search_lists.at(0).names.at(0), "a.b");
}

}  // namespace
}  // namespace dualsim::wire
