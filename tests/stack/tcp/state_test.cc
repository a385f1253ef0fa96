#include "stack/tcp/state.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

namespace dualsim::tcp {
namespace {

using enum State;
using enum Transition;

// RFC 9293 figure 5, and the edges that its notes and §3.10 add.
const std::map<std::pair<State, Transition>, State> kEdges = {
    {{kClosed, kPassiveOpen}, kListen},
    {{kClosed, kActiveOpen}, kSynSent},
    {{kListen, kActiveOpen}, kSynSent},
    {{kListen, kSynArrived}, kSynReceived},
    {{kListen, kClose}, kClosed},
    {{kSynSent, kSynArrived}, kSynReceived},
    {{kSynSent, kSynAckArrived}, kEstablished},
    {{kSynSent, kClose}, kClosed},
    {{kSynReceived, kSynAcknowledged}, kEstablished},
    {{kSynReceived, kClose}, kFinWait1},
    {{kSynReceived, kFinArrived}, kCloseWait},
    {{kEstablished, kClose}, kFinWait1},
    {{kEstablished, kFinArrived}, kCloseWait},
    {{kFinWait1, kFinAcknowledged}, kFinWait2},
    {{kFinWait1, kFinArrived}, kClosing},
    {{kFinWait2, kFinArrived}, kTimeWait},
    {{kCloseWait, kClose}, kLastAck},
    {{kClosing, kFinAcknowledged}, kTimeWait},
    {{kLastAck, kFinAcknowledged}, kClosed},
    {{kTimeWait, kTimeWaitOver}, kClosed},
};

TEST(State, HasTheEdgesOfRfc9293AndNoOthers) {
  for (int s = 0; s < kStateCount; ++s) {
    for (int t = 0; t < kTransitionCount; ++t) {
      const State state{static_cast<uint8_t>(s)};
      const Transition transition{static_cast<uint8_t>(t)};
      std::optional<State> expected;
      if (const auto edge = kEdges.find({state, transition}); edge != kEdges.end()) {
        expected = edge->second;
      } else if (transition == kEnd && state != kClosed) {
        expected = kClosed;
      }
      EXPECT_EQ(Next(state, transition), expected) << StateName(state) << " transition " << t;
    }
  }
}

TEST(State, EveryStateIsReachedAndLeft) {
  std::set<State> reached = {kClosed};
  for (int round = 0; round < kStateCount; ++round) {
    for (const auto& [edge, to] : kEdges) {
      if (reached.count(edge.first) != 0) reached.insert(to);
    }
  }
  EXPECT_EQ(reached.size(), static_cast<size_t>(kStateCount));
}

TEST(State, NamesAreThoseOfTheRfc) {
  EXPECT_EQ(StateName(kSynReceived), "SYN-RECEIVED");
  EXPECT_EQ(StateName(kTimeWait), "TIME-WAIT");
  EXPECT_EQ(StateName(kFinWait1), "FIN-WAIT-1");
}

TEST(State, IsSynchronizedFromEstablishedOn) {
  for (const State state : {kClosed, kListen, kSynSent, kSynReceived}) {
    EXPECT_FALSE(IsSynchronized(state));
  }
  for (const State state :
       {kEstablished, kFinWait1, kFinWait2, kCloseWait, kClosing, kLastAck, kTimeWait}) {
    EXPECT_TRUE(IsSynchronized(state));
  }
}

}  // namespace
}  // namespace dualsim::tcp
