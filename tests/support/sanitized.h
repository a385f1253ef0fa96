#pragma once

namespace dualsim::testing {

// Whether this build checks itself as it runs, at a tenth of the speed: tests that
// repeat something very often do it less often then.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace dualsim::testing
