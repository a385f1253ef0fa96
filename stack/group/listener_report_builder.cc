#include "stack/group/listener_report_builder.h"

#include <algorithm>

namespace dualsim::group {

void ListenerReportBuilder::Add(wire::ListenerRecordType type, const Ipv6Address& group,
                                std::span<const Ipv6Address> sources) {
  const bool splittable = type != wire::ListenerRecordType::kModeIsExclude &&
                          type != wire::ListenerRecordType::kChangeToExclude;
  const size_t wanted = kRecordHeader + sources.size() * Ipv6Address::kSize;
  // A record that a message of its own would hold whole gets one.
  if (wanted > room() && size_ > kReportHeader) Flush();
  do {
    if (room() < kRecordHeader + std::min<size_t>(sources.size(), 1) * Ipv6Address::kSize) Flush();
    const size_t count =
        std::min(sources.size(), (room() - kRecordHeader) / size_t{Ipv6Address::kSize});
    const auto taken = sources.first(count);
    report_.records.push_back({type, group, {taken.begin(), taken.end()}});
    size_ += kRecordHeader + count * Ipv6Address::kSize;
    sources = splittable ? sources.subspan(count) : std::span<const Ipv6Address>();
  } while (!sources.empty());
}

void ListenerReportBuilder::Flush() {
  if (report_.records.empty()) return;
  output_.SendReport(report_);
  report_.records.clear();
  size_ = kReportHeader;
}

}  // namespace dualsim::group
