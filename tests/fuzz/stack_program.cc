#include "tests/fuzz/stack_program.h"

#include <algorithm>
#include <iterator>

namespace dualsim::testing {
namespace {

// From the delay of a link to what outlives the timers of neighbour discovery,
// reassembly, path MTUs and leases.
constexpr Duration kWaits[] = {
    Microseconds(10),  Milliseconds(1), Milliseconds(20),   Milliseconds(100),
    Milliseconds(500), Seconds(1),      Milliseconds(1500), Seconds(3),
    Seconds(5),        Seconds(10),     Seconds(30),        Seconds(61),
    Seconds(300),      Seconds(601),    Seconds(1801),      Seconds(7201)};

bool HasFrame(StackProgram::Kind kind) {
  return kind == StackProgram::Kind::kFrame || kind == StackProgram::Kind::kReaction;
}

}  // namespace

Duration WaitOf(uint8_t choice) { return kWaits[choice % std::size(kWaits)]; }

uint8_t ChoiceOf(Duration wait) {
  const auto after = std::upper_bound(std::begin(kWaits), std::end(kWaits), wait);
  return static_cast<uint8_t>(std::max<ptrdiff_t>(after - std::begin(kWaits), 1) - 1);
}

StackProgram StackProgram::Parse(ByteView bytes) {
  StackProgram program;
  if (bytes.empty()) return program;
  program.network = bytes[0];
  size_t at = 1;
  while (bytes.size() - at >= 2 && program.steps.size() < kMaximumSteps) {
    Step step;
    step.kind = static_cast<Kind>(bytes[at] & 3);
    step.choice = bytes[at + 1];
    at += 2;
    if (HasFrame(step.kind)) {
      if (bytes.size() - at < 2) break;
      const size_t stated = static_cast<size_t>(bytes[at] << 8 | bytes[at + 1]);
      at += 2;
      const size_t size = std::min({stated, bytes.size() - at, kMaximumFrame});
      step.frame.assign(bytes.begin() + static_cast<ptrdiff_t>(at),
                        bytes.begin() + static_cast<ptrdiff_t>(at + size));
      at += size;
    }
    program.steps.push_back(std::move(step));
  }
  return program;
}

std::vector<uint8_t> StackProgram::Store() const {
  std::vector<uint8_t> bytes = {network};
  for (const Step& step : steps) {
    bytes.push_back(static_cast<uint8_t>(step.kind));
    bytes.push_back(step.choice);
    if (!HasFrame(step.kind)) continue;
    bytes.push_back(static_cast<uint8_t>(step.frame.size() >> 8));
    bytes.push_back(static_cast<uint8_t>(step.frame.size()));
    bytes.insert(bytes.end(), step.frame.begin(), step.frame.end());
  }
  return bytes;
}

}  // namespace dualsim::testing
