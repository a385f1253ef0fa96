#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "stack/base/time.h"

namespace dualsim::sim {

// Where in our sources something was called from; made by default arguments.
struct SourcePlace {
  const char* file = "";
  int line = 0;

  static constexpr SourcePlace Here(const char* file = __builtin_FILE(),
                                    int line = __builtin_LINE()) {
    return {file, line};
  }
};

// A fault of our own, never of a scenario or of a peer. It ends the program:
// nobody catches it but the edge, which prints what() and exits with code 3.
// what() says what, where, the simulated time and the seed to replay it.
class InvariantViolation : public std::logic_error {
 public:
  InvariantViolation(std::string_view what, SourcePlace place, Time now, uint64_t seed);
};

}  // namespace dualsim::sim
