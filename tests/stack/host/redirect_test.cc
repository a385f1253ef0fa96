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

TEST(Redirect, ARouterTellsAHostOfADestinationOnItsLink) {  // RFC 4861 §8.2
  TestLink link;
  StackConfig router = Node("r", 0xff, "2001:db8:1::ff/64");
  router.forwarding = true;
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
}

}  // namespace
}  // namespace dualsim::host
