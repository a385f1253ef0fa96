#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/time.h"

namespace dualsim::sim {

// How a run ended, for the records that say so. It holds nothing of the machine
// and nothing of the wall clock.
struct RunSummary {
  enum class Verdict : uint8_t { kHeld, kFailed, kUndecided };

  struct Expectation {
    std::string name{};   // "" where the scenario gives none.
    std::string text{};   // In words.
    std::string place{};  // "same_mac.textproto:31:3"
    Verdict verdict{};
    Time decided{};
    std::string seen{};  // Where it failed: what was true instead,
    std::optional<Time> since{};
    std::string report{};  // and the whole story, several lines.
  };

  std::string scenario;     // "same_mac"
  std::string file;         // As the user gave it; for reports alone.
  std::string case_name{};  // Of a case: its name,
  std::string variant{};    // and where it ran; "" where there is but one place.
  uint64_t seed = 0;
  Time end;
  uint64_t events = 0;
  uint64_t frames = 0;
  std::vector<Expectation> expectations;
  // Where the golden trace was checked and differs: how.
  std::optional<std::string> golden_difference;

  // Failed where anything failed, undecided where anything else is.
  Verdict verdict() const;
};

// "HELD", "FAILED", "UNDECIDED".
std::string_view VerdictName(RunSummary::Verdict verdict);

}  // namespace dualsim::sim
