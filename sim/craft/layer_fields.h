#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/craft/address_term.h"
#include "stack/wire/ipv4_address.h"

namespace dualsim::craft {

// The values that fields of layers have. Not set: to be computed where a frame
// is made, free where one is compared.
using Number = std::optional<uint64_t>;
using Flag = std::optional<bool>;
using Bytes = std::optional<std::vector<uint8_t>>;
using Address = std::optional<AddressTerm>;
using Mac = std::optional<MacTerm>;
using Ipv4 = std::optional<Ipv4Address>;

// How a scenario writes a number.
enum class Unit : uint8_t {
  kNone,
  kSeconds,       // As a duration of whole seconds, "infinite" being all one bits.
  kMilliseconds,  // As a duration of whole milliseconds.
  kPreference,    // As one of RFC 4191's names.
  kRecordType,    // As one of RFC 3810's.
};

// A field of a layer: its name, in scenarios as in messages, and how wide it is
// on the wire. Every layer lists its fields in `Fields`, which calls the given
// function with each description and a pointer to the member; reading, comparing
// and searching a layer all go by this list.
struct FieldInfo {
  std::string_view name;
  int bits = 0;  // Of numbers.
  Unit unit = Unit::kNone;
  uint64_t multiple = 1;  // Numbers are a multiple of this: the wire holds the quotient.
};

}  // namespace dualsim::craft
