#pragma once

#include <algorithm>

#include "stack/base/time.h"
#include "stack/tcp/rtt_estimator.h"

namespace dualsim::tcp {

// The retransmission timer, RFC 6298 §5, with its exponential backoff. It also
// knows since when the peer has been silent, for R1 and R2 of RFC 9293 §3.8.3.
class RetransmissionTimer {
 public:
  // Something is in flight now that was not before, or the peer acknowledged
  // new data: the timer starts anew (§5.1, §5.3). It keeps its backoff; see
  // Progress().
  void Restart(Time now, const RttEstimator& rtt) {
    if (waiting_since_.is_never()) waiting_since_ = now;
    deadline_ = now + Timeout(rtt);
  }
  // Nothing is in flight (§5.2).
  void Stop() {
    deadline_ = Time::Never();
    waiting_since_ = Time::Never();
  }
  // New data were acknowledged: the backoff ends, and so does the silence.
  void Progress(Time now) {
    expiries_ = 0;
    if (!waiting_since_.is_never()) waiting_since_ = now;
  }
  // The peer answers, though it takes no data: no silence, but no end of the backoff.
  void PeerIsThere(Time now) {
    if (!waiting_since_.is_never()) waiting_since_ = now;
  }
  // The timer expired: it backs off (§5.5) and starts again.
  void Expire(Time now, const RttEstimator& rtt) {
    ++expiries_;
    Restart(now, rtt);
  }
  // A loss probe was sent: a timeout counts from there (RFC 8985 §7.3).
  void Defer(Time now, const RttEstimator& rtt) { deadline_ = now + Timeout(rtt); }

  bool running() const { return !deadline_.is_never(); }
  Time deadline() const { return deadline_; }
  // Retransmissions since the last progress.
  int expiries() const { return expiries_; }
  // Since when something is unacknowledged without progress; Never() while stopped.
  Time waiting_since() const { return waiting_since_; }

  // The RTO with its backoff.
  Duration Timeout(const RttEstimator& rtt) const {
    Duration timeout = rtt.rto();
    for (int i = 0; i < expiries_ && timeout < rtt.max_rto(); ++i) timeout = timeout * 2;
    return std::min(timeout, rtt.max_rto());
  }

 private:
  Time deadline_ = Time::Never();
  Time waiting_since_ = Time::Never();
  int expiries_ = 0;
};

}  // namespace dualsim::tcp
