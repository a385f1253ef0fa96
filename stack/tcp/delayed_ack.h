#pragma once

#include "stack/base/time.h"

namespace dualsim::tcp {

// When to acknowledge: RFC 9293 §3.8.6.3 and RFC 5681 §4.2. Every second segment
// with data at once, a lone one within the delay; at once where something is
// out of order.
class DelayedAck {
 public:
  explicit DelayedAck(Duration delay) : delay_(delay) {}

  // A segment with data came, in order.
  void OnData(Time now) {
    ++segments_;
    if (segments_ >= kSegmentsPerAck) {
      now_ = true;
    } else if (deadline_.is_never()) {
      deadline_ = now + delay_;
    }
  }
  // Something needs an answer at once.
  void Require() { now_ = true; }
  void Advance(Time now) {
    if (deadline_ <= now) now_ = true;
  }
  // A segment that acknowledges everything was sent.
  void OnSent() {
    segments_ = 0;
    now_ = false;
    deadline_ = Time::Never();
  }

  bool due() const { return now_; }
  bool pending() const { return now_ || !deadline_.is_never(); }
  Time deadline() const { return deadline_; }

 private:
  static constexpr int kSegmentsPerAck = 2;

  Duration delay_;
  Time deadline_ = Time::Never();
  int segments_ = 0;
  bool now_ = false;
};

}  // namespace dualsim::tcp
