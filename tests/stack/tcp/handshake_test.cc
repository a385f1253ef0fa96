#include <gtest/gtest.h>

#include "tests/stack/tcp/two_hosts.h"

namespace dualsim::tcp {
namespace {

using testing::PathConfig;
using testing::SentSegment;
using testing::TwoHosts;
using enum State;

EndpointConfig Plain() {
  EndpointConfig config;
  config.connection.timestamps = false;
  config.connection.window_scaling = false;
  config.connection.sack = false;
  return config;
}

TEST(Handshake, TakesThreeSegmentsOverEitherFamily) {
  for (const IpFamily family : {IpFamily::kIpv4, IpFamily::kIpv6}) {
    TwoHosts world(1, {}, {}, family);
    ASSERT_TRUE(world.Open());
    EXPECT_EQ(world.sent.size(), 3u);
    EXPECT_EQ(world.a().states, (std::vector<State>{kSynSent, kEstablished}));
    EXPECT_EQ(world.b().states, (std::vector<State>{kListen, kSynReceived, kEstablished}));
    EXPECT_TRUE(world.ea().TakeEvent()->events.connected);
    EXPECT_TRUE(world.eb().TakeEvent()->acceptable);
  }
}

TEST(Handshake, OffersItsOptionsAndTheWindowsOfSynAreNotScaled) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  for (const SentSegment& s : {world.sent[0], world.sent[1]}) {
    EXPECT_EQ(s.header.options.mss, 1440);
    EXPECT_EQ(s.header.options.window_scale, 5);
    EXPECT_TRUE(s.header.options.sack_permitted);
    EXPECT_TRUE(s.header.options.timestamps);
    EXPECT_EQ(s.header.window, 65535);
  }
  EXPECT_EQ(world.sent[2].header.window, (1 << 20) >> 5);
  EXPECT_EQ(world.A()->sender().window(), 65535u) << "what the SYN-ACK said, taken as it is";
  EXPECT_EQ(world.B()->sender().window(), uint32_t{1} << 20);
}

TEST(Handshake, WhatOneSideDoesNotOfferNeitherUses) {
  TwoHosts world(1, EndpointConfig(), Plain(), PathConfig(), IpFamily::kIpv6);
  ASSERT_TRUE(world.Open());
  const wire::TcpOptions& answer = world.sent[1].header.options;
  EXPECT_FALSE(answer.window_scale);
  EXPECT_FALSE(answer.sack_permitted);
  EXPECT_FALSE(answer.timestamps);
  EXPECT_FALSE(world.sent[2].header.options.timestamps);
  EXPECT_EQ(world.sent[2].header.window, 65535);
}

TEST(Handshake, AMissingMssMeansTheFamilysDefault) {  // RFC 9293 §3.7.1
  for (const auto& [family, smss] : {std::pair(IpFamily::kIpv4, 536u), {IpFamily::kIpv6, 1220u}}) {
    TwoHosts world(1, Plain(), {}, family);
    world.Listen();
    wire::TcpHeader syn{.source = Port{5000},
                        .destination = TwoHosts::kPort,
                        .sequence = SeqNum(7),
                        .flags = {.syn = true},
                        .window = 5000};
    world.Inject(true, syn);
    const wire::TcpHeader answer = world.sent.back().header;
    world.Inject(true, {.source = Port{5000},
                        .destination = TwoHosts::kPort,
                        .sequence = SeqNum(8),
                        .acknowledgment = answer.sequence + 1,
                        .flags = {.ack = true},
                        .window = 5000});
    ASSERT_TRUE(world.AcceptOne());
    EXPECT_EQ(world.B()->sender().recovery().smss(), smss);
  }
}

TEST(Handshake, ALostSynIsSentAgainWithBackoff) {
  TwoHosts world;
  world.drop = [&](const SentSegment& s) { return s.header.flags.syn && world.sent.size() < 3; };
  world.Listen();
  const Time start = world.now();
  world.ca = world.Dial();
  world.RunFor(Seconds(10));
  ASSERT_TRUE(world.AcceptOne());
  EXPECT_EQ(world.sent[1].time - start, Seconds(1));
  EXPECT_EQ(world.sent[2].time - start, Seconds(3));
  EXPECT_EQ(world.A()->sender().recovery().window().cwnd, world.A()->sender().recovery().smss())
      << "RFC 5681 §3.1: a lost SYN makes the first window one segment";
}

TEST(Handshake, ALostSynAckIsSentAgainWithItsOptions) {
  TwoHosts world;
  int synacks = 0;
  world.drop = [&](const SentSegment& s) {
    return s.header.flags.syn && s.header.flags.ack && synacks++ == 0;
  };
  ASSERT_FALSE(world.Open());
  world.RunFor(Seconds(3));
  ASSERT_TRUE(world.AcceptOne());
  std::vector<wire::TcpOptions> options;
  for (const SentSegment& s : world.sent) {
    if (s.header.flags.syn && s.header.flags.ack) options.push_back(s.header.options);
  }
  ASSERT_GE(options.size(), 2u);
  for (const wire::TcpOptions& o : options) {
    EXPECT_EQ(o.mss, options[0].mss);
    EXPECT_EQ(o.window_scale, options[0].window_scale);
    EXPECT_TRUE(o.sack_permitted && o.timestamps);
  }
  EXPECT_TRUE(world.A()->state() == kEstablished && world.B()->state() == kEstablished);
}

TEST(Handshake, ALostLastAckIsMadeUpForByData) {
  TwoHosts world;
  world.drop = [&](const SentSegment& s) { return s.from_a && world.sent.size() == 3; };
  ASSERT_FALSE(world.Open());
  EXPECT_EQ(world.A()->state(), kEstablished);
  world.Write(true, 100);
  world.RunFor(Seconds(1));
  ASSERT_TRUE(world.AcceptOne());
  EXPECT_EQ(world.Read(false), 100u);
}

TEST(Handshake, NobodyListensIsRefused) {
  TwoHosts world;
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  ASSERT_NE(world.A(), nullptr);
  EXPECT_EQ(world.A()->state(), kClosed);
  EXPECT_EQ(world.A()->error(), Error::kRefused);
  EXPECT_TRUE(world.b().Dropped(DropReason::TCP_NO_CONNECTION));
  const auto event = world.ea().TakeEvent();
  ASSERT_TRUE(event && event->events.closed);
  EXPECT_FALSE(event->events.connected);
  world.ea().Close(world.now(), world.ca);
  EXPECT_EQ(world.ea().connections(), 0u);
}

TEST(Handshake, NoAnswerIsATimeoutWithinThreeMinutes) {  // RFC 9293 §3.8.3
  TwoHosts world;
  world.drop = [](const SentSegment&) { return true; };
  const Time start = world.now();
  world.ca = world.Dial();
  world.RunFor(Seconds(179));
  EXPECT_EQ(world.A()->state(), kSynSent);
  world.RunUntil(start + Seconds(180));
  EXPECT_EQ(world.A()->error(), Error::kTimeout);
  EXPECT_EQ(world.sent.size(), 8u) << "after 0, 1, 3, 7, 15, 31, 63 and 123 s";
  EXPECT_EQ(world.a().suspicions, 1) << "R1: the network layer was told";
}

TEST(Handshake, AHalfOpenConnectionGivesUp) {
  TwoHosts world;
  world.drop = [](const SentSegment& s) { return !s.from_a; };
  world.Listen();
  world.Dial();
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.eb().connections(), 1u);
  world.drop = [](const SentSegment&) { return true; };
  world.RunFor(Seconds(100));
  EXPECT_EQ(world.eb().connections(), 0u);
  EXPECT_FALSE(world.AcceptOne());
}

TEST(Handshake, SimultaneousOpenEstablishesOneConnection) {  // RFC 9293 §3.5 figure 7
  TwoHosts world;
  const Flow from_a{.local = world.a().address(),
                    .remote = world.b().address(),
                    .local_port = Port{1000},
                    .remote_port = Port{2000}};
  const Flow from_b{.local = world.b().address(),
                    .remote = world.a().address(),
                    .local_port = Port{2000},
                    .remote_port = Port{1000}};
  world.ca = std::get<ConnectionId>(world.ea().Connect(world.now(), from_a));
  world.cb = std::get<ConnectionId>(world.eb().Connect(world.now(), from_b));
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.a().states, (std::vector<State>{kSynSent, kSynReceived, kEstablished}));
  EXPECT_EQ(world.b().states, (std::vector<State>{kSynSent, kSynReceived, kEstablished}));
  for (const Connection* side : {world.A(), world.B()}) {
    const CongestionWindow& window = side->sender().recovery().window();
    EXPECT_EQ(window.cwnd, 10 * window.smss) << "nothing was lost: RFC 6928, not RFC 5681 §3.1";
  }
  EXPECT_EQ(world.Write(true, 5000), 5000u);
  EXPECT_EQ(world.Write(false, 3000), 3000u);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.Read(false), 5000u);
  EXPECT_EQ(world.Read(true), 3000u);
  EXPECT_TRUE(world.A()->timestamps().enabled() && world.B()->timestamps().enabled());
}

TEST(Handshake, SimultaneousOpenSurvivesALoss) {
  for (int lost = 1; lost <= 4; ++lost) {
    TwoHosts world;
    world.drop = [&](const SentSegment&) { return world.sent.size() == static_cast<size_t>(lost); };
    const Flow from_a{.local = world.a().address(),
                      .remote = world.b().address(),
                      .local_port = Port{1000},
                      .remote_port = Port{2000}};
    const Flow from_b{.local = world.b().address(),
                      .remote = world.a().address(),
                      .local_port = Port{2000},
                      .remote_port = Port{1000}};
    world.ca = std::get<ConnectionId>(world.ea().Connect(world.now(), from_a));
    world.cb = std::get<ConnectionId>(world.eb().Connect(world.now(), from_b));
    world.RunFor(Seconds(10));
    EXPECT_EQ(world.A()->state(), kEstablished) << lost;
    EXPECT_EQ(world.B()->state(), kEstablished) << lost;
  }
}

TEST(Handshake, ADuplicateSynMakesNoSecondConnection) {
  TwoHosts world;
  world.path.duplication = 1'000'000'000;
  ASSERT_TRUE(world.Open());
  EXPECT_EQ(world.eb().connections(), 1u);
  EXPECT_EQ(world.A()->state(), kEstablished);
  EXPECT_EQ(world.B()->state(), kEstablished);
  EXPECT_FALSE(world.AcceptOne());
}

TEST(Handshake, ARepeatedSynIsAnsweredAtOnceAndTheTimerCountsFromThere) {
  TwoHosts world;
  world.drop = [&](const SentSegment& s) { return !s.from_a; };
  world.Listen();
  world.ca = world.Dial();
  const wire::TcpHeader syn = world.sent[0].header;
  world.RunFor(Milliseconds(510));
  const Time repeated = world.now();
  world.Inject(true, syn);
  world.path.delay = Seconds(100);  // The client's own SYN comes again too late.
  world.RunFor(Milliseconds(1'500));
  std::vector<Time> synacks;
  for (const SentSegment& s : world.sent) {
    if (!s.from_a && s.header.flags.syn) synacks.push_back(s.time);
  }
  ASSERT_EQ(synacks.size(), 3u);
  EXPECT_EQ(synacks[1], repeated);
  EXPECT_EQ(synacks[2], repeated + Seconds(1)) << "not a second after the first one";
}

TEST(Handshake, AnUnacceptableAckInSynSentIsReset) {  // RFC 9293 §3.10.7.3
  TwoHosts world;
  world.ca = world.Dial();
  const wire::TcpHeader syn = world.sent[0].header;
  world.Inject(false, {.source = syn.destination,
                       .destination = syn.source,
                       .sequence = SeqNum(1),
                       .acknowledgment = syn.sequence + 2,
                       .flags = {.syn = true, .ack = true}});
  EXPECT_TRUE(world.sent.back().header.flags.rst);
  EXPECT_EQ(world.sent.back().header.sequence, syn.sequence + 2);
  EXPECT_EQ(world.A()->state(), kSynSent);
}

TEST(Handshake, AResetInSynSentCountsOnlyWithTheRightAck) {
  TwoHosts world;
  world.ca = world.Dial();
  const wire::TcpHeader syn = world.sent[0].header;
  wire::TcpHeader reset{.source = syn.destination,
                        .destination = syn.source,
                        .sequence = SeqNum(1),
                        .flags = {.rst = true}};
  world.Inject(false, reset);
  reset.flags.ack = true;
  reset.acknowledgment = syn.sequence;
  world.Inject(false, reset);
  EXPECT_EQ(world.A()->state(), kSynSent);
  reset.acknowledgment = syn.sequence + 1;
  world.Inject(false, reset);
  EXPECT_EQ(world.A()->error(), Error::kRefused);
}

TEST(Handshake, AResetInSynReceivedGoesBackToListening) {
  TwoHosts world;
  world.Listen();
  const wire::TcpHeader syn{.source = Port{5000},
                            .destination = TwoHosts::kPort,
                            .sequence = SeqNum(7),
                            .flags = {.syn = true},
                            .window = 5000};
  world.Inject(true, syn);
  EXPECT_EQ(world.eb().connections(), 1u);
  world.Inject(true, {.source = Port{5000},
                      .destination = TwoHosts::kPort,
                      .sequence = SeqNum(8),
                      .flags = {.rst = true}});
  EXPECT_EQ(world.eb().connections(), 0u);
  EXPECT_EQ(world.b().states.back(), kClosed);
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  EXPECT_TRUE(world.AcceptOne()) << "the listener is still there";
}

TEST(Handshake, DataWrittenBeforeItIsOverFollowIt) {
  TwoHosts world;
  world.Listen();
  world.ca = world.Dial();
  EXPECT_EQ(world.Write(true, 300), 300u);
  world.ea().ShutDownWrite(world.now(), world.ca);
  EXPECT_EQ(world.A()->state(), kSynSent);
  world.RunFor(Seconds(1));
  ASSERT_TRUE(world.AcceptOne());
  EXPECT_EQ(world.Read(false), 300u);
  EXPECT_EQ(world.last_read.status, Connection::ReadStatus::kEnd);
  EXPECT_EQ(world.A()->state(), kFinWait2);
}

}  // namespace
}  // namespace dualsim::tcp
