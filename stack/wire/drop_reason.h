#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dualsim {

// Why a packet, or one message in it, went no further. Every drop of a stack or
// of a link is counted under one of these, and users query them by name
// (`BAD_CHECKSUM`), so a name is never changed or reused; new ones go to the end
// of their group in drop_reasons.inc.
enum class DropReason : uint8_t {
#define DROP_REASON(name, text) name,
#include "stack/wire/drop_reasons.inc"
#undef DROP_REASON
  kCount,
};

// "BAD_CHECKSUM".
std::string_view DropReasonName(DropReason reason);
// One clause for people: "the checksum is wrong".
std::string_view DropReasonText(DropReason reason);
std::optional<DropReason> FindDropReason(std::string_view name);

}  // namespace dualsim
