#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dualsim {

// A port of TCP or UDP. 0 names no port: it stands for "any" where a caller may
// leave the choice to the stack, and no packet that carries it is delivered.
enum class Port : uint16_t { kAny = 0 };

constexpr uint16_t Number(Port port) { return static_cast<uint16_t>(port); }

// "8080": 1 to 65535 in decimal, nothing else.
inline std::optional<Port> ParsePort(std::string_view text) {
  uint16_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value == 0) return std::nullopt;
  return Port{value};
}

}  // namespace dualsim
