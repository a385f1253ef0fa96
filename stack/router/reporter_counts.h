#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/wire/ipv6_address.h"

namespace dualsim::router {

// How many entries of a table each of those who reported them accounts for, so
// that a full table can make room where somebody took most of it. No larger than
// the table.
class ReporterCounts {
 public:
  void Add(const Ipv6Address& reporter) {
    const auto at = Find(reporter);
    if (at != counts_.end() && at->reporter == reporter) {
      ++at->count;
    } else {
      counts_.insert(at, {reporter, 1});
    }
  }
  // Requires that it was added.
  void Remove(const Ipv6Address& reporter) {
    const auto at = Find(reporter);
    if (--at->count == 0) counts_.erase(at);
  }
  size_t Of(const Ipv6Address& reporter) {
    const auto at = Find(reporter);
    return at != counts_.end() && at->reporter == reporter ? at->count : 0;
  }
  // Of whoever accounts for most; 0 where there is nobody.
  size_t Most() const {
    size_t most = 0;
    for (const Entry& entry : counts_) most = std::max(most, entry.count);
    return most;
  }

 private:
  struct Entry {
    Ipv6Address reporter;
    size_t count;
  };

  std::vector<Entry>::iterator Find(const Ipv6Address& reporter) {
    return std::lower_bound(counts_.begin(), counts_.end(), reporter,
                            [](const Entry& e, const Ipv6Address& a) { return e.reporter < a; });
  }

  std::vector<Entry> counts_;  // In order of the address.
};

}  // namespace dualsim::router
