#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stack/host/stack.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ndp.h"
#include "tests/stack/host/test_link.h"

namespace dualsim::host {
namespace {

constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }

StackConfig Node(const std::string& name, uint8_t number, const char* address) {
  InterfaceConfig interface;
  interface.name = "eth0";
  interface.mac = MacAddress({2, 0, 0, 0, 0, number});
  interface.ipv6_addresses = {*Ipv6Cidr::Parse(address)};
  StackConfig config;
  config.name = name;
  config.interfaces.push_back(interface);
  return config;
}

// The redirects that were sent on the link, parsed with every check of a host.
std::vector<wire::Redirect> Redirects(const TestLink& link) {
  std::vector<wire::Redirect> found;
  for (const TestLink::Seen& seen : link.seen()) {
    const ByteView packet = ByteView(seen.frame).subspan(wire::EthernetHeader::kSize);
    const auto header = wire::Ipv6Header::Parse(packet);
    if (!header || header->next_header != wire::NextHeader::kIcmpv6) continue;
    const ByteView message = packet.subspan(wire::Ipv6Header::kSize);
    if (static_cast<wire::Icmpv6Type>(message[0]) != wire::Icmpv6Type::kRedirect) continue;
    EXPECT_TRUE(wire::Icmpv6Header::Parse(message, header->source, header->destination));
    const auto redirect =
        wire::Redirect::Parse(message, {header->source, header->destination, header->hop_limit});
    EXPECT_TRUE(redirect);
    if (redirect) found.push_back(*redirect);
  }
  return found;
}

TEST(Redirect, ARouterTellsAHostOfADestinationOnItsLink) {  // RFC 4861 §8.2, §8.3
  TestLink link;
  StackConfig router = Node("r", 0xff, "2001:db8:1::ff/64");
  router.forwarding = true;
  router.interfaces[0].accept_router_advertisements = false;
  // A /128 leaves the host in the dark about what is on link.
  StackConfig host = Node("a", 1, "2001:db8:1::1/128");
  host.interfaces[0].ipv6_gateway = *Ipv6Address::Parse("fe80::ff:fe00:ff");
  auto& r = link.Add(router);
  auto& a = link.Add(host);
  auto& b = link.Add(Node("b", 2, "2001:db8:1::2/64"));
  for (auto* station : {&r, &a, &b}) station->stack.Boot(At(0));
  link.RunUntil(At(3));
  const Ipv6Address destination = *Ipv6Address::Parse("2001:db8:1::2");
  ASSERT_EQ(a.stack.SendEchoRequest(At(3), {.destination = destination}), std::nullopt);
  link.RunUntil(At(4));
  EXPECT_EQ(a.echoes.size(), 1u) << "the packet itself is forwarded";
  const std::vector<wire::Redirect> redirects = Redirects(link);
  ASSERT_EQ(redirects.size(), 1u);
  EXPECT_EQ(redirects[0].destination, destination);
  EXPECT_EQ(redirects[0].target, destination);
  // From now on the host goes there directly, whatever the router's entry does.
  r.stack.Crash(At(4));
  for (int64_t second = 4; second < 60; ++second) {
    ASSERT_EQ(a.stack.SendEchoRequest(At(second), {.destination = destination}), std::nullopt);
    link.RunUntil(At(second + 1));
  }
  EXPECT_EQ(a.echoes.size(), 57u);
  for (const EchoFact& echo : a.echoes) EXPECT_TRUE(echo.reply);
  EXPECT_EQ(Redirects(link).size(), 1u);
}

TEST(Redirect, AHostBelievesItsFirstHopAlone) {  // RFC 4861 §8.1
  TestLink link;
  StackConfig host = Node("a", 1, "2001:db8:1::1/64");
  host.interfaces[0].ipv6_gateway = *Ipv6Address::Parse("fe80::ff:fe00:fe");
  auto& a = link.Add(host);
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  const auto redirect = [&](const char* from) {
    wire::Redirect message{.target = *Ipv6Address::Parse("fe80::66"),
                           .destination = *Ipv6Address::Parse("2001:db8:9::9"),
                           .options = {}};
    message.options.target_link_layer_address = MacAddress({2, 0, 0, 0, 0, 0x66});
    const wire::Ipv6Header header{
        .payload_length = static_cast<uint16_t>(message.size()),
        .next_header = wire::NextHeader::kIcmpv6,
        .hop_limit = 255,
        .source = *Ipv6Address::Parse(from),
        .destination = *Ipv6Address::Parse("fe80::ff:fe00:1"),
    };
    std::vector<uint8_t> frame(wire::EthernetHeader::kSize + wire::Ipv6Header::kSize +
                               message.size());
    wire::EthernetHeader{.destination = MacAddress({2, 0, 0, 0, 0, 1}),
                         .source = MacAddress({2, 0, 0, 0, 0, 0xfe}),
                         .type = wire::EtherType::kIpv6}
        .Store(frame.data());
    header.Store(frame.data() + wire::EthernetHeader::kSize);
    uint8_t* icmpv6 = frame.data() + wire::EthernetHeader::kSize + wire::Ipv6Header::kSize;
    message.Store(icmpv6);
    wire::StoreIcmpv6Checksum({icmpv6, message.size()}, header.source, header.destination);
    link.Inject(frame);
    link.RunUntil(link.now() + Milliseconds(1));
  };
  redirect("fe80::bad");
  EXPECT_TRUE(a.Dropped(DropReason::REDIRECT_NOT_FIRST_HOP));
  EXPECT_TRUE(a.neighbors.empty());
  a.drops.clear();
  redirect("fe80::ff:fe00:fe");
  EXPECT_TRUE(a.drops.empty());
  ASSERT_EQ(a.neighbors.size(), 1u);
  EXPECT_EQ(a.neighbors[0].address, *Ipv6Address::Parse("fe80::66"));
  EXPECT_EQ(a.neighbors[0].state, NeighborState::kStale);
  EXPECT_TRUE(a.neighbors[0].is_router);
  link.ForgetSeen();
  ASSERT_EQ(
      a.stack.SendEchoRequest(link.now(), {.destination = *Ipv6Address::Parse("2001:db8:9::9")}),
      std::nullopt);
  ASSERT_EQ(link.seen().size(), 1u);
  EXPECT_EQ(MacAddress::Load(link.seen()[0].frame.data()), MacAddress({2, 0, 0, 0, 0, 0x66}));
}

TEST(DisabledInterface, SendsAndTakesNothing) {  // RFC 4862 §5.4.5
  TestLink link;
  auto& a = link.Add(Node("a", 1, "2001:db8:1::1/64"), 1);
  auto& b = link.Add(Node("b", 1, "2001:db8:1::2/64"), 2);
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  b.stack.Boot(At(3));
  link.RunUntil(At(6));
  ASSERT_EQ(b.StateOf(*Ipv6Address::Parse("fe80::ff:fe00:1")), AddressState::kDuplicate);
  ASSERT_EQ(a.StateOf(*Ipv6Address::Parse("fe80::ff:fe00:1")), AddressState::kPreferred);
  link.ForgetSeen();
  a.stack.Crash(At(6));
  EXPECT_NE(b.stack.SendEchoRequest(At(6), {.destination = *Ipv6Address::Parse("2001:db8:1::1")}),
            std::nullopt);
  b.stack.SendEchoRequest(At(6), {.destination = Ipv6Address::AllNodes()});
  link.RunUntil(At(100));
  EXPECT_TRUE(link.seen().empty()) << "no listener report either";
}

}  // namespace
}  // namespace dualsim::host
