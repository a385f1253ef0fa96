#include "stack/tcp/cubic.h"

#include <algorithm>

#include "stack/tcp/integer_math.h"

namespace dualsim::tcp {
namespace {

// §4.6: beta_cubic = 0.7. §5: C = 0.4 segments per second cubed.
constexpr uint64_t kBetaNumerator = 7;
constexpr uint64_t kBetaDenominator = 10;
constexpr uint64_t kCNumerator = 2;
constexpr uint64_t kCDenominator = 5;
// §4.3: alpha_cubic = 3 * (1 - beta) / (1 + beta) = 9 / 17.
constexpr uint64_t kAlphaNumerator = 9;
constexpr uint64_t kAlphaDenominator = 17;
// Microseconds cubed in a second cubed.
constexpr unsigned __int128 kCubicScale = static_cast<unsigned __int128>(1'000'000'000'000'000'000);
// |t - K| is looked at up to here, over two hours: windows have met their maximum long before.
constexpr int64_t kMaxOffsetUs = int64_t{1} << 33;

int64_t ToMicroseconds(Duration d) { return d.nanoseconds() / 1000; }

uint32_t Reduced(uint32_t window, const CongestionWindow& limits) {
  return static_cast<uint32_t>(std::max<uint64_t>(
      uint64_t{window} * kBetaNumerator / kBetaDenominator, 2 * uint64_t{limits.smss}));
}

}  // namespace

void Cubic::OnAck(const Ack& ack, CongestionWindow& window) {
  uint32_t acknowledged = ack.acknowledged;
  if (window.in_slow_start()) {
    acknowledged = SlowStart(acknowledged, window);
    if (acknowledged == 0) return;
  }
  if (!in_epoch_) BeginEpoch(ack.now, window);
  const uint64_t cwnd = window.cwnd;
  GrowRenoEstimate(acknowledged, window);
  // §4.2: the target of one round trip ahead, at most half a window more.
  const Duration t = ack.now - epoch_start_;
  const uint64_t cubic_now = Target(t, window);
  if (cubic_now < w_est_) {  // The Reno-friendly region, §4.3.
    if (w_est_ > cwnd) window.Grow(w_est_ - cwnd);
    return;
  }
  const uint64_t target = std::clamp(Target(t + ack.srtt, window), cwnd, cwnd + cwnd / 2);
  // §4.4, §4.5: (target - cwnd) / cwnd for each byte acknowledged; parts of a
  // byte are carried over.
  growth_credit_ += (target - cwnd) * acknowledged;
  window.Grow(growth_credit_ / cwnd);
  growth_credit_ %= cwnd;
}

uint32_t Cubic::OnCongestion(Time, uint32_t flight, const CongestionWindow& window) {
  // §4.7, fast convergence: a flow whose maximum falls makes room for others.
  const uint64_t cwnd = window.cwnd;
  w_max_ =
      cwnd < w_max_ ? cwnd * (kBetaDenominator + kBetaNumerator) / (2 * kBetaDenominator) : cwnd;
  cwnd_prior_ = cwnd;
  in_epoch_ = false;
  // §4.6: of the data in flight, which a program that sends little keeps below cwnd.
  return Reduced(std::min(flight, window.cwnd), window);
}

uint32_t Cubic::OnTimeout(Time now, uint32_t flight, const CongestionWindow& window) {
  return OnCongestion(now, flight, window);  // §4.8
}

void Cubic::OnIdle(Time since, Time now) {
  // §5.8: time in which nothing was sent does not count. After the pause cwnd
  // may be smaller, so a long one begins anew.
  if (in_epoch_) epoch_start_ = epoch_start_ + (now - since);
}

void Cubic::BeginEpoch(Time now, const CongestionWindow& window) {
  in_epoch_ = true;
  epoch_start_ = now;
  est_credit_ = 0;
  growth_credit_ = 0;
  w_est_ = window.cwnd;
  if (w_max_ <= window.cwnd) {
    // §4.8: slow start ended above the old maximum, or there was none.
    w_max_ = window.cwnd;
    k_us_ = 0;
    return;
  }
  // K = cbrt((W_max - cwnd_epoch) / C), windows in segments.
  const auto gap = static_cast<unsigned __int128>(w_max_ - window.cwnd);
  k_us_ = static_cast<int64_t>(
      CubeRoot(gap * kCDenominator * (kCubicScale / kCNumerator) / window.smss));
}

uint64_t Cubic::Target(Duration t, const CongestionWindow& window) const {
  const int64_t offset = std::clamp(ToMicroseconds(t) - k_us_, -kMaxOffsetUs, kMaxOffsetUs);
  const auto distance = static_cast<unsigned __int128>(offset < 0 ? -offset : offset);
  // The cube is below 2^99 and smss below 2^16.
  const unsigned __int128 change =
      distance * distance * distance * (kCNumerator * window.smss) / kCDenominator / kCubicScale;
  if (offset < 0) return change >= w_max_ ? 0 : w_max_ - static_cast<uint64_t>(change);
  return static_cast<uint64_t>(std::min<unsigned __int128>(w_max_ + change, ~uint32_t{0}));
}

void Cubic::GrowRenoEstimate(uint32_t acknowledged, const CongestionWindow& window) {
  // W_est grows by alpha segments for each window acknowledged; with alpha = 1
  // once it has come back to where congestion showed.
  const bool caught_up = w_est_ >= cwnd_prior_;
  const uint64_t numerator = caught_up ? 1 : kAlphaNumerator;
  const uint64_t denominator = (caught_up ? 1 : kAlphaDenominator) * uint64_t{window.cwnd};
  est_credit_ += numerator * acknowledged * window.smss;
  w_est_ += est_credit_ / denominator;
  est_credit_ %= denominator;
}

}  // namespace dualsim::tcp
