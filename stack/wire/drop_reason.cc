#include "stack/wire/drop_reason.h"

#include <cstddef>

namespace dualsim {
namespace {

struct Description {
  std::string_view name;
  std::string_view text;
};

constexpr Description kDescriptions[] = {
#define DROP_REASON(name, text) {#name, text},
#include "stack/wire/drop_reasons.inc"
#undef DROP_REASON
};

}  // namespace

std::string_view DropReasonName(DropReason reason) {
  return kDescriptions[static_cast<size_t>(reason)].name;
}

std::string_view DropReasonText(DropReason reason) {
  return kDescriptions[static_cast<size_t>(reason)].text;
}

std::optional<DropReason> FindDropReason(std::string_view name) {
  for (size_t i = 0; i < static_cast<size_t>(DropReason::kCount); ++i) {
    if (kDescriptions[i].name == name) return static_cast<DropReason>(i);
  }
  return std::nullopt;
}

}  // namespace dualsim
