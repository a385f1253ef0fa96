#pragma once

#include <cstdint>

#include "stack/tcp/congestion_control.h"

namespace dualsim::tcp {

// CUBIC, RFC 9438, in integers: windows in bytes, time in microseconds.
class Cubic : public CongestionControl {
 public:
  void OnAck(const Ack& ack, CongestionWindow& window) override;
  uint32_t OnCongestion(Time now, uint32_t flight, const CongestionWindow& window) override;
  uint32_t OnTimeout(Time now, uint32_t flight, const CongestionWindow& window) override;
  void OnIdle(Time since, Time now) override;
  std::string_view name() const override { return "cubic"; }

 private:
  void BeginEpoch(Time now, const CongestionWindow& window);
  // W_cubic(t), §4.2 equation (1).
  uint64_t Target(Duration t, const CongestionWindow& window) const;
  // W_est, §4.3 equation (4).
  void GrowRenoEstimate(uint32_t acknowledged, const CongestionWindow& window);

  bool in_epoch_ = false;  // Congestion avoidance has begun.
  Time epoch_start_;
  int64_t k_us_ = 0;            // K, §4.2 equation (2).
  uint64_t w_max_ = 0;          // Bytes.
  uint64_t cwnd_prior_ = 0;     // The window when congestion last showed.
  uint64_t w_est_ = 0;          // What Reno would have.
  uint64_t est_credit_ = 0;     // Bytes acknowledged that have not grown w_est_ yet.
  uint64_t growth_credit_ = 0;  // Parts of a byte that the window has not grown by yet.
};

}  // namespace dualsim::tcp
