#include "stack/ipv4/path_mtu.h"

#include <algorithm>

namespace dualsim::ipv4 {

uint32_t PathMtuAfter(uint16_t told, uint16_t total_length) {
  // RFC 1191 §7.1, table 7-1.
  static constexpr uint16_t kPlateaus[] = {65535, 32000, 17914, 8166, 4352, 2002,
                                           1492,  1006,  508,   296,  68};
  if (told != 0) return std::max<uint32_t>(told, kMinimumMtu);
  for (const uint16_t plateau : kPlateaus) {
    if (plateau < total_length) return plateau;
  }
  return kMinimumMtu;
}

}  // namespace dualsim::ipv4
