#include <gtest/gtest.h>

#include "tests/stack/tcp/transfer.h"

namespace dualsim::tcp {
namespace {

using testing::SentSegment;
using testing::Transfer;
using testing::TwoHosts;

EndpointConfig SmallBuffers(uint32_t bytes) {
  EndpointConfig config;
  config.connection.receive_buffer = bytes;
  return config;
}

std::vector<SentSegment> DataOf(const TwoHosts& world, bool from_a) {
  std::vector<SentSegment> data;
  for (const SentSegment& s : world.sent) {
    if (s.from_a == from_a && s.payload > 0) data.push_back(s);
  }
  return data;
}

TEST(Window, ClosesWhenNobodyReadsAndOpensAgain) {
  TwoHosts world(1, SmallBuffers(20'000));
  ASSERT_TRUE(world.Open());
  EXPECT_EQ(world.Write(true, 50'000), 50'000u);
  world.RunFor(Seconds(2));
  EXPECT_EQ(world.B()->readable(), 20'000u);
  EXPECT_EQ(world.A()->sender().window(), 0u);
  EXPECT_EQ(world.Read(false), 20'000u);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.Read(false), 20'000u);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.Read(false), 10'000u);
}

TEST(Window, IsProbedWithBackoffForAsLongAsThePeerAnswers) {  // RFC 9293 §3.8.6.1
  TwoHosts world(1, SmallBuffers(8'000));
  ASSERT_TRUE(world.Open());
  world.Write(true, 20'000);
  world.RunFor(Seconds(1));
  world.sent.clear();
  world.RunFor(Seconds(3600));
  EXPECT_EQ(world.A()->state(), State::kEstablished);
  const auto probes = DataOf(world, true);
  ASSERT_GT(probes.size(), 50u) << "one a minute in the end";
  ASSERT_LT(probes.size(), 80u);
  for (const SentSegment& probe : probes) EXPECT_EQ(probe.payload, 1u);
  EXPECT_EQ(probes[20].time - probes[19].time, Seconds(60));
  size_t read = 0;
  for (int i = 0; i < 200; ++i) {
    read += world.Read(false);
    world.RunFor(Seconds(1));
  }
  EXPECT_EQ(read, 20'000u);
}

TEST(Window, ALostUpdateIsFoundByTheNextProbe) {
  TwoHosts world(1, SmallBuffers(8'000));
  ASSERT_TRUE(world.Open());
  world.Write(true, 16'000);
  world.RunFor(Seconds(1));
  world.drop = [](const SentSegment& s) { return !s.from_a; };
  world.Read(false);
  world.drop = nullptr;
  world.RunFor(Seconds(3));
  EXPECT_EQ(world.Read(false), 8'000u);
}

TEST(Window, ProbesWithoutAnAnswerEndInATimeout) {
  TwoHosts world(1, SmallBuffers(8'000));
  ASSERT_TRUE(world.Open());
  world.Write(true, 16'000);
  world.RunFor(Seconds(1));
  world.drop = [](const SentSegment&) { return true; };
  world.RunFor(Seconds(600));
  EXPECT_EQ(world.A()->error(), Error::kTimeout);
}

TEST(Window, AFinWaitsForItToOpen) {
  TwoHosts world(1, SmallBuffers(8'000));
  ASSERT_TRUE(world.Open());
  world.Write(true, 8'000);
  world.ea().ShutDownWrite(world.now(), world.ca);
  world.RunFor(Seconds(20));
  EXPECT_EQ(world.Read(false), 8'000u);
  world.RunFor(Seconds(5));
  world.Read(false);
  EXPECT_EQ(world.last_read.status, Connection::ReadStatus::kEnd);
}

TEST(Window, APeersWindowBelowOneMssIsUsed) {
  TwoHosts world(1, EndpointConfig(), SmallBuffers(500), {}, IpFamily::kIpv4);
  ASSERT_TRUE(world.Open());
  Transfer transfer(world, true, 20'000, 1);
  world.after_step = [&] { transfer.Step(); };
  transfer.Step();
  world.RunFor(Seconds(60));
  EXPECT_TRUE(transfer.complete());
  EXPECT_FALSE(transfer.corrupt());
}

TEST(Window, ASlowReaderOfOneByteAtATimeCausesNoTinySegments) {  // §3.8.6.2
  TwoHosts world(1, SmallBuffers(4'000));
  ASSERT_TRUE(world.Open());
  Transfer transfer(world, true, 40'000, 1);
  world.sent.clear();
  transfer.read_limit = 0;
  transfer.Step();
  for (int i = 0; i < 400; ++i) {
    transfer.read_limit += 100;
    transfer.Step();
    world.RunFor(Milliseconds(50));
  }
  EXPECT_EQ(transfer.received(), 40'000u);
  const size_t segments =
      world.CountSent([](const SentSegment& s) { return s.from_a && s.payload > 1; });
  EXPECT_LT(segments, 60u) << "40,000 bytes take 29 full segments; probes do not count";
}

TEST(Nagle, SmallWritesWaitForTheAckAndLeaveTogether) {  // §3.7.4
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  for (int i = 0; i < 10; ++i) world.Write(true, 10);
  world.RunFor(Seconds(1));
  const auto data = DataOf(world, true);
  ASSERT_EQ(data.size(), 2u);
  EXPECT_EQ(data[0].payload, 10u);
  EXPECT_EQ(data[1].payload, 90u);
  EXPECT_TRUE(data[1].header.flags.psh);
}

TEST(Nagle, CanBeSwitchedOff) {
  TwoHosts world;
  ASSERT_TRUE(world.Open({.no_delay = true, .keepalive = {}}));
  world.sent.clear();
  for (int i = 0; i < 10; ++i) world.Write(true, 10);
  EXPECT_EQ(DataOf(world, true).size(), 10u);
}

TEST(Nagle, SwitchedOffLaterLetsWhatWaitsGo) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  world.Write(true, 10);
  world.Write(true, 10);
  EXPECT_EQ(DataOf(world, true).size(), 1u);
  world.ea().SetNoDelay(world.now(), world.ca, true);
  EXPECT_EQ(DataOf(world, true).size(), 2u);
}

TEST(DelayedAck, ALoneSegmentIsAcknowledgedAfterTheDelay) {  // §3.8.6.3
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  const Time start = world.now();
  world.Write(true, 10);
  world.RunFor(Seconds(1));
  ASSERT_EQ(world.sent.size(), 2u);
  EXPECT_EQ(world.sent[1].time - start, Milliseconds(50)) << "10 ms of path, 40 ms of delay";
}

TEST(DelayedAck, EverySecondSegmentIsAcknowledgedAtOnce) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  world.Write(true, 1428 * 10);
  world.RunFor(Milliseconds(15));
  EXPECT_EQ(world.CountSent([](const SentSegment& s) { return !s.from_a; }), 5u);
}

TEST(DelayedAck, RidesOnData) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.sent.clear();
  world.Write(true, 10);
  world.RunFor(Milliseconds(15));
  world.Write(false, 10);
  world.RunFor(Milliseconds(5));
  ASSERT_EQ(world.sent.size(), 2u);
  EXPECT_EQ(world.sent[1].header.acknowledgment, world.sent[0].header.sequence + 10);
}

TEST(DelayedAck, OutOfOrderDataAreAnsweredAtOnce) {  // RFC 5681 §4.2
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  wire::TcpHeader header = world.HeaderFrom(true);
  const uint8_t data[10] = {};
  world.sent.clear();
  header.sequence += 10;
  world.Inject(true, header, data);
  ASSERT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.sent[0].header.options.sack_count, 1);
  header.sequence = header.sequence - 10;
  world.Inject(true, header, data);
  ASSERT_EQ(world.sent.size(), 2u);
  EXPECT_EQ(world.sent[1].header.acknowledgment, header.sequence + 20);
}

TEST(SendBuffer, WriteTakesWhatFitsAndSaysWhenThereIsRoom) {
  EndpointConfig config;
  config.connection.send_buffer = 10'000;
  TwoHosts world(1, config);
  ASSERT_TRUE(world.Open());
  while (world.ea().TakeEvent()) {
  }
  EXPECT_EQ(world.Write(true, 25'000), 10'000u);
  EXPECT_EQ(world.Write(true, 1), 0u);
  world.RunFor(Seconds(1));
  const auto event = world.ea().TakeEvent();
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->events.writable);
  EXPECT_EQ(world.Write(true, 25'000), 10'000u);
}

TEST(Keepalive, ProbesAsConfiguredThenEnds) {  // §3.8.4, and behaviour 33
  TwoHosts world;
  const Keepalive keepalive{.idle = Seconds(100), .interval = Seconds(10), .count = 3};
  ASSERT_TRUE(world.Open({.keepalive = keepalive}));
  world.sent.clear();
  const Time start = world.now();
  world.RunFor(Seconds(1000));
  EXPECT_EQ(world.A()->state(), State::kEstablished) << "the peer answers";
  EXPECT_GT(world.sent.size(), 15u);
  world.sent.clear();
  world.drop = [](const SentSegment&) { return true; };
  world.RunFor(Seconds(200));
  EXPECT_EQ(world.A()->error(), Error::kTimeout);
  const size_t probes = world.CountSent([](const SentSegment& s) { return !s.header.flags.rst; });
  EXPECT_EQ(probes, 3u);
  EXPECT_EQ(world.sent[1].time - world.sent[0].time, Seconds(10));
  EXPECT_TRUE(world.sent.back().header.flags.rst);
  EXPECT_GT(world.now(), start);
}

TEST(Keepalive, APauseIsFollowedByOneProbeAndNoBurst) {
  TwoHosts world;
  const Keepalive keepalive{.idle = Seconds(10), .interval = Seconds(10), .count = 5};
  ASSERT_TRUE(world.Open({.keepalive = keepalive}));
  world.sent.clear();
  world.ea().Advance(world.now() + Seconds(1000));
  EXPECT_EQ(world.sent.size(), 1u);
}

}  // namespace
}  // namespace dualsim::tcp
