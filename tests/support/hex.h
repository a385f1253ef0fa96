#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/bytes.h"

namespace dualsim::testing {

// Bytes as RFCs draw them: "33 33 00000001", two digits a byte, blanks anywhere
// between bytes. Throws std::invalid_argument for any other text.
std::vector<uint8_t> FromHex(std::string_view text);

// "3333 0000 0001": groups of two bytes.
std::string ToHex(ByteView bytes);

}  // namespace dualsim::testing
