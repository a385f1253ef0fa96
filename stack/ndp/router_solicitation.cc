#include "stack/ndp/router_solicitation.h"

namespace dualsim::ndp {
namespace {

// `base` + RAND * `scale`, where RAND is uniform in -0.1 to +0.1: RFC 3315 §14,
// which RFC 7559 §2 refers to.
Duration Randomize(RandomStream& random, Duration base, Duration scale) {
  return base + random.Between(Duration() - scale / 10, scale / 10);
}

}  // namespace

RouterSolicitation::RouterSolicitation(Time start, RandomStream random,
                                       const RouterSolicitationConfig& config)
    : config_(config), random_(random) {
  Restart(start);
}

void RouterSolicitation::Restart(Time start) {
  state_ = State::kDelaying;
  retransmission_time_ = Duration();
  deadline_ = start + random_.Between(Duration(), kMaxRtrSolicitationDelay);
}

bool RouterSolicitation::Advance(Time now) {
  if (now < deadline_) return false;
  if (state_ == State::kAnswered) {
    state_ = State::kDone;
    deadline_ = Time::Never();
    return true;
  }
  const bool first = state_ == State::kDelaying;
  state_ = State::kSoliciting;
  const Duration previous = retransmission_time_;
  retransmission_time_ = first ? Randomize(random_, config_.initial_retransmission_time,
                                           config_.initial_retransmission_time)
                               : Randomize(random_, previous * 2, previous);
  if (retransmission_time_ > config_.maximum_retransmission_time) {
    retransmission_time_ = Randomize(random_, config_.maximum_retransmission_time,
                                     config_.maximum_retransmission_time);
  }
  deadline_ = now + retransmission_time_;
  return true;
}

void RouterSolicitation::OnRouterAdvertisement(Duration router_lifetime) {
  if (router_lifetime == Duration()) return;
  if (state_ == State::kDelaying) {
    state_ = State::kAnswered;
  } else if (state_ == State::kSoliciting) {
    state_ = State::kDone;
    deadline_ = Time::Never();
  }
}

}  // namespace dualsim::ndp
