#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stack/wire/ipv6_address.h"

namespace dualsim::group {

// Addresses of sources, in ascending order, each once.
using SourceList = std::vector<Ipv6Address>;

// Brings any list into that form.
SourceList MakeSourceList(std::vector<Ipv6Address> sources);
SourceList Union(const SourceList& a, const SourceList& b);
SourceList Intersection(const SourceList& a, const SourceList& b);
SourceList Difference(const SourceList& a, const SourceList& b);  // a - b
bool Contains(const SourceList& list, const Ipv6Address& source);

// RFC 3810 §4.
enum class FilterMode : uint8_t { kInclude, kExclude };

// From which sources a group is listened to: those listed, or all but those
// listed. The default is nobody: not listening.
struct SourceFilter {
  FilterMode mode = FilterMode::kInclude;
  SourceList sources;

  static SourceFilter AnySource() { return {FilterMode::kExclude, {}}; }
  bool empty() const { return mode == FilterMode::kInclude && sources.empty(); }
  bool Accepts(const Ipv6Address& source) const {
    return Contains(sources, source) == (mode == FilterMode::kInclude);
  }
  friend bool operator==(const SourceFilter&, const SourceFilter&) = default;
};

// The state of an interface that follows from those of its listeners, RFC 3810 §4.2.
SourceFilter Merge(std::span<const SourceFilter> filters);

}  // namespace dualsim::group
