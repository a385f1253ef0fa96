#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace dualsim::testing {

// What a fuzzer does to a network: a choice of network, then steps. Any bytes are a
// program, and storing what was read from them gives a program of the same meaning.
struct StackProgram {
  enum class Kind : uint8_t {
    kWait,      // Time passes.
    kFrame,     // A frame from nowhere on a link.
    kReaction,  // Likewise, made to fit the last frame that a stack sent there.
    kAct,       // An operator does something.
  };
  struct Step {
    Kind kind{};
    uint8_t choice = 0;          // The time, the link or the act.
    std::vector<uint8_t> frame;  // Of a frame or a reaction.
  };

  static constexpr size_t kMaximumSteps = 96;
  static constexpr size_t kMaximumFrame = 9018;

  uint8_t network = 0;
  std::vector<Step> steps;

  static StackProgram Parse(ByteView bytes);
  std::vector<uint8_t> Store() const;
};

// How long the wait of a choice is.
Duration WaitOf(uint8_t choice);
// The choice of the wait that is nearest from below.
uint8_t ChoiceOf(Duration wait);

}  // namespace dualsim::testing
