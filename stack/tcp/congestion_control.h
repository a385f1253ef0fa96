#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

#include "stack/base/time.h"
#include "stack/tcp/config.h"

namespace dualsim::tcp {

// The congestion window and what bounds slow start, in bytes; RFC 5681 §2.
struct CongestionWindow {
  uint32_t cwnd = 0;
  uint32_t ssthresh = ~uint32_t{0};
  uint32_t smss = 0;
  uint32_t maximum = ~uint32_t{0};

  bool in_slow_start() const { return cwnd < ssthresh; }
  void Grow(uint64_t bytes) {
    cwnd = static_cast<uint32_t>(std::min<uint64_t>(cwnd + bytes, std::max(maximum, smss)));
  }
};

// How the window grows and by how much it falls. It decides neither what is lost
// nor when to send: that is loss_recovery.h.
class CongestionControl {
 public:
  virtual ~CongestionControl() = default;

  struct Ack {
    Time now;
    uint32_t acknowledged = 0;  // Bytes by which SND.UNA moved.
    Duration srtt;              // 0 where unknown.
  };
  // New data were acknowledged, outside of recovery, while the window was what
  // limited the sender.
  virtual void OnAck(const Ack& ack, CongestionWindow& window) = 0;
  // Congestion showed, by a loss or by ECN: the ssthresh to fall to, at least
  // two segments. `flight` is what is in flight. The window itself follows by
  // proportional rate reduction.
  virtual uint32_t OnCongestion(Time now, uint32_t flight, const CongestionWindow& window) = 0;
  // The retransmission timer expired for the first time for these data: likewise.
  virtual uint32_t OnTimeout(Time now, uint32_t flight, const CongestionWindow& window) = 0;
  // The program had nothing to send from `since` until now.
  virtual void OnIdle(Time since, Time now) = 0;

  virtual std::string_view name() const = 0;
};

std::unique_ptr<CongestionControl> MakeCongestionControl(Config::Congestion kind);

// Slow start, RFC 5681 §3.1 with the appropriate byte counting of RFC 3465 (L =
// 2, so that delayed acknowledgments slow nothing down). Returns the bytes that
// are left over once ssthresh is reached.
uint32_t SlowStart(uint32_t acknowledged, CongestionWindow& window);

}  // namespace dualsim::tcp
