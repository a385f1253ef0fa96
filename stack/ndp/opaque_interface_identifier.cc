#include "stack/ndp/opaque_interface_identifier.h"

#include <vector>

#include "stack/base/bytes.h"
#include "stack/ndp/reserved_interface_identifiers.h"

namespace dualsim::ndp {
namespace {

// The length of the prefix, Net_Iface and DAD_Counter, after the prefix itself.
constexpr size_t kFixedSize = Ipv6Address::kSize + 1 + 2 + 4;

std::vector<uint8_t> Encode(const OpaqueInterfaceIdentifierInput& input, uint32_t dad_counter) {
  std::vector<uint8_t> bytes(kFixedSize);
  uint8_t* p = bytes.data();
  StoreBig64(p, input.prefix.address().high());
  StoreBig64(p + 8, input.prefix.address().low());
  p[16] = static_cast<uint8_t>(input.prefix.length());
  StoreBig16(p + 17, static_cast<uint16_t>(input.net_iface));
  StoreBig32(p + 19, dad_counter);
  bytes.insert(bytes.end(), input.network_id.begin(), input.network_id.end());
  return bytes;
}

}  // namespace

OpaqueInterfaceIdentifier MakeOpaqueInterfaceIdentifier(
    const SipHashKey& secret_key, const OpaqueInterfaceIdentifierInput& input) {
  for (uint32_t counter = input.dad_counter;; ++counter) {
    const uint64_t value = SipHash(secret_key, Encode(input, counter));
    if (!IsReservedInterfaceIdentifier(value)) return {value, counter};
  }
}

}  // namespace dualsim::ndp
