#include "sim/record/trace_digest.h"

namespace dualsim::sim {
namespace {

std::string Hexadecimal(uint64_t n) {
  std::string text(16, '0');
  for (size_t i = 16; i-- > 0; n >>= 4) text[i] = "0123456789abcdef"[n & 15];
  return text;
}

}  // namespace

void TraceDigest::Count::Add(LineKind kind, std::string_view line) {
  constexpr uint64_t kPrime = 0x100000001b3;
  ++lines[static_cast<size_t>(kind)];
  uint64_t hash = fingerprint;
  for (const char c : line) hash = (hash ^ static_cast<uint8_t>(c)) * kPrime;
  fingerprint = (hash ^ '\n') * kPrime;
}

void TraceDigest::Count::AppendTo(std::string& out) const {
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] == 0) continue;
    out.append(std::to_string(lines[i])).append(" ");
    out.append(LineKindName(static_cast<LineKind>(i))).append(", ");
  }
  out.append("fingerprint ").append(Hexadecimal(fingerprint)).append("\n");
}

void TraceDigest::OnLine(Time time, LineKind kind, std::string_view line) {
  const int64_t second = time.nanoseconds() / 1'000'000'000;
  if (second != second_) {
    EndSecond();
    second_ = second;
  }
  this_second_.Add(kind, line);
  whole_.Add(kind, line);
}

void TraceDigest::EndSecond() {
  if (second_ < 0) return;
  text_.append("second ").append(std::to_string(second_)).append(": ");
  this_second_.AppendTo(text_);
  this_second_ = Count();
}

std::string TraceDigest::Finish() {
  EndSecond();
  text_ += "all: ";
  whole_.AppendTo(text_);
  return std::move(text_);
}

}  // namespace dualsim::sim
