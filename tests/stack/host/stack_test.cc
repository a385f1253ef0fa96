#include "stack/host/stack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "tests/stack/host/test_link.h"

namespace dualsim::host {
namespace {

constexpr InterfaceId kOnly{0};

constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }

// Two hosts on a link that have booted: it is three seconds after the start.
struct TwoHosts {
  TwoHosts() {
    a.stack.Boot(At(0));
    b.stack.Boot(At(0));
    link.RunUntil(At(3));
  }

  TestLink link;
  TestLink::Station& a = link.Add(Host("a", 1));
  TestLink::Station& b = link.Add(Host("b", 2));
};

TEST(Stack, AHostBootsToAPreferredLinkLocalAddressWithinTwoSeconds) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  a.stack.Boot(At(0));
  link.RunUntil(At(2));
  EXPECT_EQ(a.StateOf(LinkLocal(1)), AddressState::kPreferred);
}

TEST(Stack, TwoHostsPingOverTheirLinkLocalAddresses) {
  TwoHosts hosts;
  auto& [link, a, b] = hosts;
  ASSERT_EQ(a.stack.SendEchoRequest(At(3), {.destination = LinkLocal(2), .identifier = 7}),
            std::nullopt);
  link.RunUntil(At(4));
  ASSERT_EQ(a.echoes.size(), 1u);
  EXPECT_TRUE(a.echoes[0].reply);
  EXPECT_EQ(a.echoes[0].from, LinkLocal(2));
  EXPECT_EQ(a.echoes[0].data_size, 56u);
}

TEST(Stack, WhatIsSentWhileTheAddressIsTentativeWaitsForIt) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  auto& b = link.Add(Host("b", 2));
  b.stack.Boot(At(0));
  link.RunUntil(At(3));
  a.stack.Boot(At(3));
  ASSERT_EQ(a.stack.SendEchoRequest(At(3), {.destination = LinkLocal(2), .sequence = 1}),
            std::nullopt);
  ASSERT_EQ(a.stack.SendEchoRequest(At(3), {.destination = LinkLocal(2), .sequence = 2}),
            std::nullopt);
  link.RunUntil(At(4));
  EXPECT_TRUE(a.echoes.empty());
  link.RunUntil(At(6));
  ASSERT_EQ(a.echoes.size(), 2u);
  EXPECT_EQ(a.echoes[0].sequence, 1);
  EXPECT_EQ(a.echoes[1].sequence, 2);
}

TEST(Stack, WhatWaitsForAnAddressThatIsTakenIsDropped) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  auto& b = link.Add(Host("b", 1));
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  b.stack.Boot(At(3));
  ASSERT_EQ(b.stack.SendEchoRequest(At(3), {.destination = LinkLocal(9)}), std::nullopt);
  link.RunUntil(At(6));
  EXPECT_TRUE(b.Dropped(DropReason::NO_SOURCE_ADDRESS));
}

TEST(Stack, AnEchoLargerThanTheMtuGoesAndComesBackInFragments) {
  TwoHosts hosts;
  auto& [link, a, b] = hosts;
  // One to resolve the address: the queue of an unresolved neighbour is short.
  a.stack.SendEchoRequest(At(3), {.destination = LinkLocal(2)});
  link.RunUntil(At(4));
  ASSERT_EQ(a.stack.SendEchoRequest(At(4), {.destination = LinkLocal(2), .data_size = 5000}),
            std::nullopt);
  link.RunUntil(At(5));
  ASSERT_EQ(a.echoes.size(), 2u);
  EXPECT_EQ(a.echoes[1].data_size, 5000u);
}

TEST(Stack, TheSecondHostWithOneMacGivesUpAndTheFirstKeepsItsAddress) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  auto& b = link.Add(Host("b", 1));
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  b.stack.Boot(At(3));
  link.RunUntil(At(6));
  EXPECT_EQ(a.StateOf(LinkLocal(1)), AddressState::kPreferred);
  EXPECT_EQ(b.StateOf(LinkLocal(1)), AddressState::kDuplicate);
}

TEST(Stack, AnOffLinkDestinationWithoutRouterIsUnreachableAtOnce) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  EXPECT_EQ(a.stack.SendEchoRequest(At(3), {.destination = *Ipv6Address::Parse("2001:db8::1")}),
            DropReason::NO_ROUTE);
}

TEST(Stack, AnUnresolvedNeighborIsReportedToTheSender) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  a.stack.SendEchoRequest(At(3), {.destination = LinkLocal(9), .identifier = 5, .sequence = 1});
  link.RunUntil(At(6));
  ASSERT_EQ(a.echoes.size(), 1u);
  EXPECT_FALSE(a.echoes[0].reply);
  EXPECT_EQ(a.echoes[0].error_type, 1);
  EXPECT_EQ(a.echoes[0].error_code, 3);
  EXPECT_TRUE(a.Dropped(DropReason::ADDRESS_UNREACHABLE));
}

class Program : public udp::DatagramHandler {
 public:
  void OnDatagram(Time, const udp::ReceivedDatagram& datagram) override {
    received.emplace_back(datagram.data.begin(), datagram.data.end());
    destination = datagram.destination;
  }
  void OnDatagramError(Time, const udp::DatagramError& error) override {
    errors.push_back(error.code);
  }
  std::vector<std::string> received;
  IpAddress destination;
  std::vector<int> errors;
};

TEST(Stack, ADatagramReachesWhoListensAndTellsItsRealDestination) {
  TwoHosts hosts;
  auto& [link, a, b] = hosts;
  Program program;
  ASSERT_EQ(b.stack.ListenUdp(Port{7}, program), std::nullopt);
  EXPECT_TRUE(b.stack.ListenUdp(Port{7}, program).has_value());
  const uint8_t data[] = {'h', 'i'};
  ASSERT_EQ(a.stack.SendUdp(At(3), {.source_port = Port{1000},
                                    .destination = LinkLocal(2),
                                    .destination_port = Port{7},
                                    .data = data}),
            std::nullopt);
  link.RunUntil(At(4));
  ASSERT_EQ(program.received, std::vector<std::string>{"hi"});
  EXPECT_EQ(program.destination, IpAddress(LinkLocal(2)));
}

TEST(Stack, ADatagramToAClosedPortComesBackAsPortUnreachableToItsFlow) {
  TwoHosts hosts;
  auto& [link, a, b] = hosts;
  Program program;
  const auto port = a.stack.ListenUdpOnEphemeral(program);
  ASSERT_TRUE(port.has_value());
  a.stack.SendUdp(
      At(3),
      {.source_port = *port, .destination = LinkLocal(2), .destination_port = Port{9}, .data = {}});
  link.RunUntil(At(4));
  EXPECT_EQ(program.errors, std::vector<int>{4});
  EXPECT_TRUE(b.Dropped(DropReason::UDP_NO_LISTENER));
}

TEST(Stack, ANodeThatBootsWithoutCarrierStartsItsInterfaceWhenItIsPluggedIn) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  a.stack.SetCarrier(At(0), InterfaceId{0}, false);
  a.stack.Boot(At(1));
  EXPECT_EQ(a.StateOf(LinkLocal(1)), AddressState::kRemoved);
  a.stack.SetCarrier(At(2), InterfaceId{0}, true);
  EXPECT_EQ(a.StateOf(LinkLocal(1)), AddressState::kTentative);
}

TEST(Stack, ProgramsStayInTheirGroupsWhileTheCableIsOut) {
  TestLink link;
  StackConfig config = Host("a", 1);
  config.interfaces[0].ipv4_addresses = {{*Ipv4Address::Parse("192.0.2.1"), 24}};
  TestLink::Station& a = link.Add(config);
  a.stack.Boot(link.now());
  link.RunUntil(Time() + Seconds(5));
  const auto pulled_for_five_seconds = [&](const std::function<void()>& meanwhile) {
    a.stack.SetCarrier(link.now(), kOnly, false);
    meanwhile();
    link.RunUntil(link.now() + Seconds(5));
    link.ForgetSeen();
    a.stack.SetCarrier(link.now(), kOnly, true);
    link.RunUntil(link.now() + Seconds(5));
  };
  const auto reported = [&](std::vector<uint8_t> group) {
    return std::any_of(link.seen().begin(), link.seen().end(), [&](const TestLink::Seen& seen) {
      return std::search(seen.frame.begin(), seen.frame.end(), group.begin(), group.end()) !=
             seen.frame.end();
    });
  };
  const IpAddress ipv6 = *IpAddress::Parse("ff1e::abcd:1234");
  const IpAddress ipv4 = *IpAddress::Parse("239.77.88.99");
  for (const IpAddress& group : {ipv6, ipv4}) {
    EXPECT_EQ(a.stack.JoinGroup(link.now(), kOnly, group), std::nullopt);
  }
  pulled_for_five_seconds([] {});
  EXPECT_TRUE(reported({0xab, 0xcd, 0x12, 0x34}));
  EXPECT_TRUE(reported({239, 77, 88, 99}));
  pulled_for_five_seconds([&] {
    for (const IpAddress& group : {ipv6, ipv4}) {
      EXPECT_EQ(a.stack.LeaveGroup(link.now(), kOnly, group), std::nullopt);
    }
  });
  EXPECT_FALSE(reported({0xab, 0xcd, 0x12, 0x34}));
  EXPECT_FALSE(reported({239, 77, 88, 99}));
  EXPECT_EQ(std::count(a.groups.begin(), a.groups.end(), MacAddress::ForGroup(ipv6.ipv6())), 0);
  EXPECT_EQ(std::count(a.groups.begin(), a.groups.end(), MacAddress::ForGroup(ipv4.ipv4())), 0);
}

TEST(Stack, PingingItselfNeedsNoLink) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  const size_t before = link.seen().size();
  a.stack.SendEchoRequest(At(3), {.destination = LinkLocal(1)});
  ASSERT_EQ(a.echoes.size(), 1u);
  EXPECT_TRUE(a.echoes[0].reply);
  EXPECT_EQ(link.seen().size(), before);
}

TEST(Stack, ARebootedHostProbesItsAddressesAgain) {
  TestLink link;
  auto& a = link.Add(Host("a", 1));
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  a.stack.Crash(At(3));
  EXPECT_EQ(a.StateOf(LinkLocal(1)), AddressState::kRemoved);
  EXPECT_EQ(a.stack.deadline(), Time::Never());
  EXPECT_TRUE(a.groups.empty());
  a.stack.Boot(At(4));
  EXPECT_EQ(a.StateOf(LinkLocal(1)), AddressState::kTentative);
  link.RunUntil(At(6));
  EXPECT_EQ(a.StateOf(LinkLocal(1)), AddressState::kPreferred);
}

TEST(Stack, APacketForAnUnknownNextHeaderIsAnsweredWithAParameterProblem) {
  TwoHosts hosts;
  auto& [link, a, b] = hosts;
  std::vector<uint8_t> frame(14 + 40 + 8);
  std::copy_n(std::vector<uint8_t>{2, 0, 0, 0, 0, 1}.begin(), 6, frame.begin());
  std::copy_n(std::vector<uint8_t>{2, 0, 0, 0, 0, 2}.begin(), 6, frame.begin() + 6);
  frame[12] = 0x86;
  frame[13] = 0xdd;
  const wire::Ipv6Header header{.payload_length = 8,
                                .next_header = static_cast<wire::NextHeader>(200),
                                .source = LinkLocal(2),
                                .destination = LinkLocal(1)};
  header.Store(frame.data() + 14);
  link.Inject(frame);
  link.RunUntil(At(5));
  EXPECT_TRUE(a.Dropped(DropReason::IPV6_UNKNOWN_NEXT_HEADER));
  const auto answer =
      std::find_if(link.seen().begin(), link.seen().end(), [](const TestLink::Seen& seen) {
        return seen.frame.size() == 14 + 40 + 8 + 48 && seen.frame[54] == 4;
      });
  ASSERT_NE(answer, link.seen().end()) << "no Parameter Problem";
  EXPECT_EQ(answer->frame[55], 1) << "code 1";
  EXPECT_EQ(answer->frame[61], 6) << "points at the Next Header field";
}

TEST(Stack, EachPairOfPortsIsAFlowOfItsOwn) {  // RFC 6437 §3
  TwoHosts hosts;
  auto& [link, a, b] = hosts;
  a.stack.SendEchoRequest(At(3), {.destination = LinkLocal(2)});
  link.RunUntil(At(4));
  std::set<uint32_t> labels;
  for (uint16_t port = 1; port <= 8; ++port) {
    link.ForgetSeen();
    a.stack.SendUdp(
        link.now(),
        {.source_port = Port{7}, .destination = LinkLocal(2), .destination_port = Port{port}});
    ASSERT_FALSE(link.seen().empty());
    labels.insert(LoadBig32(link.seen().front().frame.data() + wire::EthernetHeader::kSize));
    link.RunUntil(link.now() + Milliseconds(10));
  }
  EXPECT_EQ(labels.size(), 8u);
}

// A node that has one link-local address on each of two links.
StackConfig TwoLinks() {
  StackConfig config = Host("a", 1);
  config.interfaces.push_back(config.interfaces[0]);
  config.interfaces[1].mac = MacAddress({2, 0, 0, 0, 0, 0x11});
  for (InterfaceConfig& interface : config.interfaces) interface.link_local_address = LinkLocal(1);
  return config;
}

TEST(Stack, OneLinkLocalAddressMayBeThatOfEachLink) {  // RFC 4007 §6
  TestLink link;
  auto& a = link.Add(TwoLinks());
  auto& b = link.Add(Host("b", 2));
  a.stack.Boot(At(0));
  b.stack.Boot(At(0));
  link.RunUntil(At(3));
  for (const bool both : {true, false}) {
    b.stack.SendEchoRequest(link.now(), {.destination = LinkLocal(1)});
    link.RunUntil(link.now() + Seconds(1));
    EXPECT_EQ(b.echoes.size(), both ? 1u : 2u);
    a.stack.SetCarrier(link.now(), InterfaceId{1}, false);
  }
}

TEST(Stack, AnAddressOfTwoInterfacesStaysWhileOneHasIt) {  // RFC 4291 §2.1
  TestLink link;
  StackConfig config = TwoLinks();
  config.interfaces[1].link_local_address = LinkLocal(9);
  auto& a = link.Add(config);
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  const Ipv6Cidr address = *Ipv6Cidr::Parse("2001:db8::1/128");
  for (const uint16_t interface : {0, 1}) {
    EXPECT_EQ(a.stack.AddAddress(link.now(), InterfaceId{interface}, address), std::nullopt);
    EXPECT_EQ(a.stack.HasAddress(address.address), interface == 1) << "the first is in use by then";
    link.RunUntil(link.now() + Seconds(3));
  }
  for (const uint16_t interface : {1, 0}) {
    EXPECT_TRUE(a.stack.HasAddress(address.address));
    a.stack.RemoveAddress(link.now(), InterfaceId{interface}, address.address);
  }
  EXPECT_FALSE(a.stack.HasAddress(address.address));
}

TEST(Stack, ALinkLocalSourceDoesNotLeaveItsLink) {  // RFC 4007 §9
  TestLink link;
  StackConfig config = TwoLinks();
  config.interfaces[1].link_local_address = LinkLocal(9);
  config.interfaces[0].ipv6_addresses = {*Ipv6Cidr::Parse("2001:db8::1/64")};
  auto& a = link.Add(config);
  a.stack.Boot(At(0));
  link.RunUntil(At(3));
  const Ipv6Address destination = *Ipv6Address::Parse("2001:db8::2");
  EXPECT_EQ(a.stack.SendEchoRequest(At(3), {.destination = destination, .source = LinkLocal(9)}),
            DropReason::NO_SOURCE_ADDRESS);
  EXPECT_EQ(a.stack.SendEchoRequest(At(3), {.destination = destination, .source = LinkLocal(1)}),
            std::nullopt);
}

TEST(Stack, WhatIsForGroupsOfLessThanALinkStaysInTheNode) {  // RFC 4291 §2.7
  TwoHosts hosts;
  auto& [link, a, b] = hosts;
  link.ForgetSeen();
  const auto ping = [&, &a = a](const char* group) {
    return a.stack.SendEchoRequest(At(3), {.destination = *Ipv6Address::Parse(group)});
  };
  EXPECT_EQ(ping("ff00::1"), DropReason::MULTICAST_RESERVED_SCOPE);
  EXPECT_EQ(ping("ff01::2"), DropReason::MULTICAST_INTERFACE_LOCAL) << "a host is no router";
  EXPECT_EQ(ping("ff01::1"), std::nullopt);
  ASSERT_EQ(a.echoes.size(), 1u);
  EXPECT_EQ(a.echoes[0].from, LinkLocal(1));
  EXPECT_TRUE(link.seen().empty());
}

}  // namespace
}  // namespace dualsim::host
