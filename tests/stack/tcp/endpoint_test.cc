#include <gtest/gtest.h>

#include <set>

#include "tests/stack/tcp/transfer.h"

namespace dualsim::tcp {
namespace {

using testing::PathConfig;
using testing::SentSegment;
using testing::Transfer;
using testing::TwoHosts;
using enum State;

TEST(Listen, OnceForEachAddressAndPort) {
  TwoHosts world;
  world.Listen();
  EXPECT_EQ(std::get<Refusal>(world.eb().Listen({.port = TwoHosts::kPort})), Refusal::kPortInUse);
  EXPECT_TRUE(std::holds_alternative<ListenerId>(
      world.eb().Listen({.address = world.b().address(), .port = TwoHosts::kPort})));
  EXPECT_EQ(std::get<Refusal>(world.eb().Listen({.port = Port::kAny})), Refusal::kBadAddress);
  world.eb().Unlisten(world.now(), world.listener);
  world.Listen();
}

TEST(Listen, TheListenerOfTheAddressComesFirst) {
  TwoHosts world;
  world.Listen();
  const auto own = std::get<ListenerId>(
      world.eb().Listen({.address = world.b().address(), .port = TwoHosts::kPort}));
  world.Dial();
  world.RunFor(Seconds(1));
  EXPECT_FALSE(world.eb().Accept(world.listener));
  EXPECT_TRUE(world.eb().Accept(own));
}

TEST(Listen, ClosedAndOpenedAgainAtOnce) {  // behaviour 37
  TwoHosts world;
  world.Listen();
  world.ca = world.Dial();
  world.RunFor(Milliseconds(15));
  world.eb().Unlisten(world.now(), world.listener);
  EXPECT_EQ(world.eb().connections(), 0u);
  world.Listen();
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.A()->error(), Error::kReset);
  world.ca = world.Dial();
  world.RunFor(Seconds(1));
  EXPECT_TRUE(world.AcceptOne());
}

TEST(Listen, AFullBacklogTakesNoMoreUntilOneIsAccepted) {
  TwoHosts world;
  world.Listen({.backlog = 2});
  for (int i = 0; i < 4; ++i) world.Dial();
  world.RunFor(Milliseconds(500));
  EXPECT_TRUE(world.b().Dropped(DropReason::TCP_BACKLOG_FULL));
  EXPECT_TRUE(world.AcceptOne());
  EXPECT_TRUE(world.AcceptOne());
  EXPECT_FALSE(world.AcceptOne());
  world.RunFor(Seconds(5));
  EXPECT_TRUE(world.AcceptOne());
  EXPECT_TRUE(world.AcceptOne());
}

TEST(Listen, AFloodIsBoundedAndATrueClientGetsIn) {  // behaviour 29
  for (const bool timestamps : {true, false}) {
    EndpointConfig config;
    config.connection.timestamps = timestamps;
    TwoHosts world(1, config);
    world.keep_sent = false;
    world.Listen({.max_half_open = 64});
    RandomStream random(1, "flood", "syn");
    const Time start = world.now();
    const auto flood = [&](int count) {
      for (int i = 0; i < count; ++i) {
        const IpAddress source = Ipv6Address::FromIntegers(0x20010db8'00000000, random());
        wire::TcpHeader syn{.source = Port{static_cast<uint16_t>(1 + random.Below(65535))},
                            .destination = TwoHosts::kPort,
                            .sequence = SeqNum(static_cast<uint32_t>(random())),
                            .flags = {.syn = true},
                            .window = 1000};
        syn.options.mss = 1440;
        world.eb().OnSegment(world.now(), source, world.b().address(), {syn, {}}, false);
      }
    };
    flood(20'000);
    EXPECT_EQ(world.eb().connections(), 64u);
    EXPECT_EQ(world.eb().buffer_bytes(), 0u);
    world.ca = world.Dial();
    for (int i = 0; i < 10; ++i) {
      world.RunFor(Milliseconds(10));
      flood(1000);
    }
    ASSERT_TRUE(world.AcceptOne());
    EXPECT_LT(world.now() - start, Seconds(3));
    EXPECT_LE(world.eb().connections(), 66u);
    EXPECT_EQ(world.B()->timestamps().enabled(), timestamps) << "the cookie kept the options";
    EXPECT_EQ(world.B()->sender().recovery().smss(), timestamps ? 1428u : 1440u);
    Transfer transfer(world, true, 200'000, 1);
    world.after_step = [&] { transfer.Step(); };
    transfer.Step();
    world.RunFor(Seconds(5));
    EXPECT_TRUE(transfer.complete());
    EXPECT_FALSE(transfer.corrupt());
  }
}

TEST(Listen, AForgedCookieIsReset) {
  TwoHosts world;
  world.Listen({.max_half_open = 0});
  const wire::TcpHeader syn{.source = Port{5000},
                            .destination = TwoHosts::kPort,
                            .sequence = SeqNum(7),
                            .flags = {.syn = true},
                            .window = 1000};
  world.Inject(true, syn);
  ASSERT_TRUE(world.sent.back().header.flags.syn);
  const SeqNum cookie = world.sent.back().header.sequence;
  wire::TcpHeader ack{.source = Port{5000},
                      .destination = TwoHosts::kPort,
                      .sequence = SeqNum(8),
                      .acknowledgment = cookie + 2,
                      .flags = {.ack = true},
                      .window = 1000};
  world.Inject(true, ack);
  EXPECT_TRUE(world.sent.back().header.flags.rst);
  EXPECT_TRUE(world.b().Dropped(DropReason::TCP_BAD_COOKIE));
  ack.acknowledgment = cookie + 1;
  world.Inject(true, ack);
  EXPECT_EQ(world.eb().connections(), 1u);
}

TEST(Endpoint, SegmentsForNobodyAreReset) {  // RFC 9293 §3.10.7.1
  TwoHosts world;
  wire::TcpHeader header{.source = Port{5000},
                         .destination = Port{81},
                         .sequence = SeqNum(100),
                         .flags = {.fin = true, .syn = true}};
  const uint8_t data[10] = {};
  world.Inject(true, header, data);
  wire::TcpHeader reset = world.sent.back().header;
  EXPECT_TRUE(reset.flags.rst && reset.flags.ack);
  EXPECT_EQ(reset.sequence, SeqNum(0));
  EXPECT_EQ(reset.acknowledgment, SeqNum(112));
  header.flags = {.ack = true};
  header.acknowledgment = SeqNum(5);
  world.Inject(true, header);
  reset = world.sent.back().header;
  EXPECT_TRUE(reset.flags.rst && !reset.flags.ack);
  EXPECT_EQ(reset.sequence, SeqNum(5));
  header.flags.rst = true;
  const size_t count = world.sent.size();
  world.Inject(true, header);
  EXPECT_EQ(world.sent.size(), count) << "no reset answers a reset";
}

TEST(Endpoint, RefusesBadAddressesAndFlowsInUse) {
  TwoHosts world;
  world.Listen();
  Flow flow{.local = world.a().address(),
            .remote = world.b().address(),
            .local_port = Port{1000},
            .remote_port = TwoHosts::kPort};
  world.ca = std::get<ConnectionId>(world.ea().Connect(world.now(), flow));
  EXPECT_EQ(std::get<Refusal>(world.ea().Connect(world.now(), flow)), Refusal::kPortInUse);
  flow.remote = *IpAddress::Parse("192.0.2.1");
  EXPECT_EQ(std::get<Refusal>(world.ea().Connect(world.now(), flow)), Refusal::kBadAddress);
  flow.remote = *IpAddress::Parse("ff02::1");
  EXPECT_EQ(std::get<Refusal>(world.ea().Connect(world.now(), flow)), Refusal::kBadAddress);
}

TEST(Endpoint, AnIdThatIsGoneMeansNothing) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  world.ea().Abort(world.now(), world.ca);
  EXPECT_EQ(world.A(), nullptr);
  EXPECT_EQ(world.ea().Write(world.now(), world.ca, {}).error, Error::kClosed);
  EXPECT_EQ(world.Read(true), 0u);
  EXPECT_EQ(world.last_read.error, Error::kClosed);
  world.ea().Close(world.now(), world.ca);
  const ConnectionId again = world.Dial();
  EXPECT_EQ(again.slot, world.ca.slot);
  EXPECT_NE(again.generation, world.ca.generation);
}

TEST(Endpoint, TheConnectionLimitHolds) {
  EndpointConfig config;
  config.max_connections = 3;
  TwoHosts world(1, config);
  world.Listen();
  for (int i = 0; i < 3; ++i) world.Dial();
  const auto refused = world.ea().Connect(
      world.now(),
      {.local = world.a().address(), .remote = world.b().address(), .remote_port = Port{80}});
  EXPECT_EQ(std::get<Refusal>(refused), Refusal::kConnectionLimit);
}

TEST(TimeWait, ANewSynWithALaterTimestampBeginsANewConnection) {  // RFC 6191
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  const Flow flow = world.A()->flow();
  world.eb().Close(world.now(), world.cb);
  world.RunFor(Milliseconds(100));
  world.ea().Close(world.now(), world.ca);
  world.RunFor(Milliseconds(100));
  ASSERT_EQ(world.eb().time_wait(), 1u);
  const SeqNum last = world.sent.back().header.sequence;
  world.ca = std::get<ConnectionId>(world.ea().Connect(world.now(), flow));
  world.RunFor(Seconds(1));
  ASSERT_TRUE(world.AcceptOne());
  EXPECT_EQ(world.eb().time_wait(), 0u);
  EXPECT_TRUE(world.B()->sender().una() > last);
}

TEST(TimeWait, ANewSynWithAnOldTimestampIsChallenged) {
  TwoHosts world;
  ASSERT_TRUE(world.Open());
  wire::TcpHeader syn = world.HeaderFrom(true);
  world.eb().Close(world.now(), world.cb);
  world.RunFor(Milliseconds(100));
  world.ea().Close(world.now(), world.ca);
  world.RunFor(Milliseconds(100));
  syn.flags = {.syn = true};
  syn.sequence += 100'000;
  syn.options.timestamps->value -= 1000;
  world.Inject(true, syn);
  EXPECT_EQ(world.eb().time_wait(), 1u);
  EXPECT_FALSE(world.sent.back().header.flags.syn);
}

TEST(TimeWait, IsBoundedAndTheOldestMakesRoom) {
  EndpointConfig config;
  config.max_time_wait = 5;
  TwoHosts world(1, config);
  world.Listen();
  for (int i = 0; i < 20; ++i) {
    world.ca = world.Dial();
    world.RunFor(Milliseconds(50));
    ASSERT_TRUE(world.AcceptOne());
    world.ea().Close(world.now(), world.ca);
    world.RunFor(Milliseconds(50));
    world.eb().Close(world.now(), world.cb);
    world.RunFor(Milliseconds(50));
    EXPECT_LE(world.ea().time_wait(), 5u);
  }
  EXPECT_EQ(world.ea().connections(), 5u);
}

// One connection: opened, a few bytes each way, closed by either side.
void OneConnection(TwoHosts& world, bool a_closes_first) {
  world.ca = world.Dial();
  world.RunFor(Microseconds(250));
  ASSERT_TRUE(world.AcceptOne());
  world.Write(true, 20);
  world.RunFor(Microseconds(150));
  ASSERT_EQ(world.Read(false), 20u);
  if (a_closes_first) world.ea().Close(world.now(), world.ca);
  world.RunFor(Microseconds(150));
  world.eb().Close(world.now(), world.cb);
  world.RunFor(Microseconds(150));
  if (!a_closes_first) world.ea().Close(world.now(), world.ca);
  world.RunFor(Microseconds(300));
}

TEST(Endpoint, SeventyThousandConnectionsLeaveNothingBehind) {  // behaviour 28
  PathConfig path;
  path.delay = Microseconds(50);
  TwoHosts world(1, {}, path);
  world.keep_sent = false;
  world.Listen();
  for (int i = 0; i < 70'000; ++i) {
    const Time start = world.now();
    OneConnection(world, i % 2 == 0);
    ASSERT_LE(world.now() - start, Milliseconds(2)) << "no stall at " << i;
    if (i % 5'000 == 4'999) {
      while (world.ea().TakeEvent()) {
      }
      while (world.eb().TakeEvent()) {
      }
      world.a().states.clear();
      world.b().states.clear();
      world.a().drops.clear();
      world.b().drops.clear();
    }
  }
  EXPECT_GT(world.ea().time_wait(), 20'000u);
  world.RunFor(Seconds(61));
  for (Endpoint* endpoint : {&world.ea(), &world.eb()}) {
    while (endpoint->TakeEvent()) {
    }
    EXPECT_EQ(endpoint->connections(), 0u);
    EXPECT_EQ(endpoint->time_wait(), 0u);
    EXPECT_EQ(endpoint->buffer_bytes(), 0u);
    EXPECT_TRUE(endpoint->deadline().is_never());
  }
}

TEST(Endpoint, TenThousandIdleConnectionsAreSmallAndCostNothing) {
  TwoHosts world;
  world.keep_sent = false;
  world.Listen({.backlog = 20'000, .max_half_open = 20'000});
  std::vector<ConnectionId> ids;
  for (int i = 0; i < 10'000; ++i) ids.push_back(world.Dial());
  world.RunFor(Seconds(5));
  int accepted = 0;
  while (world.AcceptOne()) ++accepted;
  EXPECT_EQ(accepted, 10'000);
  EXPECT_TRUE(world.ea().deadline().is_never() || world.ea().deadline() > world.now());
  world.RunFor(Seconds(100));
  EXPECT_EQ(world.ea().buffer_bytes(), 0u);
  EXPECT_LE(sizeof(Connection), 1536u) << "an idle connection is little more than this";
  EXPECT_FALSE(world.Step()) << "and nothing is due";
  world.ca = ids[7777];
  world.cb = {};
  EXPECT_EQ(world.Write(true, 10), 10u);
  for (const ConnectionId id : ids) world.ea().Close(world.now(), id);
  world.RunFor(Seconds(1));
  EXPECT_EQ(world.ea().connections(), 10'000u);
}

}  // namespace
}  // namespace dualsim::tcp
