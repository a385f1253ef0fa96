#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace dualsim::icmp {

// RFC 4443 §2.4(f): the rate at which a node sends errors, by a token bucket of
// `burst` tokens into which one falls every `interval`, which is over 0.
struct ErrorLimiterConfig {
  int burst = 10;
  Duration interval = Milliseconds(100);
};

class ErrorLimiter {
 public:
  // The bucket is full to begin with.
  explicit ErrorLimiter(const ErrorLimiterConfig& config = {})
      : config_(config), tokens_(config.burst) {}

  // True: an error may be sent now, and a token is gone.
  [[nodiscard]] bool Take(Time now);

 private:
  ErrorLimiterConfig config_;
  int tokens_;
  Time refilled_;  // Up to when tokens have been counted.
};

}  // namespace dualsim::icmp
