#include "stack/group/source_filter.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dualsim::group {

SourceList MakeSourceList(std::vector<Ipv6Address> sources) {
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  return sources;
}

SourceList Union(const SourceList& a, const SourceList& b) {
  SourceList result;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

SourceList Intersection(const SourceList& a, const SourceList& b) {
  SourceList result;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

SourceList Difference(const SourceList& a, const SourceList& b) {
  SourceList result;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
  return result;
}

bool Contains(const SourceList& list, const Ipv6Address& source) {
  return std::binary_search(list.begin(), list.end(), source);
}

SourceFilter Merge(std::span<const SourceFilter> filters) {
  SourceList included;
  SourceList excluded;
  bool exclude = false;
  for (const SourceFilter& filter : filters) {
    if (filter.mode == FilterMode::kInclude) {
      included = Union(included, filter.sources);
    } else {
      excluded = exclude ? Intersection(excluded, filter.sources) : filter.sources;
      exclude = true;
    }
  }
  if (!exclude) return {FilterMode::kInclude, std::move(included)};
  return {FilterMode::kExclude, Difference(excluded, included)};
}

}  // namespace dualsim::group
