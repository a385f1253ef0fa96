// One link-local address on several interfaces: RFC 4007 §6.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stack/host/stack.h"
#include "stack/wire/icmpv6.h"
#include "tests/stack/host/icmpv6_frame.h"
#include "tests/stack/host/test_link.h"

namespace dualsim::host {
namespace {

constexpr InterfaceId kFirst{0};
constexpr InterfaceId kSecond{1};
constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }

// A host whose two cards have one MAC address.
StackConfig TwoCards() {
  StackConfig config = Host("a", 1);
  config.interfaces.push_back(config.interfaces[0]);
  config.interfaces[1].name = "eth1";
  return config;
}

// An echo request of a neighbour comes in on the interface: whether it was taken.
bool Takes(TestLink& link, TestLink::Station& station, InterfaceId interface, uint8_t card = 1) {
  const wire::EchoMessage request{
      .type = wire::Icmpv6Type::kEchoRequest, .identifier = 1, .sequence = 1, .data = {}};
  const auto frame = Icmpv6Frame({.from = MacAddress({2, 0, 0, 0, 0, 9}),
                                  .to = MacAddress({2, 0, 0, 0, 0, card}),
                                  .source = LinkLocal(9),
                                  .destination = LinkLocal(1),
                                  .hop_limit = 64},
                                 request);
  station.drops.clear();
  station.stack.Receive(link.now(), interface, link.packets().Copy(frame));
  return station.drops.empty();
}

TEST(LinkLocalZones, OneAddressOfTwoInterfacesIsTakenOnBoth) {
  TestLink link;
  auto& a = link.Add(TwoCards());
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  EXPECT_TRUE(Takes(link, a, kFirst));
  EXPECT_TRUE(Takes(link, a, kSecond));
}

TEST(LinkLocalZones, WhereItGoesOnOneInterfaceItStaysOnTheOther) {
  for (const InterfaceId gone : {kFirst, kSecond}) {
    TestLink link;
    auto& a = link.Add(TwoCards());
    a.stack.Boot(At(0));
    link.RunUntil(At(3));
    ASSERT_EQ(a.stack.RemoveAddress(At(3), gone, LinkLocal(1)), std::nullopt);
    EXPECT_EQ(Takes(link, a, kFirst), gone != kFirst);
    EXPECT_EQ(Takes(link, a, kSecond), gone != kSecond);
    // Tentative again, it is not taken yet.
    ASSERT_EQ(a.stack.AddAddress(At(3), gone, (Ipv6Cidr{LinkLocal(1), 64})), std::nullopt);
    EXPECT_FALSE(Takes(link, a, gone));
    link.RunUntil(At(6));
    EXPECT_TRUE(Takes(link, a, kFirst));
    EXPECT_TRUE(Takes(link, a, kSecond));
  }
}

TEST(LinkLocalZones, AnAddressOfOneInterfaceIsNotTakenOnTheOther) {
  TestLink link;
  StackConfig config = TwoCards();
  config.interfaces[0].mac = MacAddress({2, 0, 0, 0, 0, 2});
  auto& a = link.Add(config);
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  EXPECT_TRUE(Takes(link, a, kSecond));
  EXPECT_FALSE(Takes(link, a, kFirst, 2));
  EXPECT_TRUE(a.Dropped(DropReason::IPV6_NOT_OUR_ADDRESS));
}

}  // namespace
}  // namespace dualsim::host
