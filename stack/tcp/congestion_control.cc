#include "stack/tcp/congestion_control.h"

#include "stack/tcp/cubic.h"
#include "stack/tcp/new_reno.h"

namespace dualsim::tcp {

std::unique_ptr<CongestionControl> MakeCongestionControl(Config::Congestion kind) {
  if (kind == Config::Congestion::kNewReno) return std::make_unique<NewReno>();
  return std::make_unique<Cubic>();
}

uint32_t SlowStart(uint32_t acknowledged, CongestionWindow& window) {
  const uint32_t room = window.ssthresh - window.cwnd;
  const uint32_t step = std::min({acknowledged, 2 * window.smss, room});
  window.Grow(step);
  return step == room ? acknowledged - step : 0;
}

}  // namespace dualsim::tcp
