#include "stack/tcp/rtt_estimator.h"

#include <algorithm>

namespace dualsim::tcp {
namespace {

// RFC 6298 §2.3: alpha = 1/8, beta = 1/4, K = 4.
constexpr int64_t kAlphaDivisor = 8;
constexpr int64_t kBetaDivisor = 4;
constexpr int64_t kVariances = 4;
// The clock granularity G of this stack, which sees time to the nanosecond; a
// microsecond keeps a path without any jitter from timing out on its own RTT.
constexpr Duration kGranularity = Microseconds(1);

Duration Absolute(Duration d) { return d < Duration() ? Duration() - d : d; }

}  // namespace

void RttEstimator::AddSample(Duration rtt, uint32_t expected_samples) {
  latest_ = rtt;
  min_ = has_sample_ ? std::min(min_, rtt) : rtt;
  if (!has_sample_) {
    has_sample_ = true;
    srtt_ = rtt;
    rttvar_ = rtt / 2;
  } else {
    const int64_t n = expected_samples;
    rttvar_ = rttvar_ + (Absolute(srtt_ - rtt) - rttvar_) / (kBetaDivisor * n);
    srtt_ = srtt_ + (rtt - srtt_) / (kAlphaDivisor * n);
  }
  rto_ = std::clamp(srtt_ + std::max(kGranularity, rttvar_ * kVariances), min_rto_, max_rto_);
}

}  // namespace dualsim::tcp
