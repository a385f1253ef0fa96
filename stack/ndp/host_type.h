#pragma once

#include <cstdint>

namespace dualsim::ndp {

// What a host makes of RFC 4191's extensions, §3 there.
enum class HostType : uint8_t {
  kC,  // It uses router preferences and more-specific routes.
  kA,  // It knows neither.
  kB,  // It knows preferences alone.
};

}  // namespace dualsim::ndp
