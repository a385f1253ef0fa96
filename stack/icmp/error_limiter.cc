#include "stack/icmp/error_limiter.h"

#include <algorithm>

namespace dualsim::icmp {

bool ErrorLimiter::Take(Time now) {
  const int64_t fallen = (now - refilled_).nanoseconds() / config_.interval.nanoseconds();
  if (fallen >= config_.burst - tokens_) {
    tokens_ = config_.burst;
    refilled_ = now;
  } else {
    tokens_ += static_cast<int>(fallen);
    refilled_ = refilled_ + config_.interval * fallen;
  }
  if (tokens_ == 0) return false;
  --tokens_;
  return true;
}

bool ErrorLimiters::Take(Time now, size_t peer) {
  if (limiters_ == nullptr) {
    limiters_ = std::make_unique<std::array<ErrorLimiter, kShares>>();
    limiters_->fill(ErrorLimiter(config_));
  }
  // Of the hash the bits that addresses which follow each other have different.
  return (*limiters_)[(peer >> 16) % kShares].Take(now);
}

}  // namespace dualsim::icmp
