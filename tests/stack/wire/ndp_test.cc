#include "stack/wire/ndp.h"

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

constexpr char kSolicitation[] =
    "8700 0000 00000000 fe80000000000000000000fffe00000a 0101 02000000000a";
constexpr char kAdvertisement[] =
    "8800 0000 e0000000 fe80000000000000000000fffe00000a 0201 02000000000a";
constexpr char kRouterSolicitation[] = "8500 0000 00000000 0101 02000000000a";
constexpr char kRouterAdvertisement[] = "8600 0000 40 e8 0708 00007530 000003e8 0501 0000 000005dc";
constexpr char kRedirect[] =
    "8900 0000 00000000 fe800000000000000000000000000002 20010db8000000000000000000000001";

// Reads what RFC draws and writes it again.
template <typename Message>
Message ExpectLayout(const char* drawn) {
  const auto bytes = FromHex(drawn);
  const auto message = Message::Parse(bytes, BetweenNeighbors());
  EXPECT_TRUE(message) << drawn;
  EXPECT_EQ(ToHex(Stored(*message)), ToHex(bytes));
  return *message;
}

template <typename Message>
DropReason ReasonFor(const std::string& drawn, const NdpContext& context = BetweenNeighbors()) {
  const auto message = Message::Parse(FromHex(drawn), context);
  EXPECT_FALSE(message) << drawn;
  return message.ok() ? DropReason::kCount : message.reason();
}

NdpContext FromUnspecified(const char* destination) { return {{}, Address(destination), 255}; }

TEST(NeighborSolicitation, HasTheFieldsOfRfc4861Section4_3) {
  const auto message = ExpectLayout<NeighborSolicitation>(kSolicitation);
  EXPECT_EQ(message.target, Address("fe80::ff:fe00:a"));
  EXPECT_EQ(message.options.source_link_layer_address, MacAddress::FromInteger(0x02000000000a));
}

TEST(NeighborAdvertisement, HasTheFieldsOfRfc4861Section4_4) {
  const auto message = ExpectLayout<NeighborAdvertisement>(kAdvertisement);
  EXPECT_TRUE(message.router && message.solicited && message.override_flag);
  EXPECT_EQ(message.target, Address("fe80::ff:fe00:a"));
  EXPECT_EQ(message.options.target_link_layer_address, MacAddress::FromInteger(0x02000000000a));
}

TEST(NeighborAdvertisement, EveryFlagHasItsBit) {
  const auto stored = [](NeighborAdvertisement message) { return Stored(message)[4]; };
  EXPECT_EQ(stored({.router = true}), 0x80);
  EXPECT_EQ(stored({.solicited = true}), 0x40);
  EXPECT_EQ(stored({.override_flag = true}), 0x20);
}

TEST(RouterSolicitation, HasTheFieldsOfRfc4861Section4_1) {
  const auto message = ExpectLayout<RouterSolicitation>(kRouterSolicitation);
  EXPECT_EQ(message.options.source_link_layer_address, MacAddress::FromInteger(0x02000000000a));
}

TEST(RouterAdvertisement, HasTheFieldsOfRfc4861Section4_2) {
  const auto message = ExpectLayout<RouterAdvertisement>(kRouterAdvertisement);
  EXPECT_EQ(message.cur_hop_limit, 64);
  EXPECT_TRUE(message.managed && message.other && message.home_agent);
  EXPECT_EQ(message.preference, RouterPreference::kHigh);
  EXPECT_EQ(message.router_lifetime, Seconds(1800));
  EXPECT_EQ(message.reachable_time, Seconds(30));
  EXPECT_EQ(message.retrans_timer, Seconds(1));
  EXPECT_EQ(message.options.mtu, 1500u);
}

TEST(RouterAdvertisement, EveryFlagAndPreferenceHasItsBits) {
  const auto stored = [](RouterAdvertisement message) { return Stored(message)[5]; };
  EXPECT_EQ(stored({.managed = true}), 0x80);
  EXPECT_EQ(stored({.other = true}), 0x40);
  EXPECT_EQ(stored({.home_agent = true}), 0x20);
  EXPECT_EQ(stored({.preference = RouterPreference::kHigh}), 0x08);
  EXPECT_EQ(stored({.preference = RouterPreference::kLow}), 0x18);
}

TEST(RouterAdvertisement, TheReservedPreferenceIsMedium) {  // RFC 4191 §2.2
  const auto bytes = FromHex("8600 0000 40 10 0708 00000000 00000000");
  EXPECT_EQ(RouterAdvertisement::Parse(bytes, BetweenNeighbors())->preference,
            RouterPreference::kMedium);
}

TEST(RouterAdvertisement, TimesKeepWithinTheirFields) {
  RouterAdvertisement message;
  message.router_lifetime = Duration::Infinite();
  message.reachable_time = Duration::Infinite();
  message.retrans_timer = Milliseconds(-5);
  EXPECT_EQ(ToHex(Stored(message)), "8600 0000 0000 ffff ffff ffff 0000 0000");
}

TEST(Redirect, HasTheFieldsOfRfc4861Section4_5) {
  const auto message = ExpectLayout<Redirect>(kRedirect);
  EXPECT_EQ(message.target, Address("fe80::2"));
  EXPECT_EQ(message.destination, Address("2001:db8::1"));
}

// The checks that all five have in common.
template <typename Message>
void ExpectCommonChecks(const char* valid, size_t minimum_size) {
  const auto bytes = FromHex(valid);
  ASSERT_TRUE(Message::Parse(bytes, BetweenNeighbors()));
  NdpContext forwarded = BetweenNeighbors();
  forwarded.hop_limit = 254;
  EXPECT_EQ(Message::Parse(bytes, forwarded).reason(), DropReason::NDP_HOP_LIMIT);
  auto other_code = bytes;
  other_code[1] = 1;
  EXPECT_EQ(Message::Parse(other_code, BetweenNeighbors()).reason(), DropReason::NDP_CODE);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto message = Message::Parse(ByteView(bytes).first(size), BetweenNeighbors());
    if (size == minimum_size) {
      EXPECT_TRUE(message) << "without options it is whole";
      continue;
    }
    ASSERT_FALSE(message) << size;
    EXPECT_EQ(message.reason(),
              size < minimum_size ? DropReason::NDP_TOO_SHORT : DropReason::NDP_OPTION_TRUNCATED)
        << size;
  }
  auto empty_option = bytes;
  empty_option.resize(minimum_size);
  empty_option.insert(empty_option.end(), {0xfd, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(Message::Parse(empty_option, BetweenNeighbors()).reason(),
            DropReason::NDP_OPTION_LENGTH_ZERO);
}

TEST(NeighborSolicitation, TheCommonChecksOfSection7_1_1) {
  ExpectCommonChecks<NeighborSolicitation>(kSolicitation, 24);
}
TEST(NeighborAdvertisement, TheCommonChecksOfSection7_1_2) {
  ExpectCommonChecks<NeighborAdvertisement>(kAdvertisement, 24);
}
TEST(RouterSolicitation, TheCommonChecksOfSection6_1_1) {
  ExpectCommonChecks<RouterSolicitation>(kRouterSolicitation, 8);
}
TEST(RouterAdvertisement, TheCommonChecksOfSection6_1_2) {
  ExpectCommonChecks<RouterAdvertisement>(kRouterAdvertisement, 16);
}
TEST(Redirect, TheCommonChecksOfSection8_1) { ExpectCommonChecks<Redirect>(kRedirect, 40); }

TEST(NeighborSolicitation, AMulticastTargetIsRefused) {
  EXPECT_EQ(ReasonFor<NeighborSolicitation>("8700 0000 00000000 ff020000000000000000000000000001"),
            DropReason::NDP_TARGET_MULTICAST);
}

TEST(NeighborSolicitation, AProbeFromTheUnspecifiedAddressHasItsOwnChecks) {
  const std::string bare = "8700 0000 00000000 fe80000000000000000000fffe00000a";
  EXPECT_TRUE(NeighborSolicitation::Parse(FromHex(bare), FromUnspecified("ff02::1:ff00:a")));
  EXPECT_TRUE(NeighborSolicitation::Parse(FromHex(bare + "0e01 010203040506"),
                                          FromUnspecified("ff02::1:ff00:a")));
  EXPECT_EQ(ReasonFor<NeighborSolicitation>(bare, FromUnspecified("ff02::1")),
            DropReason::NS_UNSPECIFIED_NOT_SOLICITED_NODE);
  EXPECT_EQ(ReasonFor<NeighborSolicitation>(bare, FromUnspecified("fe80::ff:fe00:a")),
            DropReason::NS_UNSPECIFIED_NOT_SOLICITED_NODE);
  EXPECT_EQ(ReasonFor<NeighborSolicitation>(kSolicitation, FromUnspecified("ff02::1:ff00:a")),
            DropReason::NS_UNSPECIFIED_WITH_SOURCE_OPTION);
  // Be it of an address of another length.
  EXPECT_EQ(ReasonFor<NeighborSolicitation>(bare + "0102 0200000000010000000000000000",
                                            FromUnspecified("ff02::1:ff00:a")),
            DropReason::NS_UNSPECIFIED_WITH_SOURCE_OPTION);
}

TEST(NeighborAdvertisement, AMulticastTargetIsRefused) {
  EXPECT_EQ(ReasonFor<NeighborAdvertisement>("8800 0000 00000000 ff020000000000000000000000000001"),
            DropReason::NDP_TARGET_MULTICAST);
}

TEST(NeighborAdvertisement, ToAGroupItIsNotSolicited) {
  NdpContext context = BetweenNeighbors();
  context.destination = Ipv6Address::AllNodes();
  EXPECT_EQ(ReasonFor<NeighborAdvertisement>(kAdvertisement, context),
            DropReason::NA_SOLICITED_MULTICAST);
  EXPECT_TRUE(NeighborAdvertisement::Parse(
      FromHex("8800 0000 a0000000 fe80000000000000000000fffe00000a"), context));
}

TEST(RouterSolicitation, FromTheUnspecifiedAddressItHasNoSourceOption) {
  EXPECT_EQ(ReasonFor<RouterSolicitation>(kRouterSolicitation, FromUnspecified("ff02::2")),
            DropReason::RS_UNSPECIFIED_WITH_SOURCE_OPTION);
  EXPECT_EQ(ReasonFor<RouterSolicitation>("8500 0000 00000000 0102 0200000000010000000000000000",
                                          FromUnspecified("ff02::2")),
            DropReason::RS_UNSPECIFIED_WITH_SOURCE_OPTION);
  EXPECT_TRUE(RouterSolicitation::Parse(FromHex("8500 0000 00000000"), FromUnspecified("ff02::2")));
}

TEST(RouterAdvertisement, ItsSourceIsLinkLocal) {
  NdpContext context = BetweenNeighbors();
  context.source = Address("2001:db8::1");
  EXPECT_EQ(ReasonFor<RouterAdvertisement>(kRouterAdvertisement, context),
            DropReason::RA_SOURCE_NOT_LINK_LOCAL);
  context.source = {};
  EXPECT_EQ(ReasonFor<RouterAdvertisement>(kRouterAdvertisement, context),
            DropReason::RA_SOURCE_NOT_LINK_LOCAL);
}

TEST(Redirect, ItsSourceIsLinkLocal) {
  NdpContext context = BetweenNeighbors();
  context.source = Address("2001:db8::1");
  EXPECT_EQ(ReasonFor<Redirect>(kRedirect, context), DropReason::REDIRECT_SOURCE_NOT_LINK_LOCAL);
}

TEST(Redirect, ItsDestinationIsNoGroup) {
  EXPECT_EQ(ReasonFor<Redirect>("8900 0000 00000000 fe800000000000000000000000000002"
                                "ff050000000000000000000000000001"),
            DropReason::REDIRECT_DESTINATION_MULTICAST);
}

TEST(Redirect, ItsTargetIsARouterOrTheDestination) {
  EXPECT_EQ(ReasonFor<Redirect>("8900 0000 00000000 20010db8000000000000000000000002"
                                "20010db8000000000000000000000001"),
            DropReason::REDIRECT_BAD_TARGET);
  EXPECT_TRUE(Redirect::Parse(FromHex("8900 0000 00000000 20010db8000000000000000000000001"
                                      "20010db8000000000000000000000001"),
                              BetweenNeighbors()));
}

}  // namespace
}  // namespace dualsim::wire
