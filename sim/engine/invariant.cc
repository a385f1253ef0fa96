#include "sim/engine/invariant.h"

#include <cinttypes>
#include <cstdio>

namespace dualsim::sim {
namespace {

std::string Describe(std::string_view what, SourcePlace place, Time now, uint64_t seed) {
  char tail[96];
  std::snprintf(tail, sizeof(tail), " at %" PRId64 ".%09" PRId64 " s, seed %" PRIu64,
                now.nanoseconds() / 1'000'000'000, now.nanoseconds() % 1'000'000'000, seed);
  return "broken invariant: " + std::string(what) + " (" + place.file + ":" +
         std::to_string(place.line) + ")" + tail;
}

}  // namespace

InvariantViolation::InvariantViolation(std::string_view what, SourcePlace place, Time now,
                                       uint64_t seed)
    : std::logic_error(Describe(what, place, now, seed)) {}

}  // namespace dualsim::sim
