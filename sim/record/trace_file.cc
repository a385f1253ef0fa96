#include "sim/record/trace_file.h"

#include <cstring>

#include "sim/record/time_text.h"

namespace dualsim::sim {

std::string TraceHeader(std::string_view scenario, uint64_t seed) {
  return "# " + std::string(scenario) + ", seed " + std::to_string(seed) + "\n";
}

std::string TraceFooter(Time end) { return "# end at " + SecondsText(end) + "\n"; }

TraceFile::TraceFile(const std::string& path, std::string_view scenario, uint64_t seed)
    : file_(path) {
  file_.Append(TraceHeader(scenario, seed));
}

void TraceFile::OnLine(Time, LineKind, std::string_view line) {
  uint8_t* p = file_.Reserve(line.size() + 1);
  std::memcpy(p, line.data(), line.size());
  p[line.size()] = '\n';
}

void TraceFile::Commit(Time end) {
  file_.Append(TraceFooter(end));
  file_.Commit();
}

}  // namespace dualsim::sim
