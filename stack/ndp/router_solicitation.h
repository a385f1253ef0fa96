#pragma once

#include <cstdint>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"

namespace dualsim::ndp {

inline constexpr Duration kMaxRtrSolicitationDelay = Seconds(1);  // RFC 4861 §10

// The retransmission parameters of RFC 7559 §2. There is no last retransmission
// (MRC and MRD are 0): a host solicits until a router answers.
struct RouterSolicitationConfig {
  Duration initial_retransmission_time = Seconds(4);     // IRT
  Duration maximum_retransmission_time = Seconds(3600);  // MRT
};

// When one interface sends Router Solicitations: RFC 4861 §6.3.7 for the first,
// RFC 7559 for those that follow.
//
// A pure state machine, see Advance(). An interface that accepts no router
// advertisements has none.
class RouterSolicitation {
 public:
  // The first solicitation leaves a random time of 0 to MAX_RTR_SOLICITATION_DELAY
  // after `start`.
  RouterSolicitation(Time start, RandomStream random, const RouterSolicitationConfig& config = {});

  // The interface came up again: begins anew, as the constructor does.
  void Restart(Time start);

  // When Advance() is next needed; Time::Never() once a router has answered.
  Time deadline() const { return deadline_; }

  // Does what is due. True: send one Router Solicitation now. A call before the
  // deadline does nothing.
  [[nodiscard]] bool Advance(Time now);

  // A valid advertisement came. One with a nonzero router lifetime ends the
  // soliciting (RFC 7559 §2.1); where none was sent yet, one still goes out, for
  // the answer may tell more (RFC 4861 §6.3.7).
  void OnRouterAdvertisement(Duration router_lifetime);

 private:
  enum class State : uint8_t {
    kDelaying,  // Nothing was sent.
    kAnswered,  // Nothing was sent, and a router is known already.
    kSoliciting,
    kDone,
  };

  RouterSolicitationConfig config_;
  RandomStream random_;
  State state_ = State::kDelaying;
  Duration retransmission_time_;  // RT, RFC 7559 §2; 0 before the first.
  Time deadline_;
};

}  // namespace dualsim::ndp
