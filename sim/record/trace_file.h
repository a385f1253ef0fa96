#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/record/output_file.h"
#include "sim/record/trace_text.h"

namespace dualsim::sim {

// The first and the last line of a trace, ended: which run it is, and how far it came.
std::string TraceHeader(std::string_view scenario, uint64_t seed);
std::string TraceFooter(Time end);

// Writes the lines of a trace into a file, one after the other.
class TraceFile : public LineSink {
 public:
  // Throws OutputError.
  TraceFile(const std::string& path, std::string_view scenario, uint64_t seed);

  void OnLine(Time time, LineKind kind, std::string_view line) override;

  bool failed() const { return file_.failed(); }
  // The run ended at `end`. Throws OutputError.
  void Commit(Time end);

 private:
  OutputFile file_;
};

}  // namespace dualsim::sim
