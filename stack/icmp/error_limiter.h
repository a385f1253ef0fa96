#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "stack/base/time.h"

namespace dualsim::icmp {

// RFC 4443 §2.4(f): the rate at which a node sends errors, by a token bucket of
// `burst` tokens into which one falls every `interval`, which is over 0.
struct ErrorLimiterConfig {
  int burst = 10;
  Duration interval = Milliseconds(100);
};

// Of lines in the log that neighbours cause: a flood of packets is not to be one of lines.
inline constexpr ErrorLimiterConfig kConflictLines{.burst = 20, .interval = Seconds(1)};

// So many at once, and then a second: 1 to 1,000,000.
constexpr ErrorLimiterConfig PerSecond(uint32_t errors) {
  return {.burst = static_cast<int>(errors),
          .interval = Nanoseconds(int64_t{1'000'000'000} / errors)};
}

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

// The limits of one node: peers share kShares buckets, so that one who causes errors
// without end does not use up those that others wait for (a Packet Too Big, above all).
class ErrorLimiters {
 public:
  static constexpr size_t kShares = 16;

  explicit ErrorLimiters(const ErrorLimiterConfig& config = {}) : config_(config) {}

  // True: an error may be sent now to the peer of that hash, and a token is gone.
  [[nodiscard]] bool Take(Time now, size_t peer);

 private:
  ErrorLimiterConfig config_;  // Of each share.
  // Most nodes never send an error.
  std::unique_ptr<std::array<ErrorLimiter, kShares>> limiters_;
};

}  // namespace dualsim::icmp
