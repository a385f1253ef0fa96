#pragma once

#include <cstdint>

#include "stack/base/time.h"
#include "stack/wire/tcp.h"

namespace dualsim::tcp {

// The timestamps option of one connection and PAWS, RFC 7323 §3 to §5. The clock
// ticks in milliseconds from an offset that the endpoint derives from the
// addresses (§5.4), so that it goes on rising from one connection to the next
// (RFC 6191 §2).
class Timestamps {
 public:
  explicit Timestamps(uint32_t offset) : offset_(offset) {}

  // Both ends sent the option in their SYN.
  void Enable(uint32_t peer_value, Time now) {
    enabled_ = true;
    recent_ = peer_value;
    recent_at_ = now;
  }
  bool enabled() const { return enabled_; }

  // TSval for a segment sent now.
  uint32_t Value(Time now) const {
    return offset_ + static_cast<uint32_t>(now.nanoseconds() / kTick.nanoseconds());
  }
  wire::TcpTimestamps Option(Time now) const { return {Value(now), recent_}; }
  uint32_t recent() const { return recent_; }  // TS.Recent

  // PAWS, §5.3 R1: the segment is older than what came before. TS.Recent that
  // is more than 24 days old proves nothing (§5.5).
  bool IsOld(uint32_t value, Time now) const {
    return static_cast<int32_t>(value - recent_) < 0 && now - recent_at_ < kRecentLasts;
  }
  // §4.3 (2): takes the value of a segment that begins at or before the last
  // byte acknowledged, and is not older.
  void Update(uint32_t value, SeqNum begin, SeqNum last_ack_sent, Time now) {
    if (begin > last_ack_sent || static_cast<int32_t>(value - recent_) < 0) return;
    recent_ = value;
    recent_at_ = now;
  }
  // How long ago the peer's echo was sent, to the tick; nonsense gives false.
  bool EchoAge(uint32_t echo, Time now, Duration& age) const {
    const auto ticks = static_cast<int32_t>(Value(now) - echo);
    if (ticks < 0 || echo == 0) return false;
    age = kTick * ticks;
    return true;
  }

  static constexpr Duration kTick = Milliseconds(1);

 private:
  static constexpr Duration kRecentLasts = Seconds(24 * 86400);

  uint32_t offset_;
  uint32_t recent_ = 0;
  Time recent_at_;
  bool enabled_ = false;
};

}  // namespace dualsim::tcp
