#include "sim/scenario/event_expectations.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/scenario/load.h"

namespace dualsim::sim {
namespace {

// A plan's expectations, told by hand what happens on the link of two hosts.
class EventExpectationsTest : public testing::Test {
 protected:
  void Expect(const std::string& expectations) {
    LoadResult result = LoadScenarioText(
        "x",
        "duration: \"10s\" link { name: \"lan\" } host { name: \"a\" interface { link: "
        "\"lan\" } } host { name: \"b\" interface { link: \"lan\" } } at { time: \"1s\" ping "
        "{ name: \"p\" from: \"a\" to: \"fe80::b\" count: 3 } } " +
            expectations);
    ASSERT_EQ(result.diagnostics.ToString(), "");
    plan_ = std::move(*result.plan);
    pings_ = std::make_unique<PingTracker>(plan_);
    events_ = std::make_unique<EventExpectations>(plan_, *pings_);
  }

  static Time At(int64_t milliseconds) { return Time() + Milliseconds(milliseconds); }

  // A frame whose first byte behind the Ethernet header is `first`.
  void Frame(int64_t milliseconds, uint8_t first, NodeId sender = kA) {
    std::vector<uint8_t> frame(60);
    frame[14] = first;
    FrameEvent event;
    event.sender = sender;
    event.frame = frame;
    events_->OnFrame(At(milliseconds), event);
  }

  std::vector<Decision> Finish(int64_t milliseconds = 10'000) {
    std::vector<Decision> decisions(plan_.expectations.size());
    events_->Finish(At(milliseconds), &decisions);
    return decisions;
  }
  Decision Only() { return Finish().at(0); }

  static constexpr NodeId kA{0};
  static constexpr NodeId kB{1};
  Plan plan_;
  std::unique_ptr<PingTracker> pings_;
  std::unique_ptr<EventExpectations> events_;
};

TEST_F(EventExpectationsTest, CountsFramesThatMatchWithinTheWindow) {
  Expect(
      "expect { from: \"2s\" until: \"4s\" packets { link: \"lan\" filter: \"ether[14] == 7\" "
      "from: \"a\" count { exactly: 2 } } }");
  Frame(1999, 7);
  Frame(2000, 7);
  Frame(3000, 8);
  Frame(3000, 7, kB);
  Frame(4000, 7);
  Frame(4001, 7);
  EXPECT_EQ(Only().verdict, Verdict::kHeld);
}

TEST_F(EventExpectationsTest, TooManyFailAtTheFirstThatIsTooMuch) {
  Expect("expect { packets { link: \"lan\" count { at_most: 1 } } }");
  Frame(1000, 7);
  Frame(2000, 7);
  Frame(3000, 7);
  const Decision decision = Only();
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.at, At(2000));
  EXPECT_EQ(decision.seen, "2 such packets, the last at 2s");
}

TEST_F(EventExpectationsTest, TooFewFailAtTheEndOfTheWindow) {
  Expect("expect { by: \"5s\" packets { link: \"lan\" count { at_least: 2 } } }");
  Frame(1000, 7);
  Frame(5001, 7);
  const Decision decision = Only();
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.at, At(5000));
  EXPECT_EQ(decision.seen, "1 such packet, at 1s");
}

TEST_F(EventExpectationsTest, NeverMeansNotOnce) {
  Expect("expect { until: \"2s\" never { packets { link: \"lan\" filter: \"ether[14] == 7\" } } }");
  Frame(1000, 8);
  Frame(2001, 7);
  EXPECT_EQ(Only().verdict, Verdict::kHeld);
}

TEST_F(EventExpectationsTest, IntervalsAreBetweenOneMatchAndTheNext) {
  Expect("expect { packets { link: \"lan\" min_interval: \"1s\" max_interval: \"2s\" } }");
  Frame(1000, 7);
  Frame(2000, 7);
  Frame(4000, 7);
  Frame(4999, 7);
  const Decision decision = Only();
  EXPECT_EQ(decision.verdict, Verdict::kFailed);
  EXPECT_EQ(decision.seen, "packet 4 came 999ms after the one before it");
}

TEST_F(EventExpectationsTest, ASequenceAllowsOthersBetweenAndNoneTwice) {
  Expect(
      "expect { packets { link: \"lan\" sequence { filter: \"ether[14] == 1\" } sequence { "
      "filter: \"ether[14] == 1\" } sequence { filter: \"ether[14] == 2\" } } }");
  Frame(1000, 1);
  Frame(1500, 9);
  Frame(2000, 2);
  EXPECT_EQ(Only().verdict, Verdict::kFailed);
  EXPECT_EQ(Only().seen, "step 1 came at 1s; step 2, 'ether[14] == 1', never came after it");
}

TEST_F(EventExpectationsTest, ASequenceMayBeginAgainWhereTimeRanOut) {
  Expect(
      "expect { packets { link: \"lan\" sequence { filter: \"ether[14] == 1\" } sequence { "
      "filter: \"ether[14] == 2\" within: \"1s\" } } }");
  Frame(1000, 1);
  Frame(3000, 1);
  Frame(3500, 2);
  EXPECT_EQ(Only().verdict, Verdict::kHeld);
}

TEST_F(EventExpectationsTest, DropsCountByPlaceAndReason) {
  Expect(
      "expect { drops { host: \"b\" reason: \"NDP_HOP_LIMIT\" count { exactly: 1 } }"
      "         drops { link: \"lan\" reason: \"LINK_LOSS\" count { exactly: 1 } }"
      "         drops { host: \"b\" reason: \"RECEIVER_OFF\" count { exactly: 1 } }"
      "         drops { count { exactly: 4 } } }");
  DropFact fact;
  fact.reason = DropReason::NDP_HOP_LIMIT;
  events_->OnDrop(At(1000), kA, fact);
  events_->OnDrop(At(1000), kB, fact);
  FrameEvent lost;
  lost.dropped = true;
  lost.reason = DropReason::LINK_LOSS;
  events_->OnFrame(At(1000), lost);
  FrameLossEvent missed;
  missed.receiver = kB;
  missed.reason = DropReason::RECEIVER_OFF;
  events_->OnFrameLoss(At(1000), missed);
  for (const Decision& decision : Finish()) {
    EXPECT_EQ(decision.verdict, Verdict::kHeld) << decision.seen;
  }
}

TEST_F(EventExpectationsTest, LogLinesAreThoseOfAProgramWholeAndInOrder) {
  Expect(
      "expect { log { host: \"a\" application: \"echo\" text: \"one\" count { exactly: 1 } } } "
      "expect { log { host: \"a\" application: \"\" text: \"one\" count { exactly: 0 } } } "
      "expect { log { host: \"a\" sequence: \"one\" sequence: \"two\" } } "
      "expect { log { host: \"a\" sequence: \"two\" sequence: \"one\" } }");
  events_->OnLog(At(1000), kA, {"one", "echo"});
  events_->OnLog(At(1000), kA, {"one more", "echo"});
  events_->OnLog(At(2000), kA, {"two", "echo"});
  const std::vector<Decision> decisions = Finish();
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(decisions[i].verdict, Verdict::kHeld) << i;
  EXPECT_EQ(decisions[3].verdict, Verdict::kFailed);
  EXPECT_EQ(decisions[3].seen, "not 'one'");
}

TEST_F(EventExpectationsTest, ConnectionsAreCountedByTheStateTheyComeInto) {
  Expect(
      "expect { by: \"2s\" connection { host: \"a\" peer: \"2001:db8::2\" peer_port: 80 } } "
      "expect { connection { host: \"a\" state: CLOSED failed: true count { exactly: 1 } } } "
      "expect { never { connection { host: \"*\" state: CLOSED failed: true } } }");
  const tcp::Flow flow{*IpAddress::Parse("2001:db8::1"), *IpAddress::Parse("2001:db8::2"),
                       Port{40000}, Port{80}};
  events_->OnConnection(At(1000), kA,
                        {flow, tcp::State::kSynSent, tcp::State::kEstablished, std::nullopt});
  events_->OnConnection(At(3000), kA,
                        {flow, tcp::State::kEstablished, tcp::State::kClosed, tcp::Error::kReset});
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions[0].verdict, Verdict::kHeld);
  EXPECT_EQ(decisions[1].verdict, Verdict::kHeld);
  EXPECT_EQ(decisions[2].verdict, Verdict::kFailed);
}

TEST_F(EventExpectationsTest, LogLinesAreFoundByTheirText) {
  Expect(
      "expect { log { host: \"a\" contains: \"duplicate\" } }"
      "expect { log { host: \"b\" contains: \"duplicate\" } }");
  events_->OnLog(At(1000), kA, {"a duplicate address"});
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kHeld);
  EXPECT_EQ(decisions.at(0).at, At(1000));
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kFailed);
  EXPECT_EQ(decisions.at(1).seen, "none");
}

TEST_F(EventExpectationsTest, PingsAddUpToWhatWasAnswered) {
  Expect(
      "expect { ping { name: \"p\" sent: 3 received: 2 lost: 1 error: ADDRESS_UNREACHABLE "
      "errors: 1 error_from: \"fe80::9\" max_round_trip: \"20ms\" } }"
      "expect { until: \"2s\" ping { from: \"a\" sent: 2 received: 1 } }"
      "expect { ping { from: \"a\" } }");
  const PingId ping{0};
  for (uint16_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(pings_->next_sequence(ping), i);
    pings_->OnRequest(ping, At(i * 1000));
  }
  EchoFact fact;
  fact.identifier = pings_->identifier(ping);
  fact.reply = true;
  fact.sequence = 1;
  pings_->OnEcho(At(1010), kA, fact);
  pings_->OnEcho(At(1500), kA, fact);  // A duplicate changes nothing.
  pings_->OnEcho(At(1010), kB, fact);  // Somebody else's neither.
  fact.sequence = 2;
  pings_->OnEcho(At(2020), kA, fact);
  fact.sequence = 3;
  fact.reply = false;
  fact.error_type = 1;
  fact.error_code = 3;
  fact.from = *Ipv6Address::Parse("fe80::9");
  pings_->OnEcho(At(6000), kA, fact);
  const std::vector<Decision> decisions = Finish();
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kHeld) << decisions.at(0).seen;
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kHeld) << decisions.at(1).seen;
  EXPECT_EQ(decisions.at(2).verdict, Verdict::kFailed) << "all are expected to be answered";
  EXPECT_EQ(decisions.at(2).seen,
            "3 sent, 2 answered, 1 lost (the first of 3s); 1 ICMP errors, the last type 1 code 3 "
            "from fe80::9; round trips of 10ms to 20ms");
  EXPECT_EQ(decisions.at(2).around, At(3000));
}

TEST_F(EventExpectationsTest, AnAnswerToNoRequestOfOursIsPassedOver) {
  Expect("expect { ping { name: \"p\" received: 0 sent: 0 } }");
  EchoFact fact;
  fact.identifier = pings_->identifier(PingId{0});
  fact.reply = true;
  for (const uint16_t sequence : {0, 1, 65535}) {
    fact.sequence = sequence;
    pings_->OnEcho(At(1000), kA, fact);
  }
  EXPECT_EQ(Only().verdict, Verdict::kHeld);
}

TEST_F(EventExpectationsTest, WhatARunThatEndsEarlyDoesNotTellStaysOpen) {
  Expect(
      "expect { packets { link: \"lan\" count { exactly: 1 } } drops { } ping { name: \"p\" } }"
      "expect { packets { link: \"lan\" } }");
  Frame(1000, 7);
  const std::vector<Decision> decisions = Finish(/*milliseconds=*/3000);
  EXPECT_EQ(decisions.at(0).verdict, Verdict::kUndecided);
  EXPECT_EQ(decisions.at(1).verdict, Verdict::kUndecided);
  EXPECT_EQ(decisions.at(2).verdict, Verdict::kUndecided);
  EXPECT_EQ(decisions.at(3).verdict, Verdict::kHeld) << "one is enough";
}

}  // namespace
}  // namespace dualsim::sim
