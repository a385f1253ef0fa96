#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace dualsim {

namespace internal {
constexpr int64_t SaturatingAdd(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    return a < 0 ? -std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::max();
  }
  return sum;
}
}  // namespace internal

// A span of time in nanoseconds, signed. Arithmetic saturates at +/-Infinite(),
// so that a lifetime of infinity (RFC 4861 §4.6.2: all one bits) added to any
// time is never reached, and no input can overflow.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration FromNanoseconds(int64_t ns) { return Duration(ns); }
  static constexpr Duration Infinite() { return Duration(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t nanoseconds() const { return ns_; }
  constexpr bool is_infinite() const { return *this == Infinite(); }
  friend constexpr auto operator<=>(Duration, Duration) = default;

  friend constexpr Duration operator+(Duration a, Duration b) {
    return Duration(internal::SaturatingAdd(a.ns_, b.ns_));
  }
  friend constexpr Duration operator-(Duration a, Duration b) {
    if (a.is_infinite()) return a;
    return Duration(internal::SaturatingAdd(a.ns_, -b.ns_));
  }
  friend constexpr Duration operator*(Duration a, int64_t k) {
    int64_t product = 0;
    if (__builtin_mul_overflow(a.ns_, k, &product)) {
      return (a.ns_ < 0) != (k < 0) ? Duration(-Infinite().ns_) : Infinite();
    }
    return Duration(product);
  }
  friend constexpr Duration operator/(Duration a, int64_t k) {
    return a.is_infinite() ? a : Duration(a.ns_ / k);
  }

 private:
  constexpr explicit Duration(int64_t ns) : ns_(ns) {}

  int64_t ns_ = 0;
};

constexpr Duration Nanoseconds(int64_t n) { return Duration::FromNanoseconds(n); }
constexpr Duration Microseconds(int64_t n) { return Nanoseconds(1000) * n; }
constexpr Duration Milliseconds(int64_t n) { return Nanoseconds(1'000'000) * n; }
constexpr Duration Seconds(int64_t n) { return Nanoseconds(1'000'000'000) * n; }

// A point in time: nanoseconds since the start of the run (or, live, since the
// process began). Never() lies after every other time and stands for "no
// deadline".
class Time {
 public:
  constexpr Time() = default;
  static constexpr Time FromNanoseconds(int64_t ns) { return Time(ns); }
  static constexpr Time Never() { return Time(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t nanoseconds() const { return ns_; }
  constexpr bool is_never() const { return *this == Never(); }
  friend constexpr auto operator<=>(Time, Time) = default;

  friend constexpr Time operator+(Time t, Duration d) {
    return Time(internal::SaturatingAdd(t.ns_, d.nanoseconds()));
  }
  friend constexpr Time operator-(Time t, Duration d) {
    return t.is_never() ? t : Time(internal::SaturatingAdd(t.ns_, -d.nanoseconds()));
  }
  // Infinite() where `a` is Never().
  friend constexpr Duration operator-(Time a, Time b) {
    return a.is_never() ? Duration::Infinite()
                        : Nanoseconds(internal::SaturatingAdd(a.ns_, -b.ns_));
  }

 private:
  constexpr explicit Time(int64_t ns) : ns_(ns) {}
  int64_t ns_ = 0;
};

}  // namespace dualsim
