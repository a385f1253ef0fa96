#include <gtest/gtest.h>

#include "tests/stack/tcp/two_hosts.h"

namespace dualsim::tcp {
namespace {

using testing::SentSegment;
using testing::TwoHosts;
using enum State;

// Segments that somebody else forged: RFC 5961, RFC 1337, RFC 7323 §5.
class Forged : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world_.Open());
    world_.sent.clear();
  }
  // What b answered with since the last call.
  std::vector<SentSegment> Answers() { return std::exchange(world_.sent, {}); }
  void ExpectChallengeAck() {
    const auto answers = Answers();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_TRUE(answers[0].header.flags.ack && !answers[0].header.flags.rst);
    EXPECT_EQ(answers[0].header.acknowledgment, world_.B()->reassembly().next());
  }
  TwoHosts world_;
};

TEST_F(Forged, ResetWithTheExactNumberEnds) {
  wire::TcpHeader reset = world_.HeaderFrom(true);
  reset.flags = {.rst = true};
  world_.Inject(true, reset);
  EXPECT_EQ(world_.B()->error(), Error::kReset);
}

TEST_F(Forged, ResetInsideTheWindowIsChallenged) {  // RFC 5961 §3.2
  wire::TcpHeader reset = world_.HeaderFrom(true);
  reset.flags = {.rst = true};
  reset.sequence += 1;
  world_.Inject(true, reset);
  EXPECT_EQ(world_.B()->state(), kEstablished);
  EXPECT_TRUE(world_.b().Dropped(DropReason::TCP_INEXACT_RST));
  ExpectChallengeAck();
}

TEST_F(Forged, ResetOutsideTheWindowIsIgnored) {
  wire::TcpHeader reset = world_.HeaderFrom(true);
  reset.flags = {.rst = true};
  reset.sequence = reset.sequence - 1;
  world_.Inject(true, reset);
  EXPECT_EQ(world_.B()->state(), kEstablished);
  EXPECT_TRUE(Answers().empty());
}

TEST_F(Forged, SynIsChallengedWhereverItStands) {  // RFC 5961 §4.2
  for (const uint32_t offset : {0u, 100u, 0x80000000u}) {
    wire::TcpHeader syn = world_.HeaderFrom(true);
    syn.flags = {.syn = true};
    syn.sequence += offset;
    world_.Inject(true, syn);
    EXPECT_EQ(world_.B()->state(), kEstablished);
    ExpectChallengeAck();
  }
}

TEST_F(Forged, AGenuineRestartIsFoundOutByTheChallenge) {
  // a lost its memory and connects again from the same port.
  const Flow flow = world_.A()->flow();
  world_.drop = [](const SentSegment&) { return true; };
  world_.ea().Abort(world_.now(), world_.ca);
  world_.drop = nullptr;
  world_.ca = std::get<ConnectionId>(world_.ea().Connect(world_.now(), flow));
  world_.RunFor(Seconds(5));
  EXPECT_EQ(world_.B()->error(), Error::kReset);
  EXPECT_EQ(world_.A()->state(), kEstablished);
}

TEST_F(Forged, AckOfWhatWasNeverSentIsChallenged) {  // RFC 5961 §5.2
  for (const uint32_t offset : {1u, 100'000u, 0x7fffffffu}) {
    wire::TcpHeader ack = world_.HeaderFrom(true);
    ack.acknowledgment += offset;
    const uint8_t data[] = {1, 2, 3};
    world_.Inject(true, ack, data);
    EXPECT_EQ(world_.B()->readable(), 0u) << "data with such an ACK are not taken";
    ExpectChallengeAck();
  }
}

TEST_F(Forged, AckOlderThanAWindowIsChallenged) {
  wire::TcpHeader ack = world_.HeaderFrom(true);
  ack.acknowledgment = ack.acknowledgment - (world_.B()->sender().max_window() + 1);
  const uint8_t data[] = {1, 2, 3};
  world_.Inject(true, ack, data);
  EXPECT_EQ(world_.B()->readable(), 0u);
  ExpectChallengeAck();
  ack.acknowledgment += 1;
  world_.Inject(true, ack, data);
  EXPECT_EQ(world_.B()->readable(), 3u) << "an old duplicate within it carries its data";
}

TEST_F(Forged, ChallengesAreLimitedAndComeBack) {  // RFC 5961 §10
  wire::TcpHeader reset = world_.HeaderFrom(true);
  reset.flags = {.rst = true};
  reset.sequence += 5;
  for (int i = 0; i < 1000; ++i) world_.Inject(true, reset);
  EXPECT_EQ(Answers().size(), 10u);
  world_.RunFor(Seconds(5));
  world_.Inject(true, reset);
  EXPECT_EQ(Answers().size(), 1u);
}

TEST_F(Forged, TwoConfusedEndsDoNotAcknowledgeForEver) {
  wire::TcpHeader ack = world_.HeaderFrom(true);
  ack.sequence = ack.sequence - 500;
  for (int i = 0; i < 1000; ++i) world_.Inject(true, ack);
  EXPECT_LE(Answers().size(), 10u);
}

TEST_F(Forged, OldTimestampIsRefusedAndAnswered) {  // PAWS, RFC 7323 §5.3
  world_.Write(true, 10);
  world_.RunFor(Seconds(1));
  Answers();
  wire::TcpHeader old = world_.HeaderFrom(true);
  old.options.timestamps->value -= 5000;
  const uint8_t data[] = {9};
  world_.Inject(true, old, data);
  EXPECT_EQ(world_.B()->readable(), 10u);
  EXPECT_TRUE(world_.b().Dropped(DropReason::TCP_OLD_TIMESTAMP));
  ExpectChallengeAck();
}

TEST_F(Forged, AfterTwentyFourDaysATimestampProvesNothing) {  // RFC 7323 §5.5
  world_.RunFor(Seconds(24 * 86400 + 10));
  wire::TcpHeader old = world_.HeaderFrom(true);
  old.options.timestamps->value -= 0x7fffffff;
  const uint8_t data[] = {9};
  world_.Inject(true, old, data);
  EXPECT_EQ(world_.B()->readable(), 1u);
}

TEST_F(Forged, ASegmentWithoutTheAgreedTimestampIsDropped) {  // RFC 7323 §3.2
  wire::TcpHeader bare = world_.HeaderFrom(true);
  bare.options.timestamps.reset();
  const uint8_t data[] = {9};
  world_.Inject(true, bare, data);
  EXPECT_EQ(world_.B()->readable(), 0u);
  EXPECT_TRUE(world_.b().Dropped(DropReason::TCP_NO_TIMESTAMP));
}

TEST_F(Forged, ResetDoesNotCutTimeWaitShort) {  // RFC 1337
  world_.ea().ShutDownWrite(world_.now(), world_.ca);
  world_.RunFor(Seconds(1));
  wire::TcpHeader reset = world_.HeaderFrom(false);
  reset.sequence += 1;  // After b's FIN.
  reset.flags = {.rst = true};
  world_.eb().Close(world_.now(), world_.cb);
  world_.RunFor(Seconds(1));
  ASSERT_EQ(world_.A()->state(), kTimeWait);
  world_.Inject(false, reset);
  EXPECT_EQ(world_.A()->state(), kTimeWait);
  EXPECT_TRUE(world_.a().Dropped(DropReason::TCP_TIME_WAIT_RST));
}

TEST_F(Forged, DataBeyondTheWindowAreCutOff) {
  wire::TcpHeader header = world_.HeaderFrom(true);
  const uint32_t room = world_.B()->receive_window().Size(world_.B()->reassembly().next());
  header.sequence += room - 2;
  const uint8_t data[] = {1, 2, 3, 4, 5};
  world_.Inject(true, header, data);
  header = world_.HeaderFrom(true);
  EXPECT_TRUE(world_.B()->reassembly().has_holes());
  header.sequence += room;
  world_.Inject(true, header, data);
  EXPECT_TRUE(world_.b().Dropped(DropReason::TCP_OUT_OF_WINDOW));
}

TEST_F(Forged, HolesAreBounded) {
  wire::TcpHeader header = world_.HeaderFrom(true);
  const uint8_t data[] = {1};
  for (int i = 0; i < 1000; ++i) {
    header.sequence += 10;
    world_.Inject(true, header, data);
  }
  EXPECT_TRUE(world_.b().Dropped(DropReason::TCP_HOLE_LIMIT));
  EXPECT_LE(world_.eb().buffer_bytes(), size_t{1} << 20);
}

TEST_F(Forged, SegmentsOfNoSingleNodeAreDropped) {
  const wire::TcpHeader header{
      .source = Port{1}, .destination = TwoHosts::kPort, .flags = {.syn = true}};
  const wire::TcpSegment segment{header, {}};
  const IpAddress group = *IpAddress::Parse("ff02::1");
  world_.eb().OnSegment(world_.now(), group, world_.b().address(), segment, false);
  world_.eb().OnSegment(world_.now(), world_.a().address(), group, segment, false);
  EXPECT_EQ(world_.eb().connections(), 1u);
  EXPECT_TRUE(Answers().empty());
  EXPECT_EQ(
      std::count(world_.b().drops.begin(), world_.b().drops.end(), DropReason::TCP_NOT_UNICAST), 2);
}

TEST_F(Forged, RandomSegmentsNeverBreakAnything) {
  RandomStream random(1, "forged", "segments");
  uint8_t data[64] = {};
  for (int i = 0; i < 30'000; ++i) {
    const bool from_a = random.Below(2) == 0;
    if ((from_a ? world_.A() : world_.B()) == nullptr) break;
    wire::TcpHeader header = world_.HeaderFrom(from_a);
    header.flags = wire::TcpFlags::FromByte(static_cast<uint8_t>(random()));
    if (random.Below(8) != 0) header.flags.rst = false;
    header.sequence += static_cast<uint32_t>(random.Below(4000)) - 2000;
    header.acknowledgment += static_cast<uint32_t>(random.Below(40)) - 20;
    header.window = static_cast<uint16_t>(random());
    header.options.sack_count = static_cast<uint8_t>(random.Below(5));
    for (auto& block : header.options.sack) {
      block = {header.acknowledgment + static_cast<uint32_t>(random.Below(99)) - 9,
               header.acknowledgment + static_cast<uint32_t>(random.Below(3000))};
    }
    world_.Inject(from_a, header, ByteView(data, random.Below(sizeof data)));
    if (random.Below(4) == 0) world_.Write(from_a, random.Below(5000));
    if (random.Below(9) == 0) world_.RunFor(Milliseconds(5));
    if (random.Below(30) == 0) world_.Read(!from_a);
    world_.sent.clear();
    // Ends and begins anew.
    if (world_.A()->state() == kClosed || world_.B()->state() == kClosed) {
      world_.ea().Close(world_.now(), world_.ca);
      world_.eb().Close(world_.now(), world_.cb);
      world_.RunFor(Seconds(400));
      world_.ca = world_.Dial();
      world_.RunFor(Seconds(5));
      ASSERT_TRUE(world_.AcceptOne());
    }
  }
}

}  // namespace
}  // namespace dualsim::tcp
