#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "sim/craft/packet_dissector.h"
#include "sim/craft/packet_spec.h"

namespace dualsim::craft {

// Calls fn(info, value) for every field of a layer, an option or a record, a
// message's own fields after those of all messages.
template <typename L, typename Fn>
void ForEachField(L& layer, Fn fn) {
  using Plain = std::remove_const_t<L>;
  Plain::Fields([&](const FieldInfo& info, auto member) { fn(info, layer.*member); });
  if constexpr (std::is_same_v<Plain, Icmpv6Layer> || std::is_same_v<Plain, NdpOptionSpec>) {
    std::visit([&](auto& body) { ForEachField(body, fn); }, layer.body);
  }
}

// Whether scenarios can put a condition on the number `field` of `layer` (or of
// an option that is called so).
bool HasNumber(std::string_view layer, std::string_view field);

// That number in a frame: of the first such layer, or option of a message.
Number FindNumber(const Dissection& dissection, std::string_view layer, std::string_view field);

// A value as messages show it: "64", "0x86dd", "30s", "MEDIUM".
std::string NumberText(const FieldInfo& info, uint64_t value);
// Of Unit::kPreference and Unit::kRecordType: the name's value, and back; "" and
// nullopt for what has no name.
std::optional<uint64_t> ValueOfName(Unit unit, std::string_view name);
std::string_view NameOfValue(Unit unit, uint64_t value);

}  // namespace dualsim::craft
