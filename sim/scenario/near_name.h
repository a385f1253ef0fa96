#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dualsim::sim {

// How many letters must be put in, taken out, changed, or swapped with their
// neighbour to make `a` into `b`; letters of another case count as equal.
size_t EditDistance(std::string_view a, std::string_view b);

// The candidate that `name` is most likely a slip of: the nearest, of equals the
// first; nullopt where none is near enough to be worth a mention.
std::optional<std::string> NearName(std::string_view name, std::span<const std::string> candidates);

// "; did you mean 'delay'?", or "" where nothing is near.
std::string DidYouMean(std::string_view name, std::span<const std::string> candidates);

}  // namespace dualsim::sim
