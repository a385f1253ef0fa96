#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "stack/base/time.h"

namespace dualsim::sim {

// How fast a cable is and how much may wait for it, in the units that a
// transmitter reckons in.
class LineRate {
 public:
  // Bits per second, at least 1; nullopt: infinitely fast.
  LineRate(std::optional<uint64_t> bandwidth, uint64_t queue_bytes)
      : bandwidth_(std::min(bandwidth.value_or(0), kFastest)) {
    if (!bandwidth) return;
    queue_time_ = TimeOf(queue_bytes);
    if (kByteNanoseconds % bandwidth_ == 0) byte_time_ = kByteNanoseconds / bandwidth_;
  }

  // How long a frame of `bytes` occupies the cable, rounded up.
  Duration TransmissionTime(size_t bytes) const {
    // Where a byte takes whole nanoseconds there is nothing to divide.
    if (byte_time_ != 0)
      return Nanoseconds(static_cast<int64_t>(byte_time_)) * static_cast<int64_t>(bytes);
    return bandwidth_ == 0 ? Duration() : TimeOf(bytes);
  }
  // How long a full queue takes to drain.
  Duration queue_time() const { return queue_time_; }

 private:
  // Beyond this every frame takes 1 ns anyway, and sums below don't overflow.
  static constexpr uint64_t kFastest = uint64_t{1} << 62;
  // The nanoseconds that a byte takes at 1 bit per second.
  static constexpr uint64_t kByteNanoseconds = 8'000'000'000;

  Duration TimeOf(uint64_t bytes) const {
    constexpr uint64_t kFits = std::numeric_limits<uint64_t>::max() / kByteNanoseconds / 2;
    if (bytes <= kFits) {
      return Nanoseconds(
          static_cast<int64_t>((bytes * kByteNanoseconds - 1 + bandwidth_) / bandwidth_));
    }
    return LongTimeOf(bytes);
  }
  Duration LongTimeOf(uint64_t bytes) const {
    const auto ns =
        (static_cast<unsigned __int128>(bytes) * kByteNanoseconds + bandwidth_ - 1) / bandwidth_;
    if (ns >= static_cast<unsigned __int128>(Duration::Infinite().nanoseconds())) {
      return Duration::Infinite();
    }
    return Nanoseconds(static_cast<int64_t>(ns));
  }

  uint64_t bandwidth_;      // 0: infinite.
  uint64_t byte_time_ = 0;  // 0: not a whole number.
  Duration queue_time_ = Duration::Infinite();
};

// What sends frames into one end of a cable, one after the other, with a
// drop-tail queue before it. When a frame will have left follows from when the
// last one will: nothing has to happen at that time, and the queue is a number.
class Transmitter {
 public:
  // Takes a frame that needs `duration` on the cable. nullopt: the queue is full.
  // Otherwise when its last bit leaves.
  std::optional<Time> Take(Time now, Duration duration, Duration queue_time) {
    if (busy_until_ <= now) {
      busy_until_ = now + duration;
      return busy_until_;
    }
    const Time left = busy_until_ + duration;
    if (left - now > queue_time) return std::nullopt;
    busy_until_ = left;
    return left;
  }

  // When a frame that left arrives, where the cable alone would have it arrive
  // at `arrival`: never before an earlier one.
  Time KeepOrder(Time arrival) {
    last_arrival_ = std::max(last_arrival_, arrival);
    return last_arrival_;
  }

  // Forgets all that waits and was on the way.
  void Reset() { *this = Transmitter(); }

 private:
  Time busy_until_;
  Time last_arrival_;
};

}  // namespace dualsim::sim
