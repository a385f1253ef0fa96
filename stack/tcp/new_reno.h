#pragma once

#include "stack/tcp/congestion_control.h"

namespace dualsim::tcp {

// RFC 5681 §3.1: a segment more for each window that was acknowledged, half on
// congestion.
class NewReno : public CongestionControl {
 public:
  void OnAck(const Ack& ack, CongestionWindow& window) override;
  uint32_t OnCongestion(Time now, uint32_t flight, const CongestionWindow& window) override;
  uint32_t OnTimeout(Time now, uint32_t flight, const CongestionWindow& window) override;
  void OnIdle(Time, Time) override {}
  std::string_view name() const override { return "newreno"; }

 private:
  uint32_t acknowledged_ = 0;  // Towards the next segment of growth.
};

}  // namespace dualsim::tcp
