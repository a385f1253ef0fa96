#include "sim/scenario/default_mac.h"

#include <string>

#include "stack/base/random_stream.h"

namespace dualsim::sim {

MacAddress DefaultMac(std::string_view node, size_t interface) {
  // The seed of the run has no part in it: addresses stay when the seed changes.
  RandomStream stream(/*run_seed=*/0, node, "MAC address " + std::to_string(interface));
  constexpr uint64_t kMask = (uint64_t{1} << 40) - 1;
  return MacAddress::FromInteger(uint64_t{0x02} << 40 | (stream() & kMask));
}

}  // namespace dualsim::sim
