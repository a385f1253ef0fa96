#pragma once

#include <cstdint>

#include "tests/fuzz/stack_program.h"

namespace dualsim::testing {

// Changes a program at the level of its steps, and of the fields, options and headers
// of its frames. Lengths and checksums are mended afterwards, mostly: what breaks
// them alone gets no further. A function of the program and of `seed`.
void Mutate(uint32_t seed, StackProgram* program);

// Steps of `other` after the first ones of `program`, or among them.
void Cross(uint32_t seed, const StackProgram& other, StackProgram* program);

}  // namespace dualsim::testing
