#pragma once

#include "stack/base/time.h"
#include "stack/tcp/config.h"

namespace dualsim::tcp {

// How many ACKs a connection sends in answer to segments that may be forged, or
// that two confused ends could go on exchanging for ever: RFC 5961 §10. Each
// connection counts its own, so that the count tells an attacker nothing of others.
class ChallengeAckLimiter {
 public:
  // True: one may be sent now, and is counted.
  [[nodiscard]] bool Take(Time now, const Config& config) {
    if (count_ == 0 || now - since_ >= config.challenge_ack_interval) {
      since_ = now;
      count_ = 0;
    }
    if (count_ >= config.challenge_ack_limit) return false;
    ++count_;
    return true;
  }

 private:
  Time since_;
  int count_ = 0;
};

}  // namespace dualsim::tcp
