#include "stack/tcp/network.h"

#include <algorithm>

namespace dualsim::tcp {

void OutgoingSegment::Store(uint8_t* out) const {
  header.Store(out);
  uint8_t* at = out + header.size();
  at = std::copy(payload.first.begin(), payload.first.end(), at);
  std::copy(payload.second.begin(), payload.second.end(), at);
  wire::StoreTcpChecksum({out, size()}, flow.local, flow.remote);
}

}  // namespace dualsim::tcp
