#include "sim/record/time_text.h"

#include <charconv>

namespace dualsim::sim {

void AppendTime(Time t, std::string& out) {
  if (t.is_never()) {
    out += "never";
    return;
  }
  constexpr int64_t kSecond = 1'000'000'000;
  int64_t ns = t.nanoseconds();
  if (ns < 0) {
    out += '-';
    ns = -ns;
  }
  char digits[32];
  char* end = std::to_chars(digits, digits + sizeof digits, ns / kSecond).ptr;
  *end++ = '.';
  int64_t fraction = ns % kSecond;
  for (char* p = end + 9; p != end; fraction /= 10) *--p = static_cast<char>('0' + fraction % 10);
  out.append(digits, static_cast<size_t>(end + 9 - digits));
}

std::string SecondsText(Time t) {
  std::string text;
  AppendTime(t, text);
  return text;
}

}  // namespace dualsim::sim
