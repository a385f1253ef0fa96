// Addresses of an interface: RFC 4862 §5.3, §5.4 and §5.5.4, RFC 7527.

#include <gtest/gtest.h>

#include <algorithm>

#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

using enum AddressState;
using wire::Icmpv6Type;

const Ipv6Cidr kStaticCidr = *Ipv6Cidr::Parse("2001:db8::42/64");
const Ipv6Address kStaticAddress = kStaticCidr.address;

std::vector<AddressState> States(const DiscoveryForTest& test, const Ipv6Address& address) {
  std::vector<AddressState> result;
  const auto told = test.told.find(address);
  if (told == test.told.end()) return result;
  for (const auto& [when, state] : told->second) result.push_back(state);
  return result;
}

// Lets time pass until the first probe for the address has left.
void RunToFirstProbe(DiscoveryForTest& test, const Ipv6Address& address) {
  while (test.Solicitations(address).empty()) {
    ASSERT_FALSE(test.discovery.deadline().is_never());
    test.RunUntil(test.discovery.deadline());
  }
}

TEST(DiscoveryAddresses, TheLinkLocalAddressIsProbedThenAssigned) {  // RFC 4862 §5.3, §5.4.2
  DiscoveryForTest test;
  test.discovery.Start(test.now);
  EXPECT_EQ(test.state(kOurLinkLocal), kTentative);
  test.Run(Seconds(3));
  const auto probes = test.Solicitations(kOurLinkLocal);
  ASSERT_EQ(probes.size(), 1u);
  EXPECT_TRUE(probes[0].source.is_unspecified());
  EXPECT_EQ(probes[0].destination, A("ff02::1:ff00:a"));
  EXPECT_FALSE(probes[0].solicitation.options.source_link_layer_address);
  EXPECT_TRUE(probes[0].solicitation.options.nonce) << "RFC 7527 §4.1";
  ASSERT_EQ(test.told[kOurLinkLocal].size(), 2u);
  EXPECT_EQ(test.told[kOurLinkLocal][1], std::pair(probes[0].when + Seconds(1), kPreferred));
}

TEST(DiscoveryAddresses, TheFirstProbeIsDelayedAtRandomUpToOneSecond) {  // §5.4.2
  Duration shortest = Seconds(10);
  Duration longest;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    DiscoveryForTest test({}, seed);
    const Time start = test.now;
    test.discovery.Start(start);
    test.Run(Seconds(3));
    const Duration delay = test.Solicitations(kOurLinkLocal).at(0).when - start;
    shortest = std::min(shortest, delay);
    longest = std::max(longest, delay);
  }
  EXPECT_LT(shortest, Milliseconds(50));
  EXPECT_GT(longest, Milliseconds(950));
  EXPECT_LE(longest, Seconds(1));
}

TEST(DiscoveryAddresses, TheGroupIsHeardAtOnceAndJoinedBeforeTheFirstProbe) {  // §5.4.2
  DiscoveryForTest test;
  const Ipv6Address group = kOurLinkLocal.SolicitedNode();
  test.discovery.Start(test.now);
  EXPECT_EQ(test.heard_groups.count(group), 1u);
  EXPECT_EQ(test.heard_groups.count(Ipv6Address::AllNodes()), 1u);
  EXPECT_EQ(test.joined_groups.count(group), 0u) << "the report waits for the delay";
  test.RunUntil(test.discovery.addresses().deadline());
  EXPECT_EQ(test.joined_groups.count(group), 1u);
  EXPECT_EQ(test.Solicitations(kOurLinkLocal).size(), 1u);
}

TEST(DiscoveryAddresses, DupAddrDetectTransmitsProbesLeaveRetransTimerApart) {  // §5.1, §5.4.2
  for (const int transmits : {1, 2, 3}) {
    DiscoveryForTest test(
        {.dup_addr_detect_transmits = transmits, .retrans_timer = Milliseconds(700)});
    test.discovery.Start(test.now);
    test.Run(Seconds(10));
    const auto probes = test.Solicitations(kOurLinkLocal);
    ASSERT_EQ(probes.size(), static_cast<size_t>(transmits));
    for (size_t i = 1; i < probes.size(); ++i) {
      EXPECT_EQ(probes[i].when - probes[i - 1].when, Milliseconds(700));
      EXPECT_NE(*probes[i].solicitation.options.nonce, *probes[0].solicitation.options.nonce);
    }
    EXPECT_EQ(test.told[kOurLinkLocal].back(),
              std::pair(probes.back().when + Milliseconds(700), kPreferred));
    EXPECT_EQ(test.joined_groups[kOurLinkLocal.SolicitedNode()], 1);
  }
}

TEST(DiscoveryAddresses, WithoutTransmitsNoProbeLeavesAndTheAddressIsAssignedAtOnce) {
  DiscoveryForTest test({.dup_addr_detect_transmits = 0, .addresses = {kStaticCidr}});
  test.discovery.Start(test.now);
  EXPECT_EQ(test.state(kOurLinkLocal), kPreferred);
  EXPECT_EQ(test.state(kStaticAddress), kPreferred);
  EXPECT_EQ(test.joined_groups.count(kOurLinkLocal.SolicitedNode()), 1u);
  EXPECT_EQ(test.joined_groups.count(kStaticAddress.SolicitedNode()), 1u);
  test.Run(Seconds(10));
  EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborSolicitation).empty());
  test.discovery.Stop(test.now);
  EXPECT_TRUE(test.joined_groups.empty());
  EXPECT_TRUE(test.heard_groups.empty());
}

TEST(DiscoveryAddresses, AnothersProbeBeforeOrAfterOursMakesItDuplicate) {  // §5.4.3
  for (const bool before : {true, false}) {
    DiscoveryForTest test({.addresses = {kStaticCidr}});
    test.discovery.Start(test.now);
    if (!before) RunToFirstProbe(test, kStaticAddress);
    EXPECT_EQ(test.ReceiveProbe(kStaticAddress, NdpNonce::FromInteger(1)), std::nullopt);
    EXPECT_EQ(States(test, kStaticAddress), (std::vector{kTentative, kDuplicate}));
    EXPECT_FALSE(test.logs.empty());
    const size_t probes = test.Solicitations(kStaticAddress).size();
    test.Run(Seconds(10));
    EXPECT_EQ(test.Solicitations(kStaticAddress).size(), probes);
    EXPECT_EQ(test.state(kStaticAddress), kDuplicate);
    EXPECT_EQ(test.heard_groups.count(kStaticAddress.SolicitedNode()), 0u);
    EXPECT_EQ(test.joined_groups.count(kStaticAddress.SolicitedNode()), 0u);
    EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborAdvertisement).empty());
    EXPECT_EQ(test.state(kOurLinkLocal), kPreferred) << "another address is no matter";
    EXPECT_FALSE(test.discovery.disabled());
  }
}

TEST(DiscoveryAddresses, TwoHostsThatProbeAtOneMomentBothGiveUp) {  // mirage-stack.md 5
  DiscoveryForTest one({.addresses = {kStaticCidr}}, 1);
  DiscoveryForTest other({.mac = kNeighborMac, .addresses = {kStaticCidr}}, 2);
  for (DiscoveryForTest* host : {&one, &other}) {
    host->discovery.Start(host->now);
    RunToFirstProbe(*host, kStaticAddress);
  }
  const auto from_one = one.Solicitations(kStaticAddress).at(0);
  const auto from_other = other.Solicitations(kStaticAddress).at(0);
  EXPECT_EQ(one.Receive(from_other.solicitation, {from_other.source, from_other.destination}),
            std::nullopt);
  EXPECT_EQ(other.Receive(from_one.solicitation, {from_one.source, from_one.destination}),
            std::nullopt);
  EXPECT_EQ(one.state(kStaticAddress), kDuplicate);
  EXPECT_EQ(other.state(kStaticAddress), kDuplicate);
}

TEST(DiscoveryAddresses, AnAdvertisementForItMakesItDuplicate) {  // §5.4.4
  DiscoveryForTest test({.addresses = {kStaticCidr}});
  test.discovery.Start(test.now);
  RunToFirstProbe(test, kStaticAddress);
  wire::NeighborAdvertisement conflict{.target = kStaticAddress, .options = {}};
  EXPECT_EQ(test.Receive(conflict), std::nullopt);
  EXPECT_EQ(test.state(kStaticAddress), kDuplicate);
}

TEST(DiscoveryAddresses, MessagesAboutAnotherAddressDoNotFailDetection) {  // mirage-stack.md 6
  DiscoveryForTest test({.addresses = {kStaticCidr}});
  test.discovery.Start(test.now);
  RunToFirstProbe(test, kStaticAddress);
  const Ipv6Address neighbor = A("2001:db8::43");
  EXPECT_EQ(test.Receive(wire::NeighborAdvertisement{.target = neighbor, .options = {}}),
            DropReason::NA_NO_ENTRY);
  EXPECT_EQ(test.ReceiveProbe(neighbor), DropReason::NS_NOT_OUR_TARGET);
  // The same solicited-node group, another address.
  EXPECT_EQ(test.ReceiveProbe(A("2001:db8:1::42")), DropReason::NS_NOT_OUR_TARGET);
  test.Run(Seconds(3));
  EXPECT_EQ(test.state(kStaticAddress), kPreferred);
}

TEST(DiscoveryAddresses, WhoResolvesATentativeAddressGetsNoAnswer) {  // §5.4.3
  DiscoveryForTest test({.addresses = {kStaticCidr}});
  test.discovery.Start(test.now);
  wire::NeighborSolicitation message{.target = kStaticAddress, .options = {}};
  message.options.source_link_layer_address = kNeighborMac;
  EXPECT_EQ(test.Receive(message, {kNeighbor, kStaticAddress.SolicitedNode()}),
            DropReason::NS_TENTATIVE_TARGET);
  EXPECT_EQ(test.neighbor_state(kNeighbor), NeighborState::kNone);
  test.Run(Seconds(3));
  EXPECT_TRUE(test.Sent(Icmpv6Type::kNeighborAdvertisement).empty());
  EXPECT_EQ(test.state(kStaticAddress), kPreferred);
}

TEST(DiscoveryAddresses, AProbeLoopedBackProvesNothingAndMoreFollow) {  // RFC 7527 §4.1, §4.2
  DiscoveryForTest test;
  test.discovery.Start(test.now);
  RunToFirstProbe(test, kOurLinkLocal);
  const auto first = test.Solicitations(kOurLinkLocal).at(0);
  EXPECT_EQ(test.Receive(first.solicitation, {first.source, first.destination}),
            DropReason::NS_LOOPED_BACK);
  test.Run(Seconds(10));
  const auto probes = test.Solicitations(kOurLinkLocal);
  EXPECT_EQ(probes.size(), 4u) << "MAX_MULTICAST_SOLICIT more";
  EXPECT_EQ(test.told[kOurLinkLocal].back(),
            std::pair(probes.back().when + Seconds(1), kPreferred));
}

TEST(DiscoveryAddresses, ADuplicateLinkLocalAddressOfTheHardwareDisablesTheInterface) {  // §5.4.5
  DiscoveryForTest test({.addresses = {kStaticCidr}, .gateway = kRouter});
  test.discovery.Start(test.now);
  RunToFirstProbe(test, kOurLinkLocal);
  test.sent.clear();
  const int before = test.next_hops_changed;
  EXPECT_EQ(test.ReceiveProbe(kOurLinkLocal), std::nullopt);
  EXPECT_TRUE(test.discovery.disabled());
  EXPECT_EQ(test.state(kOurLinkLocal), kDuplicate);
  EXPECT_EQ(test.state(kStaticAddress), kRemoved);
  EXPECT_GT(test.next_hops_changed, before);
  EXPECT_TRUE(test.default_routers.empty());
  EXPECT_TRUE(test.prefixes.empty());
  EXPECT_EQ(test.discovery.SelectDefaultRouter(), std::nullopt);
  // Nothing leaves, and nothing is heard.
  EXPECT_EQ(test.discovery.deadline(), Time::Never());
  test.Run(Seconds(100'000));
  EXPECT_TRUE(test.sent.empty());
  EXPECT_TRUE(test.joined_groups.empty());
  test.SendTo(kNeighbor, 7);
  EXPECT_EQ(test.lost, (std::vector{std::pair(7, DropReason::INTERFACE_DOWN)}));
  test.discovery.AddStaticAddress(test.now, kStaticCidr);
  EXPECT_EQ(test.state(kStaticAddress), kRemoved);
  EXPECT_TRUE(test.prefixes.empty());
  EXPECT_EQ(
      test.Receive(wire::RouterAdvertisement{.router_lifetime = Seconds(1800), .options = {}}),
      DropReason::INTERFACE_DOWN);
  EXPECT_EQ(test.ReceiveProbe(kOurLinkLocal), DropReason::INTERFACE_DOWN);
  EXPECT_EQ(test.Receive(wire::NeighborAdvertisement{.target = kOurLinkLocal, .options = {}}),
            DropReason::INTERFACE_DOWN);
  // Until it comes up again.
  test.discovery.Start(test.now);
  test.Run(Seconds(3));
  EXPECT_FALSE(test.discovery.disabled());
  EXPECT_EQ(test.state(kOurLinkLocal), kPreferred);
  EXPECT_EQ(test.state(kStaticAddress), kPreferred);
}

TEST(DiscoveryAddresses, AConfiguredLinkLocalAddressThatIsTakenDisablesNothing) {  // §5.4.5
  const Ipv6Address link_local = A("fe80::5");
  DiscoveryForTest test({.link_local_address = link_local, .addresses = {kStaticCidr}});
  test.discovery.Start(test.now);
  EXPECT_EQ(test.ReceiveProbe(link_local), std::nullopt);
  test.Run(Seconds(3));
  EXPECT_EQ(test.state(link_local), kDuplicate);
  EXPECT_FALSE(test.discovery.disabled());
  EXPECT_EQ(test.state(kStaticAddress), kPreferred);
  EXPECT_EQ(test.discovery.addresses().Find(kOurLinkLocal), nullptr);
  const auto asked = test.Sent(Icmpv6Type::kRouterSolicitation);
  ASSERT_FALSE(asked.empty());
  EXPECT_TRUE(asked.back().source.is_unspecified());
}

TEST(DiscoveryAddresses, AnOperatorsAddressIsProbedWithoutDelay) {  // §5.4.2: nobody does so too
  DiscoveryForTest test;
  test.Boot();
  test.discovery.AddStaticAddress(test.now, kStaticCidr);
  const Time start = test.now;
  test.Run(Seconds(3));
  EXPECT_EQ(test.Solicitations(kStaticAddress).at(0).when, start);
  EXPECT_EQ(test.state(kStaticAddress), kPreferred);
  EXPECT_EQ(test.prefixes.count(*Ipv6Prefix::Parse("2001:db8::/64")), 1u);
  EXPECT_TRUE(test.discovery.RemoveAddress(test.now, kStaticAddress));
  EXPECT_FALSE(test.discovery.RemoveAddress(test.now, kStaticAddress));
  EXPECT_EQ(States(test, kStaticAddress), (std::vector{kTentative, kPreferred, kRemoved}));
  EXPECT_TRUE(test.prefixes.empty());
  EXPECT_EQ(test.joined_groups.count(kStaticAddress.SolicitedNode()), 0u);
}

TEST(DiscoveryAddresses, AnAddressOf128BitsPutsNothingOnLink) {
  DiscoveryForTest test({.addresses = {*Ipv6Cidr::Parse("2001:db8::42/128")}});
  test.Boot();
  EXPECT_EQ(test.state(kStaticAddress), kPreferred);
  EXPECT_TRUE(test.prefixes.empty());
}

TEST(DiscoveryAddresses, APrefixOfTwoAddressesStaysUntilBothAreGone) {
  const Ipv6Address second = A("2001:db8::43");
  DiscoveryForTest test({.addresses = {kStaticCidr, {second, 64}}});
  test.Boot();
  const Ipv6Prefix prefix = kStaticCidr.prefix();
  test.discovery.RemoveAddress(test.now, kStaticAddress);
  EXPECT_TRUE(test.discovery.IsOnLink(second));
  EXPECT_EQ(test.prefixes.count(prefix), 1u);
  test.discovery.RemoveAddress(test.now, second);
  EXPECT_FALSE(test.discovery.IsOnLink(second));
  EXPECT_EQ(test.prefixes.count(prefix), 0u);
}

TEST(DiscoveryAddresses, AddressesThatShareAGroupEachCountForIt) {  // RFC 4861 §7.2.1
  DiscoveryForTest test({.addresses = {*Ipv6Cidr::Parse("2001:db8::ff:fe00:a/64")}});
  test.Boot();
  const Ipv6Address group = kOurLinkLocal.SolicitedNode();
  EXPECT_EQ(test.joined_groups[group], 2);
  EXPECT_EQ(test.heard_groups[group], 2);
  test.discovery.RemoveAddress(test.now, A("2001:db8::ff:fe00:a"));
  EXPECT_EQ(test.joined_groups[group], 1);
}

TEST(DiscoveryAddresses, RemovingATentativeAddressLeavesWhatItJoined) {
  for (const bool probed : {false, true}) {
    DiscoveryForTest test({.addresses = {kStaticCidr}});
    test.discovery.Start(test.now);
    if (probed) RunToFirstProbe(test, kStaticAddress);
    EXPECT_EQ(test.joined_groups.count(kStaticAddress.SolicitedNode()), probed ? 1u : 0u);
    test.discovery.RemoveAddress(test.now, kStaticAddress);
    EXPECT_EQ(test.joined_groups.count(kStaticAddress.SolicitedNode()), 0u);
    EXPECT_EQ(test.heard_groups.count(kStaticAddress.SolicitedNode()), 0u);
    test.Run(Seconds(3));
    EXPECT_EQ(test.state(kStaticAddress), kRemoved);
  }
}

TEST(DiscoveryAddresses, ARebootBeginsAnew) {
  DiscoveryForTest test({.addresses = {kStaticCidr}, .gateway = kRouter});
  test.Boot();
  test.SendTo(kNeighbor, 1);
  test.Receive(wire::RouterAdvertisement{.cur_hop_limit = 9,
                                         .router_lifetime = Seconds(1800),
                                         .retrans_timer = Seconds(7),
                                         .options = {}},
               {kRouter2, Ipv6Address::AllNodes()});
  for (int round = 0; round < 3; ++round) {
    test.discovery.Stop(test.now);
    EXPECT_TRUE(test.discovery.addresses().entries().empty());
    EXPECT_TRUE(test.default_routers.empty());
    EXPECT_TRUE(test.prefixes.empty());
    EXPECT_TRUE(test.heard_groups.empty());
    EXPECT_TRUE(test.joined_groups.empty());
    EXPECT_EQ(test.discovery.neighbors().size(), 0u);
    EXPECT_EQ(test.discovery.deadline(), Time::Never());
    EXPECT_EQ(test.packets.in_use(), 0u);
    // Off: it neither hears nor sends.
    test.SendTo(kNeighbor, 2);
    EXPECT_EQ(test.lost.back(), std::pair(2, DropReason::INTERFACE_DOWN));
    EXPECT_EQ(test.Receive(wire::RouterAdvertisement{.router_lifetime = Seconds(9), .options = {}}),
              DropReason::INTERFACE_DOWN);
    test.discovery.AddStaticAddress(test.now, {A("2001:db8::99"), 64});
    EXPECT_TRUE(test.discovery.addresses().entries().empty());
    test.discovery.Stop(test.now);  // Twice does no harm.

    test.sent.clear();
    test.discovery.Start(test.now);
    EXPECT_EQ(test.state(kStaticAddress), kTentative);
    EXPECT_EQ(test.discovery.parameters().cur_hop_limit, 64);
    EXPECT_EQ(test.discovery.parameters().retrans_timer, Seconds(1));
    test.Run(Seconds(3));
    EXPECT_EQ(test.state(kStaticAddress), kPreferred);
    EXPECT_EQ(test.default_routers.size(), 1u);
    EXPECT_EQ(test.Sent(Icmpv6Type::kRouterSolicitation).size(), 1u);
    test.SendTo(kNeighbor, 1);
  }
}

TEST(DiscoveryAddresses, StartingWhileUpForgetsFirst) {
  DiscoveryForTest test({.addresses = {kStaticCidr}});
  test.Boot();
  test.discovery.Start(test.now);
  EXPECT_EQ(test.state(kStaticAddress), kTentative);
  EXPECT_EQ(test.heard_groups[Ipv6Address::AllNodes()], 1);
  EXPECT_EQ(test.heard_groups[kStaticAddress.SolicitedNode()], 1);
}

TEST(DiscoveryAddresses, ARouterIsInTheAllRoutersGroups) {  // RFC 4861 §6.2.2, RFC 4291 §2.8
  DiscoveryForTest test({.is_router = true, .accept_router_advertisements = false});
  test.Boot();
  EXPECT_EQ(test.joined_groups[Ipv6Address::AllRouters()], 1);
  EXPECT_EQ(test.joined_groups[A("ff05::2")], 1);
  EXPECT_TRUE(test.Sent(Icmpv6Type::kRouterSolicitation).empty());
  test.discovery.Stop(test.now);
  EXPECT_TRUE(test.joined_groups.empty());
  EXPECT_TRUE(test.heard_groups.empty());
}

}  // namespace
}  // namespace dualsim::ndp
