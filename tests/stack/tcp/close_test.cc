#include <gtest/gtest.h>

#include "tests/stack/tcp/two_hosts.h"

namespace dualsim::tcp {
namespace {

using testing::SentSegment;
using testing::TwoHosts;
using enum State;

class Close : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world_.Open());
    world_.a().states.clear();
    world_.b().states.clear();
    world_.sent.clear();
  }
  void Run() { world_.RunFor(Milliseconds(200)); }
  void CloseA() { world_.ea().Close(world_.now(), world_.ca); }
  void CloseB() { world_.eb().Close(world_.now(), world_.cb); }
  void ExpectNothingLeft() {
    EXPECT_EQ(world_.ea().connections(), 0u);
    EXPECT_EQ(world_.eb().connections(), 0u);
    EXPECT_EQ(world_.ea().buffer_bytes(), 0u);
    EXPECT_EQ(world_.eb().buffer_bytes(), 0u);
    EXPECT_FALSE(world_.Step()) << "nothing is due any more";
  }
  TwoHosts world_;
};

TEST_F(Close, OneAfterTheOtherGoesThroughEightStates) {  // RFC 9293 figure 12
  world_.ea().ShutDownWrite(world_.now(), world_.ca);
  Run();
  EXPECT_EQ(world_.a().states, (std::vector<State>{kFinWait1, kFinWait2}));
  EXPECT_EQ(world_.b().states, (std::vector<State>{kCloseWait}));
  world_.Read(false);
  EXPECT_EQ(world_.last_read.status, Connection::ReadStatus::kEnd);
  CloseB();
  Run();
  EXPECT_EQ(world_.a().states, (std::vector<State>{kFinWait1, kFinWait2, kTimeWait}));
  EXPECT_EQ(world_.b().states, (std::vector<State>{kCloseWait, kLastAck, kClosed}));
  EXPECT_EQ(world_.eb().connections(), 0u);
  CloseA();
  EXPECT_EQ(world_.ea().connections(), 1u) << "TIME-WAIT lasts";
  world_.RunFor(Seconds(60));
  EXPECT_EQ(world_.a().states.back(), kClosed);
  ExpectNothingLeft();
}

TEST_F(Close, TimeWaitLastsTwoMslToTheNanosecond) {
  CloseA();
  Run();
  CloseB();
  const Time asked = world_.now();
  Run();
  const Time entered = asked + Milliseconds(10);
  world_.RunUntil(entered + Seconds(60) - Nanoseconds(1));
  EXPECT_EQ(world_.ea().time_wait(), 1u);
  world_.RunUntil(entered + Seconds(60));
  EXPECT_EQ(world_.ea().time_wait(), 0u);
  ExpectNothingLeft();
}

TEST_F(Close, SimultaneousCloseGoesThroughClosing) {  // RFC 9293 figure 13
  CloseA();
  CloseB();
  Run();
  EXPECT_EQ(world_.a().states, (std::vector<State>{kFinWait1, kClosing, kTimeWait}));
  EXPECT_EQ(world_.b().states, (std::vector<State>{kFinWait1, kClosing, kTimeWait}));
  world_.RunFor(Seconds(61));
  ExpectNothingLeft();
}

TEST_F(Close, FinAndAckInOneSegmentGoStraightToTimeWait) {
  world_.drop = [](const SentSegment& s) { return !s.from_a && !s.header.flags.fin; };
  CloseA();
  world_.RunFor(Milliseconds(12));
  CloseB();
  world_.RunFor(Milliseconds(12));
  EXPECT_EQ(world_.a().states, (std::vector<State>{kFinWait1, kFinWait2, kTimeWait}));
}

TEST_F(Close, WhatWasWrittenIsDeliveredBeforeTheFin) {
  world_.Write(true, 200'000);
  CloseA();
  size_t read = 0;
  for (int i = 0; i < 30; ++i) {
    Run();
    read += world_.Read(false);
  }
  EXPECT_EQ(read, 200'000u);
  EXPECT_EQ(world_.last_read.status, Connection::ReadStatus::kEnd);
}

TEST_F(Close, TheOtherHalfStaysOpen) {
  world_.ea().ShutDownWrite(world_.now(), world_.ca);
  Run();
  world_.Write(false, 50'000);
  Run();
  EXPECT_EQ(world_.Read(true), 50'000u);
  EXPECT_EQ(world_.ea().Write(world_.now(), world_.ca, {}).error, Error::kClosed);
}

TEST_F(Close, ALostFinIsSentAgain) {
  int fins = 0;
  world_.drop = [&](const SentSegment& s) { return s.header.flags.fin && fins++ < 2; };
  CloseA();
  world_.RunFor(Seconds(5));
  CloseB();
  world_.RunFor(Seconds(70));
  ExpectNothingLeft();
}

TEST_F(Close, ALostLastAckIsAnsweredFromTimeWaitWhichBeginsAnew) {
  CloseA();
  Run();
  int acks = 0;
  world_.drop = [&](const SentSegment& s) { return s.from_a && acks++ == 0; };
  CloseB();
  world_.RunFor(Seconds(2));
  EXPECT_EQ(world_.b().states.back(), kClosed);
  EXPECT_EQ(world_.ea().time_wait(), 1u);
  world_.RunFor(Seconds(61));
  ExpectNothingLeft();
}

TEST_F(Close, AFinWait2ThatWasLetGoEndsByItself) {
  CloseA();
  Run();
  EXPECT_EQ(world_.a().states.back(), kFinWait2);
  world_.RunFor(Seconds(61));
  EXPECT_EQ(world_.ea().connections(), 0u);
  CloseB();
  world_.RunFor(Seconds(2));
  EXPECT_EQ(world_.eb().connections(), 0u) << "a reset answers the late FIN";
}

TEST_F(Close, UnreadDataMakeItAReset) {  // RFC 9293 §3.6.1
  world_.Write(true, 100);
  Run();
  CloseB();
  Run();
  EXPECT_EQ(world_.eb().connections(), 0u);
  EXPECT_EQ(world_.A()->error(), Error::kReset);
}

TEST_F(Close, DataAfterItAreAnsweredWithAReset) {
  CloseB();
  Run();
  EXPECT_EQ(world_.A()->state(), kCloseWait);
  world_.Write(true, 100);
  Run();
  EXPECT_TRUE(world_.b().Dropped(DropReason::TCP_AFTER_CLOSE));
  EXPECT_EQ(world_.A()->error(), Error::kReset);
  EXPECT_EQ(world_.eb().connections(), 0u);
}

TEST_F(Close, AnAbortResetsThePeer) {
  world_.Write(true, 100);
  world_.ea().Abort(world_.now(), world_.ca);
  EXPECT_EQ(world_.ea().connections(), 0u);
  Run();
  EXPECT_EQ(world_.B()->error(), Error::kReset);
  EXPECT_EQ(world_.Read(false), 0u);
  EXPECT_EQ(world_.last_read.error, Error::kReset);
  CloseB();
  ExpectNothingLeft();
}

TEST_F(Close, FinThenResetLeavesNothing) {
  world_.ea().ShutDownWrite(world_.now(), world_.ca);
  Run();
  EXPECT_EQ(world_.B()->state(), kCloseWait);
  world_.ea().Abort(world_.now(), world_.ca);
  Run();
  EXPECT_EQ(world_.B()->state(), kClosed);
  CloseB();
  ExpectNothingLeft();
}

TEST_F(Close, ResetInClosingAndLastAckIsNoError) {  // RFC 9293 §3.10.7.4
  world_.ea().ShutDownWrite(world_.now(), world_.ca);
  Run();
  world_.eb().ShutDownWrite(world_.now(), world_.cb);
  wire::TcpHeader reset = world_.HeaderFrom(true);
  reset.flags.rst = true;
  world_.Inject(true, reset);
  EXPECT_EQ(world_.B()->state(), kClosed);
  EXPECT_EQ(world_.B()->error(), std::nullopt);
}

TEST_F(Close, InSynSentEndsAtOnceWithoutAWord) {
  TwoHosts world;
  world.ca = world.Dial();
  world.ea().Close(world.now(), world.ca);
  EXPECT_EQ(world.sent.size(), 1u);
  EXPECT_EQ(world.ea().connections(), 0u);
}

TEST_F(Close, InSynReceivedTheFinFollowsTheHandshake) {
  TwoHosts world;
  ListenOptions listen;
  world.Listen(listen);
  world.drop = [](const SentSegment& s) { return s.from_a && !s.header.flags.syn; };
  world.ca = world.Dial();
  world.RunFor(Milliseconds(100));
  EXPECT_EQ(world.b().states.back(), kSynReceived);
  world.eb().Unlisten(world.now(), world.listener);
  EXPECT_EQ(world.b().states.back(), kClosed) << "a listener that goes resets what it holds";
  world.drop = nullptr;
  world.RunFor(Milliseconds(100));
  EXPECT_EQ(world.A()->error(), Error::kReset);
}

TEST_F(Close, ShutDownReadThrowsAwayAndAcknowledges) {
  world_.eb().ShutDownRead(world_.now(), world_.cb);
  world_.Write(true, 3'000'000);
  world_.RunFor(Seconds(5));
  EXPECT_EQ(world_.A()->sender().buffered(), 0u);
  EXPECT_EQ(world_.Read(false), 0u);
  EXPECT_EQ(world_.last_read.status, Connection::ReadStatus::kEnd);
}

TEST_F(Close, AnEndIsReadAfterTheLastByte) {
  world_.Write(true, 10);
  world_.ea().ShutDownWrite(world_.now(), world_.ca);
  Run();
  uint8_t bytes[4];
  size_t total = 0;
  for (;;) {
    const auto result = world_.eb().Read(world_.now(), world_.cb, bytes);
    if (result.status != Connection::ReadStatus::kData) {
      EXPECT_EQ(result.status, Connection::ReadStatus::kEnd);
      break;
    }
    total += result.count;
  }
  EXPECT_EQ(total, 10u);
}

TEST_F(Close, AFinThatOvertakesDataWaitsForThem) {
  bool dropped = false;
  world_.drop = [&](const SentSegment& s) {
    return s.from_a && s.payload > 0 && !std::exchange(dropped, true);
  };
  world_.Write(true, 3000);
  CloseA();
  world_.RunFor(Milliseconds(15));
  EXPECT_EQ(world_.B()->state(), kEstablished);
  world_.RunFor(Seconds(2));
  EXPECT_EQ(world_.B()->state(), kCloseWait);
  EXPECT_EQ(world_.Read(false), 3000u);
}

}  // namespace
}  // namespace dualsim::tcp
