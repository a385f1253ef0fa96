#pragma once

#include <cstdio>
#include <cstdlib>

namespace dualsim::testing {

// Ends the fuzzer where a property does not hold; libFuzzer and the replaying
// test report the input then.
inline void Require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "property violated: %s\n", property);
  std::abort();
}

}  // namespace dualsim::testing
