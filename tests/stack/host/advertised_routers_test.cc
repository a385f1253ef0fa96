// Routers that advertise, seen from both sides: RFC 4861 §6.2.8, RFC 4191 §3.2.

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "stack/host/stack.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ndp.h"
#include "tests/stack/host/icmpv6_frame.h"
#include "tests/stack/host/test_link.h"

namespace dualsim::host {
namespace {

constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }

// Sources and router lifetimes of the advertisements that were sent.
std::vector<std::pair<std::string, Duration>> Advertisements(const TestLink& link) {
  std::vector<std::pair<std::string, Duration>> found;
  for (const TestLink::Seen& seen : link.seen()) {
    const ByteView packet = ByteView(seen.frame).subspan(wire::EthernetHeader::kSize);
    const auto header = wire::Ipv6Header::Parse(packet);
    if (!header || header->next_header != wire::NextHeader::kIcmpv6) continue;
    const auto message = packet.subspan(wire::Ipv6Header::kSize);
    if (static_cast<wire::Icmpv6Type>(message[0]) != wire::Icmpv6Type::kRouterAdvertisement) {
      continue;
    }
    const auto parsed = wire::RouterAdvertisement::Parse(
        message, {header->source, header->destination, header->hop_limit});
    EXPECT_TRUE(parsed);
    if (parsed) found.emplace_back(header->source.ToString(), parsed->router_lifetime);
  }
  return found;
}

StackConfig Router() {
  StackConfig config = Host("r", 1);
  config.forwarding = true;
  config.interfaces[0].accept_router_advertisements = false;
  config.interfaces[0].advertise = router::AdvertiseConfig{};
  return config;
}

TEST(AdvertisedRouters, AnAddressThatGoesSaysFarewellAndTheNextOneBegins) {  // RFC 4861 §6.2.8
  TestLink link;
  auto& r = link.Add(Router());
  r.stack.Boot(At(0));
  link.RunUntil(At(60));
  link.ForgetSeen();
  ASSERT_EQ(r.stack.AddAddress(At(60), InterfaceId{0}, *Ipv6Cidr::Parse("fe80::99/64")),
            std::nullopt);
  link.RunUntil(At(64));
  EXPECT_TRUE(Advertisements(link).empty()) << "the first stays the router's";
  ASSERT_EQ(r.stack.RemoveAddress(At(64), InterfaceId{0}, LinkLocal(1)), std::nullopt);
  link.RunUntil(At(68));
  const std::string old_source = LinkLocal(1).ToString();
  EXPECT_EQ(Advertisements(link), (std::vector<std::pair<std::string, Duration>>{
                                      {old_source, Duration()}, {"fe80::99", Seconds(1800)}}));
}

TEST(AdvertisedRouters, WithoutALinkLocalAddressNothingIsAdvertised) {  // RFC 4861 §6.1.2
  TestLink link;
  auto& r = link.Add(Router());
  r.stack.Boot(At(0));
  link.RunUntil(At(60));
  link.ForgetSeen();
  ASSERT_EQ(r.stack.RemoveAddress(At(60), InterfaceId{0}, LinkLocal(1)), std::nullopt);
  link.RunUntil(At(3600));
  EXPECT_EQ(Advertisements(link).size(), 1u) << "the farewell";
}

StackConfig HostOfTwoCards() {
  StackConfig config = Host("a", 1);
  config.interfaces.push_back(Host("a", 2).interfaces[0]);
  config.interfaces[1].name = "eth1";
  return config;
}

// What a router advertises on an interface.
void Receive(TestLink::Station& station, TestLink& link, InterfaceId interface, uint8_t number,
             wire::RouterPreference preference) {
  wire::RouterAdvertisement message{
      .preference = preference, .router_lifetime = Seconds(1800), .options = {}};
  const MacAddress mac({2, 0, 0, 0, 0, number});
  message.options.source_link_layer_address = mac;
  message.options.prefixes = {
      {.prefix = Ipv6Address::FromIntegers(0x2001'0db8'0000'0000 + number, 0),
       .prefix_length = 64,
       .on_link = true,
       .autonomous = true,
       .valid_lifetime = Seconds(1800),
       .preferred_lifetime = Seconds(1800)}};
  const auto frame = Icmpv6Frame({.from = mac,
                                  .to = MacAddress::ForGroup(Ipv6Address::AllNodes()),
                                  .source = LinkLocal(number),
                                  .destination = Ipv6Address::AllNodes()},
                                 message);
  station.stack.Receive(link.now(), interface, link.packets().Copy(frame));
}

TEST(AdvertisedRouters, OfThoseOfTwoLinksThePreferredOneIsTaken) {  // RFC 4191 §3.2 and §5.2
  TestLink link;
  auto& a = link.Add(HostOfTwoCards());
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  using enum wire::RouterPreference;
  for (const auto& [first, second, taken] :
       {std::tuple(kMedium, kMedium, 0xf0), std::tuple(kMedium, kHigh, 0xf1),
        std::tuple(kLow, kMedium, 0xf1), std::tuple(kMedium, kLow, 0xf0)}) {
    Receive(a, link, InterfaceId{0}, 0xf0, first);
    Receive(a, link, InterfaceId{1}, 0xf1, second);
    link.RunUntil(link.now() + Seconds(4));
    link.ForgetSeen();
    ASSERT_EQ(
        a.stack.SendEchoRequest(link.now(), {.destination = *IpAddress::Parse("2001:db8:9::9")}),
        std::nullopt);
    ASSERT_FALSE(link.seen().empty());
    EXPECT_EQ(MacAddress::Load(link.seen()[0].frame.data()),
              MacAddress({2, 0, 0, 0, 0, static_cast<uint8_t>(taken)}));
    link.RunUntil(link.now() + Seconds(1));
  }
}

TEST(AdvertisedRouters, OneOfAnotherLinkThatAdvertisedTheSourceIsTaken) {  // RFC 8028 §3.2
  TestLink link;
  auto& a = link.Add(HostOfTwoCards());
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  for (const uint8_t number : {uint8_t{0}, uint8_t{1}}) {
    Receive(a, link, InterfaceId{number}, 0xf0 + number, wire::RouterPreference::kMedium);
  }
  link.RunUntil(At(7));
  const auto ping = [&](std::optional<IpAddress> source) {
    link.ForgetSeen();
    EXPECT_EQ(
        a.stack.SendEchoRequest(
            link.now(), {.destination = *IpAddress::Parse("2001:db8:9::9"), .source = source}),
        std::nullopt);
    return link.seen().empty() ? MacAddress() : MacAddress::Load(link.seen()[0].frame.data());
  };
  EXPECT_EQ(ping(std::nullopt), MacAddress({2, 0, 0, 0, 0, 0xf0}));
  EXPECT_EQ(ping(*IpAddress::Parse("2001:db8:0:f0::ff:fe00:1")), MacAddress({2, 0, 0, 0, 0, 0xf0}));
  EXPECT_EQ(ping(*IpAddress::Parse("2001:db8:0:f1::ff:fe00:2")), MacAddress({2, 0, 0, 0, 0, 0xf1}));
}

}  // namespace
}  // namespace dualsim::host
