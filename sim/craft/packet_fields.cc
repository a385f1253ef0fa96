#include "sim/craft/packet_fields.h"

#include <array>
#include <cstdio>
#include <span>

namespace dualsim::craft {
namespace {

template <typename L>
Number NumberOf(const L& layer, std::string_view field, bool* known) {
  Number found;
  ForEachField(layer, [&](const FieldInfo& info, const auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, Number>) {
      if (info.name != field) return;
      *known = true;
      found = value;
    }
  });
  return found;
}

Number NumberOfLayer(const Layer& layer, std::string_view field, bool* known) {
  return std::visit([&](const auto& fields) { return NumberOf(fields, field, known); }, layer);
}

struct NamedValue {
  std::string_view name;
  uint64_t value;
};
constexpr std::array<NamedValue, 4> kPreferences = {
    {{"MEDIUM", 0}, {"HIGH", 1}, {"RESERVED", 2}, {"LOW", 3}}};
constexpr std::array<NamedValue, 6> kRecordTypes = {{{"MODE_IS_INCLUDE", 1},
                                                     {"MODE_IS_EXCLUDE", 2},
                                                     {"CHANGE_TO_INCLUDE_MODE", 3},
                                                     {"CHANGE_TO_EXCLUDE_MODE", 4},
                                                     {"ALLOW_NEW_SOURCES", 5},
                                                     {"BLOCK_OLD_SOURCES", 6}}};

std::span<const NamedValue> NamesOf(Unit unit) {
  if (unit == Unit::kPreference) return kPreferences;
  if (unit == Unit::kRecordType) return kRecordTypes;
  return {};
}

std::string Hexadecimal(uint64_t value, int bits) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%0*llx", (bits + 3) / 4,
                static_cast<unsigned long long>(value));
  return text;
}

}  // namespace

bool HasNumber(std::string_view layer, std::string_view field) {
  bool known = false;
  if (const auto empty = EmptyLayer(layer)) NumberOfLayer(*empty, field, &known);
  if (const auto empty = EmptyNdpOption(layer)) NumberOf(*empty, field, &known);
  return known;
}

Number FindNumber(const Dissection& dissection, std::string_view layer, std::string_view field) {
  bool known = false;
  for (const DissectedLayer& dissected : dissection.layers) {
    if (LayerName(dissected.layer) == layer) return NumberOfLayer(dissected.layer, field, &known);
    const auto* message = std::get_if<Icmpv6Layer>(&dissected.layer);
    if (message == nullptr) continue;
    for (const NdpOptionSpec& option : message->options) {
      if (NdpOptionName(option.type) == layer) return NumberOf(option, field, &known);
    }
  }
  return std::nullopt;
}

std::string NumberText(const FieldInfo& info, uint64_t value) {
  if (const std::string_view name = NameOfValue(info.unit, value); !name.empty()) {
    return std::string(name);
  }
  const bool infinite = info.unit == Unit::kSeconds && info.bits == 32 && value == 0xffffffff;
  if (infinite) return "infinite";
  if (info.unit == Unit::kSeconds) return std::to_string(value) + "s";
  if (info.unit == Unit::kMilliseconds) return std::to_string(value) + "ms";
  const bool code = info.name == "checksum" || info.name == "flow_label" ||
                    (info.name == "type" && info.bits == 16);
  return code ? Hexadecimal(value, info.bits) : std::to_string(value);
}

std::optional<uint64_t> ValueOfName(Unit unit, std::string_view name) {
  for (const NamedValue& named : NamesOf(unit)) {
    if (named.name == name) return named.value;
  }
  return std::nullopt;
}

std::string_view NameOfValue(Unit unit, uint64_t value) {
  for (const NamedValue& named : NamesOf(unit)) {
    if (named.value == value) return named.name;
  }
  return "";
}

}  // namespace dualsim::craft
