#include <gtest/gtest.h>

#include "tests/stack/tcp/two_hosts.h"

namespace dualsim::tcp {
namespace {

using testing::SentSegment;
using testing::TwoHosts;

std::vector<uint32_t> PayloadsOf(const TwoHosts& world, bool from_a) {
  std::vector<uint32_t> sizes;
  for (const SentSegment& s : world.sent) {
    if (s.from_a == from_a && s.payload > 0) sizes.push_back(s.payload);
  }
  return sizes;
}

TEST(Options, CorkHoldsAPartBackUntilItIsTakenOff) {
  TwoHosts world;
  ASSERT_TRUE(world.Open({.cork = true}));
  const uint32_t smss = world.A()->sender().recovery().smss();
  world.Write(true, smss + 100);
  world.RunFor(Milliseconds(50));
  EXPECT_EQ(PayloadsOf(world, true), (std::vector<uint32_t>{smss}));
  world.ea().Configure(world.now(), world.ca, {.no_delay = true});
  EXPECT_EQ(PayloadsOf(world, true), (std::vector<uint32_t>{smss, 100}));
}

TEST(Options, CorkedDataLeaveWithTheEndOrAfterATimeout) {
  TwoHosts world;
  ASSERT_TRUE(world.Open({.cork = true}));
  world.Write(true, 100);
  world.RunFor(Milliseconds(100));
  EXPECT_TRUE(PayloadsOf(world, true).empty());
  world.RunFor(Seconds(2));
  EXPECT_EQ(PayloadsOf(world, true), (std::vector<uint32_t>{100})) << "not for ever";
  world.Write(true, 50);
  world.ea().ShutDownWrite(world.now(), world.ca);
  EXPECT_EQ(PayloadsOf(world, true), (std::vector<uint32_t>{100, 50}));
}

TEST(Options, QuickAcknowledgmentDoesNotWait) {
  TwoHosts world;
  ASSERT_TRUE(world.Open({}, {.connection = {.quick_ack = true}}));
  world.sent.clear();
  world.Write(true, 10);
  world.RunFor(Milliseconds(10));
  EXPECT_EQ(world.CountSent([](const SentSegment& s) { return !s.from_a; }), 1u);
}

TEST(Options, QuickAcknowledgmentSendsWhatWaits) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  world.Write(true, 10);
  world.RunFor(Milliseconds(15));
  const auto acknowledgments = [&] {
    return world.CountSent([](const SentSegment& s) { return !s.from_a; });
  };
  EXPECT_EQ(acknowledgments(), 0u);
  world.eb().Configure(world.now(), world.cb, {.quick_ack = true});
  EXPECT_EQ(acknowledgments(), 1u);
}

TEST(Options, MaxSegmentBindsBothDirections) {  // RFC 9293 §3.7.1
  TwoHosts world;
  ASSERT_TRUE(world.Open({.max_segment = 700}));
  EXPECT_EQ(world.sent.front().header.options.mss, 700);
  world.sent.clear();
  world.Write(true, 2000);
  world.Write(false, 2000);
  world.RunFor(Seconds(1));
  const uint32_t full = 700 - 12;  // Timestamps take their part.
  EXPECT_EQ(PayloadsOf(world, true).front(), full);
  EXPECT_EQ(PayloadsOf(world, false).front(), full);
}

TEST(Options, MaxSegmentFallsWhileTheConnectionLives) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  world.ea().Configure(world.now(), world.ca, {.max_segment = 512});
  world.Write(true, 1000);
  world.RunFor(Seconds(1));
  EXPECT_EQ(PayloadsOf(world, true), (std::vector<uint32_t>{500, 500}));
}

TEST(Options, BuffersAreTheConnectionsOwn) {
  TwoHosts world;
  ASSERT_TRUE(world.Open({.send_buffer = 5000}, {.connection = {.receive_buffer = 8000}}));
  EXPECT_EQ(world.Write(true, 50'000), 5000u);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.Write(true, 50'000), 5000u);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.B()->readable(), 8000u);
  EXPECT_EQ(world.A()->sender().window(), 0u);
  // A larger one is told once there is something to tell.
  world.eb().Configure(world.now(), world.cb, {.receive_buffer = 50'000});
  world.RunFor(Seconds(3));
  EXPECT_EQ(world.B()->readable(), 10'000u);
}

TEST(Options, AGrownReceiveBufferKeepsTheScaleOfItsSyn) {  // RFC 7323 §2.2
  TwoHosts world;
  ListenOptions listen;
  listen.connection.receive_buffer = 60'000;
  world.Listen(listen);
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  ASSERT_TRUE(world.AcceptOne());
  world.eb().Configure(world.now(), world.cb, {.receive_buffer = 1 << 20});
  world.Write(true, 10'000);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.A()->peer_window_scale(), 0);
  EXPECT_GT(world.A()->sender().window(), 62'000u);
  EXPECT_LE(world.A()->sender().window(), 65'535u);
}

TEST(Options, CongestionControlIsTheConnectionsOwn) {
  TwoHosts world;
  ASSERT_TRUE(world.Open({.congestion = Config::Congestion::kNewReno}));
  EXPECT_EQ(world.A()->sender().recovery().control().name(), "newreno");
  EXPECT_EQ(world.B()->sender().recovery().control().name(), "cubic");
  world.eb().Configure(world.now(), world.cb, {.congestion = Config::Congestion::kNewReno});
  EXPECT_EQ(world.B()->sender().recovery().control().name(), "newreno");
}

TEST(Options, KeepaliveBeginsWhenItIsAskedFor) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  const Keepalive keepalive{.idle = Seconds(10), .interval = Seconds(1), .count = 2};
  world.ea().Configure(world.now(), world.ca, {.keepalive = keepalive});
  const Time asked = world.now();
  world.RunFor(Seconds(15));
  ASSERT_FALSE(world.sent.empty());
  EXPECT_EQ(world.sent.front().time - asked, Seconds(10));
}

TEST(Options, DeferredAcceptWaitsForData) {
  TwoHosts world;
  EXPECT_FALSE(world.Open({}, {.defer_accept = Seconds(30)}));
  EXPECT_EQ(world.A()->state(), State::kEstablished);
  EXPECT_EQ(world.eb().waiting(world.listener), 0u);
  world.Write(true, 1);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.eb().waiting(world.listener), 1u);
  ASSERT_TRUE(world.AcceptOne());
  EXPECT_EQ(world.B()->readable(), 1u);
}

TEST(Options, DeferredAcceptEndsWithItsTimeOrTheConnection) {
  TwoHosts world;
  EXPECT_FALSE(world.Open({}, {.defer_accept = Seconds(30)}));
  world.RunFor(Seconds(30));
  EXPECT_TRUE(world.AcceptOne()) << "its time is over";
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  EXPECT_FALSE(world.AcceptOne());
  world.ea().ShutDownWrite(world.now(), world.ca);
  world.RunFor(Seconds(1));
  EXPECT_TRUE(world.AcceptOne()) << "nothing will come any more";
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  world.ea().Abort(world.now(), world.ca);
  world.RunFor(Seconds(60));
  EXPECT_FALSE(world.AcceptOne()) << "it is gone";
}

TEST(Options, AListenerOfOneFamilyLeavesTheOtherAlone) {
  TwoHosts world(1, {}, {}, IpFamily::kIpv4);
  world.Listen({.family = IpFamily::kIpv6});
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.A()->error(), Error::kRefused);
  EXPECT_TRUE(std::holds_alternative<ListenerId>(
      world.eb().Listen({.family = IpFamily::kIpv4, .port = TwoHosts::kPort})));
  EXPECT_TRUE(std::holds_alternative<Refusal>(world.eb().Listen({.port = TwoHosts::kPort})));
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.A()->state(), State::kEstablished);
}

TEST(Options, APortIsHeldForAsLongAsAConnectionIsInTimeWait) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  const Port port = world.A()->flow().local_port;
  EXPECT_TRUE(world.ea().HasConnectionAt(port));
  world.ea().Close(world.now(), world.ca);
  world.RunFor(Seconds(1));
  world.eb().Close(world.now(), world.cb);
  world.RunFor(Seconds(1));
  EXPECT_TRUE(world.ea().HasConnectionAt(port));
  world.RunFor(Seconds(60));
  EXPECT_FALSE(world.ea().HasConnectionAt(port));
}

}  // namespace
}  // namespace dualsim::tcp
