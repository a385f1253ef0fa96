#include "stack/tcp/new_reno.h"

#include <algorithm>

namespace dualsim::tcp {

void NewReno::OnAck(const Ack& ack, CongestionWindow& window) {
  uint32_t acknowledged = ack.acknowledged;
  if (window.in_slow_start()) acknowledged = SlowStart(acknowledged, window);
  acknowledged_ += acknowledged;
  if (acknowledged_ < window.cwnd) return;
  acknowledged_ -= window.cwnd;
  window.Grow(window.smss);
}

uint32_t NewReno::OnCongestion(Time, uint32_t flight, const CongestionWindow& window) {
  acknowledged_ = 0;
  return std::max(flight / 2, 2 * window.smss);  // RFC 5681 equation (4).
}

uint32_t NewReno::OnTimeout(Time now, uint32_t flight, const CongestionWindow& window) {
  return OnCongestion(now, flight, window);
}

}  // namespace dualsim::tcp
