#include <gtest/gtest.h>

#include "tests/stack/tcp/transfer.h"

namespace dualsim::tcp {
namespace {

using testing::SentSegment;
using testing::Transfer;
using testing::TwoHosts;
using enum State;

uint32_t LargestPayload(const TwoHosts& world) {
  uint32_t largest = 0;
  for (const SentSegment& s : world.sent) largest = std::max(largest, s.payload);
  return largest;
}

TEST(PathMtu, TooBigMakesSegmentsSmallerWithoutLoweringTheWindow) {  // RFC 8201 §4
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    TwoHosts world(1, {}, {}, family);
    ASSERT_TRUE(world.Open());
    world.path.mtu = 1400;
    const uint32_t before = world.A()->sender().recovery().window().ssthresh;
    Transfer transfer(world, true, 300'000, 1);
    world.after_step = [&] { transfer.Step(); };
    transfer.Step();
    const Time start = world.now();
    while (!transfer.complete() && world.Step()) {
    }
    EXPECT_TRUE(transfer.complete());
    EXPECT_LT(world.now() - start, Seconds(1));
    EXPECT_EQ(world.A()->mtu(), 1400u);
    EXPECT_EQ(world.A()->sender().recovery().smss(),
              1400u - (family == IpFamily::kIpv4 ? 40 : 60) - 12);
    EXPECT_EQ(world.A()->sender().recovery().window().ssthresh, before) << "no congestion";
  }
}

TEST(PathMtu, From1500To9000AndBack) {
  TwoHosts world;
  world.a().mtu = world.b().mtu = 9000;
  ASSERT_TRUE(world.Open());
  world.a().mtu = 1500;
  world.ea().RefreshPathMtu(world.now(), world.b().address());
  Transfer transfer(world, true, 6'000'000, 1);
  world.after_step = [&] { transfer.Step(); };
  transfer.Step();
  world.RunFor(Milliseconds(100));
  EXPECT_EQ(LargestPayload(world), 1428u);
  world.a().mtu = 9000;
  world.ea().RefreshPathMtu(world.now(), world.b().address());
  world.RunFor(Milliseconds(100));
  EXPECT_EQ(LargestPayload(world), 8928u);
  world.path.mtu = 1500;
  world.sent.clear();
  world.RunFor(Seconds(20));
  EXPECT_TRUE(transfer.complete());
  EXPECT_FALSE(transfer.corrupt());
  EXPECT_EQ(world.sent.back().payload <= 1428u, true);
}

TEST(PathMtu, NeverExceedsThePeersMss) {
  TwoHosts world;
  world.b().mtu = 1400;
  ASSERT_TRUE(world.Open());
  world.a().mtu = 9000;
  world.ea().RefreshPathMtu(world.now(), world.b().address());
  world.Write(true, 20'000);
  world.RunFor(Seconds(1));
  EXPECT_EQ(LargestPayload(world), 1400u - 60 - 12);
}

TEST(PathMtu, TheMssOptionIsIndependentOfIt) {  // RFC 8201 §5.4
  TwoHosts world;
  for (auto* host : {&world.a(), &world.b()}) {
    host->mtu = 1300;
    host->link_mtu = 1500;
  }
  ASSERT_TRUE(world.Open());
  ASSERT_GE(world.sent.size(), 2u);
  EXPECT_EQ(world.sent[0].header.options.mss, 1440);
  EXPECT_EQ(world.sent[1].header.options.mss, 1440);
  world.Write(true, 20'000);
  world.RunFor(Seconds(1));
  EXPECT_EQ(LargestPayload(world), 1300u - 60 - 12);
}

TEST(PathMtu, AForgedTooBigIsIgnored) {  // RFC 5927 §7
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  const Flow flow = world.A()->flow();
  world.ea().OnPacketTooBig(world.now(), flow, world.A()->sender().next(), 1300);
  world.ea().OnPacketTooBig(world.now(), flow, world.A()->sender().una() - 1, 1300);
  EXPECT_EQ(world.A()->mtu(), 1500u);
  world.Write(true, 100);
  world.ea().OnPacketTooBig(world.now(), flow, world.A()->sender().una(), 68);
  EXPECT_EQ(world.A()->mtu(), kMinMtuIpv6) << "and never below the family's minimum";
}

TEST(Icmp, APortUnreachableRefusesAnAttemptToConnect) {
  TwoHosts world;
  world.drop = [](const SentSegment&) { return true; };
  world.ca = world.Dial();
  const SeqNum isn = world.sent[0].header.sequence;
  world.ea().OnUnreachable(world.now(), world.A()->flow(), isn + 1, true);
  EXPECT_EQ(world.A()->state(), kSynSent) << "a number that was not sent";
  world.ea().OnUnreachable(world.now(), world.A()->flow(), isn, true);
  EXPECT_EQ(world.A()->error(), Error::kUnreachable);
}

TEST(Address, AConnectionThatBothSidesEndedDidNotFailByIt) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.ea().ShutDownWrite(world.now(), world.ca);
  world.RunFor(Seconds(1));
  world.eb().ShutDownWrite(world.now(), world.cb);
  world.RunFor(Seconds(1));
  ASSERT_EQ(world.A()->state(), State::kTimeWait);
  world.ea().OnAddressGone(world.now(), world.a().address());
  EXPECT_EQ(world.a().states.back(), State::kClosed);
  EXPECT_EQ(world.a().last_error, std::nullopt);
}

TEST(Icmp, SoftErrorsEndAnAttemptOnlyWhereConfigured) {  // RFC 5461 §4
  for (const bool at_once : {true, false}) {
    EndpointConfig config;
    config.connection.soft_errors_end_connect = at_once;
    TwoHosts world(1, config);
    world.drop = [](const SentSegment&) { return true; };
    world.ca = world.Dial();
    world.ea().OnUnreachable(world.now(), world.A()->flow(), world.sent[0].header.sequence, false);
    EXPECT_EQ(world.A()->state() == kClosed, at_once);
    world.RunFor(Seconds(200));
    EXPECT_EQ(world.A()->error(), Error::kUnreachable) << "what ICMP said beats silence";
  }
}

TEST(Icmp, EndsNoConnectionThatIsUp) {  // RFC 5927 §5.2
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.Write(true, 100);
  world.ea().OnUnreachable(world.now(), world.A()->flow(), world.A()->sender().una(), true);
  EXPECT_EQ(world.A()->state(), kEstablished);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.Read(false), 100u);
}

TEST(Advice, ProgressIsReportedDownwards) {  // RFC 4861 §7.3.1
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  const int before = world.a().forward_progress;
  world.Write(true, 100);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.a().forward_progress, before + 1);
}

TEST(Address, ConnectionsOfOneThatIsGoneEnd) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.ea().OnAddressGone(world.now(), world.a().address());
  EXPECT_EQ(world.A()->error(), Error::kUnreachable);
}

}  // namespace
}  // namespace dualsim::tcp
