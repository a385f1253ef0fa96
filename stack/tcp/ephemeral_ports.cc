#include "stack/tcp/ephemeral_ports.h"

namespace dualsim::tcp {

EphemeralPorts::EphemeralPorts(RandomStream& random) : offset_(random), selector_(random) {
  for (uint32_t& counter : counters_) counter = static_cast<uint32_t>(random.Below(kCount));
}

}  // namespace dualsim::tcp
