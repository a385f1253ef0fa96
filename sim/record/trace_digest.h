#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/record/trace_text.h"

namespace dualsim::sim {

// A trace in figures, for runs whose trace is too long to keep: for each second
// of the run how many lines there are of each kind, and a fingerprint of their
// text. Where two digests part first is the second in which the runs part.
class TraceDigest : public LineSink {
 public:
  void OnLine(Time time, LineKind kind, std::string_view line) override;

  // All of it, every line ended: a line per second in which something happened,
  // and one for the whole run. Called once, at the end.
  std::string Finish();

 private:
  struct Count {
    std::array<uint64_t, kLineKinds> lines{};
    // FNV-1a, 64 bits: tells whether text changed, and proves nothing against malice.
    uint64_t fingerprint = 0xcbf29ce484222325;

    void Add(LineKind kind, std::string_view line);
    void AppendTo(std::string& out) const;
  };
  void EndSecond();

  int64_t second_ = -1;  // -1: no line yet.
  Count this_second_;
  Count whole_;
  std::string text_;
};

}  // namespace dualsim::sim
