#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "stack/base/random_stream.h"
#include "stack/tcp/siphash.h"

namespace dualsim::tcp {

// The local port of a connection whose program named none: algorithm 4 of RFC
// 6056 (§3.3.4), so that the ports towards one peer tell nothing about those
// towards another, and one is reused as late as can be.
class EphemeralPorts {
 public:
  static constexpr uint16_t kFirst = 32768;
  static constexpr uint32_t kCount = 65536 - kFirst;

  explicit EphemeralPorts(RandomStream& random);

  // A port for `flow`, whose own local port does not count. `suitable(port)` says
  // whether one may be taken; nullopt where none may.
  template <typename Suitable>
  std::optional<Port> Choose(const Flow& flow, Suitable suitable) {
    Flow key = flow;
    key.local_port = Port::kAny;
    const auto offset = static_cast<uint32_t>(offset_(key));
    uint32_t& counter = counters_[selector_(key) % kTableSize];
    for (uint32_t tries = 0; tries < kCount; ++tries) {
      const auto port = static_cast<Port>(kFirst + (offset + counter++) % kCount);
      if (suitable(port)) return port;
    }
    return std::nullopt;
  }

 private:
  static constexpr size_t kTableSize = 64;

  SipHash offset_;    // F of §3.3.4
  SipHash selector_;  // G
  std::array<uint32_t, kTableSize> counters_;
};

}  // namespace dualsim::tcp
