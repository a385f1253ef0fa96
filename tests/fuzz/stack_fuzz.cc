// Whole hosts and routers under sequences of valid and broken frames, time and an
// operator: none crashes, leaks, loops or grows, and what they send can be read. The
// seeds are the conformance cases (stack_seeds.cc).

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "tests/fuzz/require.h"
#include "tests/fuzz/stack_mutator.h"
#include "tests/fuzz/stack_network.h"
#include "tests/fuzz/stack_program.h"

namespace {

using dualsim::testing::Require;
using dualsim::testing::StackNetwork;
using dualsim::testing::StackProgram;

// Bytes on the heap, and the most of them.
size_t live = 0;
size_t most = 0;

// All that a network of three nodes may ever hold: each a neighbour cache,
// reassembly, lists and queues filled to their limits, and the frames on the links.
constexpr size_t kMaximumBytes = size_t{4} << 20;

size_t Store(const std::vector<uint8_t>& bytes, uint8_t* data, size_t limit) {
  const size_t size = std::min(bytes.size(), limit);
  std::copy_n(bytes.begin(), size, data);
  return size;
}

void Play(const StackProgram& program) {
  StackNetwork network(program.network);
  network.Play(program);
}

}  // namespace

void* operator new(size_t size) {
  void* bytes = std::malloc(size);
  if (bytes == nullptr) std::abort();
  live += malloc_usable_size(bytes);
  most = std::max(most, live);
  return bytes;
}
// std::stable_sort asks in this way.
void* operator new(size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void operator delete(void* bytes) noexcept {
  if (bytes != nullptr) live -= malloc_usable_size(bytes);
  std::free(bytes);
}
void operator delete(void* bytes, size_t) noexcept { operator delete(bytes); }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const StackProgram program = StackProgram::Parse({data, size});
  // What is made once and kept is no leak.
  static const bool warm = [] {
    for (uint8_t i = 0; i < StackNetwork::kNetworks; ++i) Play({i, {}});
    return true;
  }();
  (void)warm;
  const size_t before = live;
  most = live;
  Play(program);
  Require(live == before, "nothing stays behind");
  Require(most - before <= kMaximumBytes, "memory is bounded");
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t limit, unsigned seed) {
  StackProgram program = StackProgram::Parse({data, size});
  dualsim::testing::Mutate(seed, &program);
  return Store(program.Store(), data, limit);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data, size_t size, const uint8_t* other,
                                            size_t other_size, uint8_t* out, size_t limit,
                                            unsigned seed) {
  StackProgram program = StackProgram::Parse({data, size});
  dualsim::testing::Cross(seed, StackProgram::Parse({other, other_size}), &program);
  return Store(program.Store(), out, limit);
}
