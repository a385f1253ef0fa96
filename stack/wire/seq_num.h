#pragma once

#include <cstdint>

namespace dualsim {

// A TCP sequence number: 32 bits that wrap around, RFC 9293 §3.4.
//
// Comparison is modulo 2^32 and means something only between numbers less than
// 2^31 apart, so it is no order in the sense of std::less; it serves arithmetic
// on one window.
class SeqNum {
 public:
  constexpr SeqNum() = default;
  constexpr explicit SeqNum(uint32_t value) : value_(value) {}
  constexpr uint32_t value() const { return value_; }

  friend constexpr SeqNum operator+(SeqNum s, uint32_t n) { return SeqNum(s.value_ + n); }
  friend constexpr SeqNum operator-(SeqNum s, uint32_t n) { return SeqNum(s.value_ - n); }
  constexpr SeqNum& operator+=(uint32_t n) { return *this = *this + n; }
  // How far `a` lies after `b`, modulo 2^32.
  friend constexpr uint32_t operator-(SeqNum a, SeqNum b) { return a.value_ - b.value_; }
  // Likewise, negative where `a` comes first.
  static constexpr int32_t Distance(SeqNum b, SeqNum a) { return static_cast<int32_t>(a - b); }

  friend constexpr bool operator==(SeqNum, SeqNum) = default;
  friend constexpr bool operator<(SeqNum a, SeqNum b) { return Distance(b, a) < 0; }
  friend constexpr bool operator>(SeqNum a, SeqNum b) { return b < a; }
  friend constexpr bool operator<=(SeqNum a, SeqNum b) { return Distance(b, a) <= 0; }
  friend constexpr bool operator>=(SeqNum a, SeqNum b) { return b <= a; }

  static constexpr SeqNum Max(SeqNum a, SeqNum b) { return a < b ? b : a; }
  static constexpr SeqNum Min(SeqNum a, SeqNum b) { return a < b ? a : b; }

 private:
  uint32_t value_ = 0;
};

}  // namespace dualsim
