#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "stack/tcp/ephemeral_ports.h"
#include "stack/tcp/flow_table.h"
#include "stack/tcp/initial_sequence_number.h"
#include "stack/tcp/syn_cookies.h"

namespace dualsim::tcp {
namespace {

RandomStream Stream(uint64_t seed = 1) { return {seed, "host", "tcp"}; }

Flow TestFlow(uint16_t remote_port = 80) {
  return {.local = *IpAddress::Parse("2001:db8::1"),
          .remote = *IpAddress::Parse("2001:db8::2"),
          .local_port = Port{40000},
          .remote_port = Port{remote_port}};
}

TEST(SipHash, GivesTheAuthorsTestVectors) {
  uint8_t bytes[15];
  std::iota(std::begin(bytes), std::end(bytes), uint8_t{0});
  const SipHash hash(0x0706050403020100, 0x0f0e0d0c0b0a0908);
  EXPECT_EQ(hash(ByteView(bytes, 15)), 0xa129ca6149be45e5u);
  EXPECT_EQ(hash(ByteView()), 0x726fdb47dd0e0e31u);
  EXPECT_EQ(hash(ByteView(bytes, 8)), 0x93f5f5799a932462u);
}

TEST(InitialSequenceNumber, RisesWithTimeForOneFlow) {  // RFC 6528 §3
  RandomStream random = Stream();
  const InitialSequenceNumber isn(random);
  const Time now = Time() + Seconds(1000);
  EXPECT_EQ(isn(TestFlow(), now + Seconds(1)) - isn(TestFlow(), now), 250000u);
}

TEST(InitialSequenceNumber, DiffersBetweenFlowsAndHosts) {
  RandomStream one = Stream(1);
  RandomStream two = Stream(2);
  const InitialSequenceNumber a(one);
  const InitialSequenceNumber b(two);
  EXPECT_NE(a(TestFlow(80), Time()), a(TestFlow(81), Time()));
  EXPECT_NE(a(TestFlow(80), Time()), b(TestFlow(80), Time()));
}

TEST(EphemeralPorts, TakesEachPortOnceBeforeItRepeats) {
  RandomStream random = Stream();
  EphemeralPorts ports(random);
  std::set<Port> used;
  for (uint32_t i = 0; i < EphemeralPorts::kCount; ++i) {
    const auto port = ports.Choose(TestFlow(), [&](Port p) { return used.count(p) == 0; });
    ASSERT_TRUE(port);
    ASSERT_GE(Number(*port), EphemeralPorts::kFirst);
    used.insert(*port);
  }
  EXPECT_FALSE(ports.Choose(TestFlow(), [&](Port p) { return used.count(p) == 0; }));
}

TEST(EphemeralPorts, BeginElsewhereForAnotherPeer) {
  RandomStream random = Stream();
  EphemeralPorts ports(random);
  const auto any = [](Port) { return true; };
  std::set<Port> first;
  for (uint16_t port = 1; port <= 20; ++port) first.insert(*ports.Choose(TestFlow(port), any));
  EXPECT_GT(first.size(), 15u);
}

class SynCookiesTest : public ::testing::Test {
 protected:
  // The ACK that answers a cookie.
  wire::TcpHeader Ack(SeqNum cookie, SeqNum peer_isn) const {
    return {.sequence = peer_isn + 1, .acknowledgment = cookie + 1, .flags = {.ack = true}};
  }
  RandomStream random_ = Stream();
  SynCookies cookies_{random_};
  Time now_ = Time() + Seconds(1000);
  static constexpr SeqNum kPeerIsn{0xfffffff0};
};

TEST_F(SynCookiesTest, TheMssComesBackRoundedDown) {
  for (const auto& [mss, expected] : {std::pair<uint16_t, uint16_t>{1460, 1460},
                                      {1450, 1440},
                                      {100, 216},
                                      {9000, 8940},
                                      {1220, 1220}}) {
    const SeqNum cookie = cookies_.Make(TestFlow(), kPeerIsn, mss, now_);
    const auto restored = cookies_.Check(TestFlow(), Ack(cookie, kPeerIsn), now_);
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->options.mss, expected);
    EXPECT_FALSE(restored->options.timestamps);
  }
}

TEST_F(SynCookiesTest, TheOtherOptionsTravelInTheTimestamp) {
  const SeqNum cookie = cookies_.Make(TestFlow(), kPeerIsn, 1460, now_);
  wire::TcpOptions options;
  options.window_scale = 7;
  options.sack_permitted = true;
  for (const uint32_t value : {0u, 63u, 64u, 1000000u, 0xffffffffu}) {
    const uint32_t stamp = SynCookies::Timestamp(value, options, true);
    EXPECT_LT(value - stamp, 128u) << "at or just before the clock";
    wire::TcpHeader ack = Ack(cookie, kPeerIsn);
    ack.options.timestamps = wire::TcpTimestamps{5, stamp};
    const auto restored = cookies_.Check(TestFlow(), ack, now_);
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->options.window_scale, 7);
    EXPECT_TRUE(restored->options.sack_permitted);
    EXPECT_TRUE(restored->ecn);
  }
}

TEST_F(SynCookiesTest, AnotherFlowNumberOrTimeIsNoCookie) {
  const SeqNum cookie = cookies_.Make(TestFlow(), kPeerIsn, 1460, now_);
  EXPECT_FALSE(cookies_.Check(TestFlow(81), Ack(cookie, kPeerIsn), now_));
  EXPECT_FALSE(cookies_.Check(TestFlow(), Ack(cookie, kPeerIsn + 1), now_));
  EXPECT_FALSE(cookies_.Check(TestFlow(), Ack(cookie + 1, kPeerIsn), now_));
  EXPECT_TRUE(cookies_.Check(TestFlow(), Ack(cookie, kPeerIsn), now_ + Seconds(64)));
  cookies_.Make(TestFlow(), kPeerIsn, 1460, now_ + Seconds(200));
  EXPECT_FALSE(cookies_.Check(TestFlow(), Ack(cookie, kPeerIsn), now_ + Seconds(200)));
}

TEST_F(SynCookiesTest, WhereNoneWereMadeNoneIsAccepted) {
  SynCookies idle(random_);
  const SeqNum cookie = cookies_.Make(TestFlow(), kPeerIsn, 1460, now_);
  EXPECT_FALSE(idle.Check(TestFlow(), Ack(cookie, kPeerIsn), now_));
}

TEST(FlowTable, FindsWhatWasInsertedAndNotWhatWasErased) {
  RandomStream random = Stream();
  FlowTable table(random);
  EXPECT_FALSE(table.Find(TestFlow()));
  for (uint16_t port = 1; port <= 2000; ++port) table.Insert(TestFlow(port), port);
  for (uint16_t port = 1; port <= 2000; port += 2) table.Erase(TestFlow(port));
  EXPECT_EQ(table.size(), 1000u);
  for (uint16_t port = 1; port <= 2000; ++port) {
    const auto slot = table.Find(TestFlow(port));
    ASSERT_EQ(slot.has_value(), port % 2 == 0);
    if (slot) {
      ASSERT_EQ(*slot, port);
    }
  }
}

TEST(FlowTable, TheFamilyAndTheZoneAreParts) {
  RandomStream random = Stream();
  FlowTable table(random);
  Flow flow = TestFlow();
  table.Insert(flow, 1);
  flow.zone = 2;
  EXPECT_FALSE(table.Find(flow));
}

}  // namespace
}  // namespace dualsim::tcp
