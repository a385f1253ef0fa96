#include "sim/net/mld_snooping.h"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "tests/sim/net/test_world.h"

namespace dualsim::sim {
namespace {

using wire::Icmpv6Type;
using wire::ListenerRecordType;
using Ports = std::vector<MldSnooping::Port>;
using Bytes = std::vector<uint8_t>;

Ipv6Address Address(std::string_view text) { return *Ipv6Address::Parse(text); }
const Ipv6Address kGroup = Address("ff15::1:5");
const Ipv6Address kOther = Address("ff15::1:6");
const Ipv6Address kSource = Address("2001:db8::1");
constexpr Time kStart = Time() + Seconds(10);

struct Origin {
  Ipv6Address source = Address("fe80::1");
  uint8_t hop_limit = 1;
  bool router_alert = true;
};

template <typename Message>
Bytes MakeFrame(const Ipv6Address& destination, const Message& message, const Origin& origin = {}) {
  constexpr size_t kBefore = wire::EthernetHeader::kSize + wire::Ipv6Header::kSize;
  const size_t options = wire::kRouterAlertHeaderSize;
  Bytes frame(kBefore + options + message.size());
  wire::EthernetHeader{MacAddress::ForGroup(destination), Mac(1), wire::EtherType::kIpv6}.Store(
      frame.data());
  wire::Ipv6Header header;
  header.payload_length = static_cast<uint16_t>(options + message.size());
  header.next_header = wire::NextHeader::kHopByHop;
  header.hop_limit = origin.hop_limit;
  header.source = origin.source;
  header.destination = destination;
  header.Store(frame.data() + wire::EthernetHeader::kSize);
  wire::StoreRouterAlertHeader(frame.data() + kBefore);
  if (!origin.router_alert) frame[kBefore + 2] = 0x1e;  // Another option.
  message.Store(frame.data() + kBefore + options);
  wire::StoreIcmpv6Checksum(MutableByteView(frame).subspan(kBefore + options), origin.source,
                            destination);
  return frame;
}

Bytes Query(const Ipv6Address& group = {}, const Origin& origin = {},
            std::vector<Ipv6Address> sources = {}) {
  wire::ListenerQuery query;
  query.maximum_response_delay = group.is_unspecified() ? Seconds(10) : Seconds(1);
  query.group = group;
  query.robustness_variable = 2;
  query.query_interval = Seconds(125);
  query.sources = std::move(sources);
  return MakeFrame(group.is_unspecified() ? Ipv6Address::AllNodes() : group, query, origin);
}

Bytes Report(ListenerRecordType type, const Ipv6Address& group = kGroup,
             std::vector<Ipv6Address> sources = {}, const Origin& origin = {}) {
  return MakeFrame(Ipv6Address::AllMldv2Routers(),
                   wire::ListenerReport{{{type, group, std::move(sources)}}}, origin);
}

Bytes MessageV1(Icmpv6Type type) {
  const bool done = type == Icmpv6Type::kMulticastListenerDone;
  return MakeFrame(done ? Ipv6Address::AllRouters() : kGroup,
                   wire::ListenerMessageV1{type, kGroup});
}

class MldSnoopingTest : public testing::Test {
 protected:
  // By which of the ports 0 to 4 a frame leaves.
  Ports Pass(MldSnooping::Port from, const Bytes& frame) {
    const uint64_t destination = MacAddress::Load(frame.data()).ToInteger();
    const MldSnooping::Decision decision = snooping_.OnFrame(now_, from, destination, frame);
    Ports ports;
    for (MldSnooping::Port port = 0; port < 5; ++port) {
      if (port != from && snooping_.Admits(now_, decision, port)) ports.push_back(port);
    }
    return ports;
  }
  Ports PassData(const Ipv6Address& group = kGroup) {
    return Pass(0, Frame(MacAddress::ForGroup(group), Mac(1)));
  }

  Time now_ = kStart;
  MldSnooping snooping_;
};

const Ports kAll{1, 2, 3, 4};

TEST_F(MldSnoopingTest, WhatNobodyReportedGoesEverywhere) {  // RFC 4541 §2.1.2, item 3
  EXPECT_EQ(PassData(), kAll);
  Pass(2, Report(ListenerRecordType::kModeIsExclude, kOther));
  EXPECT_EQ(PassData(), kAll);
}

TEST_F(MldSnoopingTest, AGroupGoesToItsListenersAndToRouters) {  // RFC 4541 §2.1.2, item 1
  Pass(4, Query());
  Pass(2, Report(ListenerRecordType::kChangeToExclude));
  EXPECT_EQ(PassData(), (Ports{2, 4}));
  Pass(1, MessageV1(Icmpv6Type::kMulticastListenerReportV1));
  EXPECT_EQ(PassData(), (Ports{1, 2, 4}));
}

TEST_F(MldSnoopingTest, QueriesGoEverywhereAndReportsToRouters) {  // RFC 4541 §2.1.1
  EXPECT_EQ(Pass(2, Report(ListenerRecordType::kModeIsExclude)), Ports{}) << "none is known";
  EXPECT_EQ(Pass(4, Query()), (Ports{0, 1, 2, 3}));
  EXPECT_EQ(Pass(4, Query(kGroup)), (Ports{0, 1, 2, 3}));
  EXPECT_EQ(Pass(2, Report(ListenerRecordType::kModeIsExclude)), Ports{4});
  EXPECT_EQ(Pass(2, MessageV1(Icmpv6Type::kMulticastListenerReportV1)), Ports{4});
  EXPECT_EQ(Pass(2, MessageV1(Icmpv6Type::kMulticastListenerDone)), Ports{4});
}

TEST_F(MldSnoopingTest, AllNodesGoEverywhereWhateverIsReported) {  // RFC 4541 §3
  Pass(2, Report(ListenerRecordType::kModeIsExclude, Ipv6Address::AllNodes()));
  EXPECT_EQ(PassData(Ipv6Address::AllNodes()), kAll);
  EXPECT_EQ(snooping_.group_count(), 0u);
}

TEST_F(MldSnoopingTest, GroupsOfOneMacAddressAreOne) {  // RFC 4541 §2.1.2, item 5
  Pass(2, Report(ListenerRecordType::kModeIsExclude, Address("ff15::1:5")));
  EXPECT_EQ(PassData(Address("ff1e::1:5")), Ports{2});
}

TEST_F(MldSnoopingTest, ListsOfSourcesDoNotMatterUnlessTheyAreEmpty) {
  Pass(1, Report(ListenerRecordType::kAllowNewSources, kGroup, {kSource}));
  Pass(2, Report(ListenerRecordType::kModeIsInclude, kGroup, {kSource}));
  Pass(3, Report(ListenerRecordType::kChangeToInclude, kGroup));
  Pass(4, Report(ListenerRecordType::kBlockOldSources, kGroup, {kSource}));
  EXPECT_EQ(PassData(), (Ports{1, 2}));
}

TEST_F(MldSnoopingTest, WhoseReportsCeaseIsForgotten) {
  Pass(1, Report(ListenerRecordType::kModeIsExclude));
  now_ = kStart + Seconds(200);
  Pass(2, Report(ListenerRecordType::kModeIsExclude));
  now_ = kStart + Seconds(260) - Nanoseconds(1);
  EXPECT_EQ(PassData(), (Ports{1, 2}));
  now_ = kStart + Seconds(260);
  EXPECT_EQ(PassData(), Ports{2});
  now_ = kStart + Seconds(460);
  EXPECT_EQ(PassData(), kAll) << "nobody is known any more";
}

TEST_F(MldSnoopingTest, WhoDoesNotAnswerAQueryForTheGroupIsForgotten) {
  Pass(1, Report(ListenerRecordType::kModeIsExclude));
  Pass(2, Report(ListenerRecordType::kModeIsExclude));
  Pass(2, Report(ListenerRecordType::kChangeToInclude));
  EXPECT_EQ(PassData(), (Ports{1, 2})) << "others may be behind the port";
  Pass(4, Query(kGroup));
  Pass(1, Report(ListenerRecordType::kModeIsExclude));
  now_ = now_ + Seconds(2);
  EXPECT_EQ(PassData(), (Ports{1, 4}));
}

TEST_F(MldSnoopingTest, AQueryForSourcesMakesNobodyForgotten) {
  Pass(1, Report(ListenerRecordType::kModeIsExclude));
  Pass(4, Query(kGroup, {}, {kSource}));
  now_ = now_ + Seconds(2);
  EXPECT_EQ(PassData(), (Ports{1, 4}));
}

TEST_F(MldSnoopingTest, ARouterIsOneUntilItsQueriesCease) {
  Pass(4, Query());
  now_ = kStart + Seconds(255) - Nanoseconds(1);
  Pass(1, Report(ListenerRecordType::kModeIsExclude));
  EXPECT_EQ(PassData(), (Ports{1, 4}));
  now_ = kStart + Seconds(255);
  EXPECT_EQ(PassData(), Ports{1});
}

TEST_F(MldSnoopingTest, WhatFailsTheChecksTellsNothing) {  // RFC 3810 §5.1.14, §6.2
  const Origin far{.hop_limit = 2};
  const Origin global{.source = kSource};
  const Origin plain{.router_alert = false};
  const Origin unspecified{.source = Ipv6Address()};
  for (const Origin& origin : {far, global, plain}) {
    Pass(1, Report(ListenerRecordType::kModeIsExclude, kGroup, {}, origin));
  }
  EXPECT_EQ(snooping_.group_count(), 0u);
  for (const Origin& origin : {far, global, plain, unspecified}) Pass(4, Query({}, origin));
  EXPECT_EQ(Pass(2, Report(ListenerRecordType::kModeIsExclude)), Ports{});
  Bytes broken = Report(ListenerRecordType::kModeIsExclude, kOther);
  broken.back() ^= 1;
  Pass(1, broken);
  EXPECT_EQ(snooping_.group_count(), 1u);
  // RFC 3590 §5: who has no address yet is listened for all the same.
  Pass(1, Report(ListenerRecordType::kModeIsExclude, kOther, {}, unspecified));
  EXPECT_EQ(PassData(kOther), Ports{1});
}

TEST_F(MldSnoopingTest, APortThatGoesDownIsForgotten) {
  Pass(1, Report(ListenerRecordType::kModeIsExclude));
  Pass(2, Report(ListenerRecordType::kModeIsExclude));
  Pass(4, Query());
  snooping_.ForgetPort(1);
  snooping_.ForgetPort(4);
  EXPECT_EQ(PassData(), Ports{2});
  EXPECT_EQ(snooping_.listener_count(), 1u);
}

TEST_F(MldSnoopingTest, AFloodOfGroupsCostsItsOwnGroupsTheirEconomy) {
  Pass(2, Report(ListenerRecordType::kModeIsExclude));
  const auto group = [](uint64_t i) { return Ipv6Address::FromIntegers(0xff15ull << 48, i); };
  for (uint64_t i = 0; i < 2000; ++i) {
    Pass(1, Report(ListenerRecordType::kModeIsExclude, group(0x20000 + i)));
  }
  EXPECT_EQ(snooping_.group_count(), MldSnooping::kMaximumGroups);
  EXPECT_EQ(PassData(), Ports{2}) << "who was there before";
  Pass(3, Report(ListenerRecordType::kModeIsExclude, kOther));
  EXPECT_EQ(PassData(kOther), kAll) << "who comes later gets it too";
  now_ = kStart + Seconds(261);
  Pass(3, Report(ListenerRecordType::kModeIsExclude, kOther));
  EXPECT_EQ(PassData(kOther), Ports{3}) << "the flood is forgotten";
}

TEST_F(MldSnoopingTest, AFloodOfListenersMakesTheGroupGoEverywhere) {
  const auto group = [](uint64_t i) { return Ipv6Address::FromIntegers(0xff15ull << 48, i); };
  for (uint64_t i = 0; i < MldSnooping::kMaximumListeners; ++i) {
    Pass(static_cast<MldSnooping::Port>(10 + i / 1024),
         Report(ListenerRecordType::kModeIsExclude, group(0x20000 + i % 1024)));
  }
  EXPECT_EQ(snooping_.listener_count(), MldSnooping::kMaximumListeners);
  Pass(3, Report(ListenerRecordType::kModeIsExclude, group(0x20000)));
  EXPECT_EQ(snooping_.listener_count(), MldSnooping::kMaximumListeners);
  EXPECT_EQ(PassData(group(0x20000)), kAll);
}

TEST(SwitchedLanWithSnooping, AGroupReachesTheCardsThatReportedIt) {
  TestWorld world(OneLink(LinkKind::kSwitched, 5, {.mld_snooping = true}));
  const MacAddress card_group = MacAddress::ForGroup(kGroup);
  for (const char* name : {"b", "c"}) world.station(name).JoinGroup(InterfaceId{0}, card_group);
  world.station("e").HearAllGroups(InterfaceId{0}, true);
  world.Send("a", Frame(card_group, Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 1u);
  EXPECT_EQ(world.at("c").frames.size(), 1u);
  EXPECT_EQ(world.at("d").frames.size(), 0u) << "its card does not listen";
  EXPECT_EQ(world.at("e").frames.size(), 1u);
  world.Send("b", Report(ListenerRecordType::kModeIsExclude));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("e").frames.size(), 2u) << "a router that is configured hears reports";
  world.Send("a", Frame(card_group, Mac(1)));
  world.Run(Seconds(1));
  EXPECT_EQ(world.at("b").frames.size(), 2u);
  EXPECT_EQ(world.at("c").frames.size(), 1u) << "it listens, and the switch does not know";
  EXPECT_EQ(world.at("e").frames.size(), 3u);
}

}  // namespace
}  // namespace dualsim::sim
