#pragma once

#include <cstdint>

#include "stack/base/time.h"

namespace dualsim::tcp {

// The round-trip time of a path and the timeout that follows from it, RFC 6298
// §2, in whole nanoseconds.
class RttEstimator {
 public:
  RttEstimator(Duration initial_rto, Duration min_rto, Duration max_rto)
      : rto_(initial_rto), min_rto_(min_rto), max_rto_(max_rto) {}

  // One measurement. `expected_samples` is how many come in one round trip: with
  // more than one, each weighs less (RFC 7323 appendix G). Requires it > 0.
  void AddSample(Duration rtt, uint32_t expected_samples);
  // RFC 6298 §5.7: the SYN had to be sent again, so begin with this.
  void SetInitialRto(Duration rto) {
    if (!has_sample_) rto_ = rto;
  }

  bool has_sample() const { return has_sample_; }
  Duration srtt() const { return srtt_; }  // 0 without a sample.
  Duration rttvar() const { return rttvar_; }
  Duration latest() const { return latest_; }
  Duration min() const { return min_; }  // 0 without a sample.
  Duration rto() const { return rto_; }  // Without backoff.
  Duration max_rto() const { return max_rto_; }

 private:
  bool has_sample_ = false;
  Duration srtt_;
  Duration rttvar_;
  Duration latest_;
  Duration min_;
  Duration rto_;
  Duration min_rto_;
  Duration max_rto_;
};

}  // namespace dualsim::tcp
