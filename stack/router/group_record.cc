#include "stack/router/group_record.h"

#include <algorithm>
#include <utility>

namespace dualsim::router {

using group::Contains;
using group::Difference;
using group::FilterMode;
using group::Intersection;
using group::SourceList;
using wire::ListenerRecordType;

const GroupRecord::Source* GroupRecord::Find(const Ipv6Address& source) const {
  const auto at =
      std::lower_bound(sources_.begin(), sources_.end(), source,
                       [](const Source& s, const Ipv6Address& a) { return s.address < a; });
  return at != sources_.end() && at->address == source ? &*at : nullptr;
}

SourceList GroupRecord::Running() const {
  SourceList list;
  for (const Source& source : sources_) {
    if (source.until != kZero) list.push_back(source.address);
  }
  return list;
}

SourceList GroupRecord::Stopped() const {
  SourceList list;
  for (const Source& source : sources_) {
    if (source.until == kZero) list.push_back(source.address);
  }
  return list;
}

void GroupRecord::Set(const SourceList& sources, Time until) {
  for (const Ipv6Address& address : sources) {
    const auto at =
        std::lower_bound(sources_.begin(), sources_.end(), address,
                         [](const Source& s, const Ipv6Address& a) { return s.address < a; });
    if (at != sources_.end() && at->address == address) {
      at->until = until;
    } else if (sources_.size() < kMaximumSources) {
      sources_.insert(at, {address, until});
    } else if (until != kZero) {
      mode_ = FilterMode::kExclude;
      filter_until_ = std::max(filter_until_, until);
    }
  }
}

void GroupRecord::Keep(const SourceList& sources) {
  std::erase_if(sources_, [&](const Source& source) { return !Contains(sources, source.address); });
}

bool GroupRecord::ShouldForward(const Ipv6Address& source) const {
  const Source* found = Find(source);
  if (found == nullptr) return mode_ == FilterMode::kExclude;
  return found->until != kZero;
}

GroupRecord::Queries GroupRecord::OnRecord(Time now, ListenerRecordType type, SourceList sources,
                                           const Intervals& intervals) {
  if (now < version1_until_) {
    if (type == ListenerRecordType::kBlockOldSources) return {};
    if (type == ListenerRecordType::kChangeToExclude) sources.clear();
  }
  return mode_ == FilterMode::kInclude ? InInclude(now, type, sources, intervals)
                                       : InExclude(now, type, sources, intervals);
}

GroupRecord::Queries GroupRecord::OnReportV1(Time now, const Intervals& intervals) {
  version1_until_ = now + intervals.older_host_present;
  return OnRecord(now, ListenerRecordType::kModeIsExclude, {}, intervals);
}

GroupRecord::Queries GroupRecord::OnDoneV1(Time now, const Intervals& intervals) {
  return OnRecord(now, ListenerRecordType::kChangeToInclude, {}, intervals);
}

// INCLUDE (A) of the tables in §7.4; `b` is the report's list.
GroupRecord::Queries GroupRecord::InInclude(Time now, ListenerRecordType type, const SourceList& b,
                                            const Intervals& intervals) {
  const SourceList a = Running();
  switch (type) {
    case ListenerRecordType::kModeIsInclude:
    case ListenerRecordType::kAllowNewSources:
      Set(b, now + intervals.listening);
      return {};
    case ListenerRecordType::kChangeToInclude:
      Set(b, now + intervals.listening);
      return {.group = false, .sources = Difference(a, b)};
    case ListenerRecordType::kBlockOldSources:
      return {.group = false, .sources = Intersection(a, b)};
    case ListenerRecordType::kModeIsExclude:
    case ListenerRecordType::kChangeToExclude:
      mode_ = FilterMode::kExclude;
      filter_until_ = now + intervals.listening;
      Keep(b);
      Set(Difference(b, a), kZero);
      if (type == ListenerRecordType::kModeIsExclude) return {};
      return {.group = false, .sources = Intersection(a, b)};
  }
  return {};  // A type that nobody knows changes nothing, §5.2.12.
}

// EXCLUDE (X,Y) likewise; `a` is the report's list.
GroupRecord::Queries GroupRecord::InExclude(Time now, ListenerRecordType type, const SourceList& a,
                                            const Intervals& intervals) {
  const SourceList x = Running();
  const SourceList y = Stopped();
  const SourceList unknown = Difference(Difference(a, x), y);
  switch (type) {
    case ListenerRecordType::kModeIsInclude:
    case ListenerRecordType::kAllowNewSources:
      Set(a, now + intervals.listening);
      return {};
    case ListenerRecordType::kChangeToInclude:
      Set(a, now + intervals.listening);
      return {.group = true, .sources = Difference(x, a)};
    case ListenerRecordType::kBlockOldSources:
      Set(unknown, filter_until_);
      return {.group = false, .sources = Difference(a, y)};
    case ListenerRecordType::kModeIsExclude:
      Keep(a);
      Set(unknown, now + intervals.listening);
      filter_until_ = now + intervals.listening;
      return {};
    case ListenerRecordType::kChangeToExclude:
      Keep(a);
      Set(unknown, filter_until_);
      filter_until_ = now + intervals.listening;
      return {.group = false, .sources = Difference(a, y)};
  }
  return {};
}

void GroupRecord::LowerFilterTimer(Time now, const Intervals& intervals) {
  filter_until_ = std::min(filter_until_, now + intervals.last_listener_query);
}

void GroupRecord::LowerSourceTimers(Time now, const SourceList& sources,
                                    const Intervals& intervals) {
  for (Source& source : sources_) {
    if (Contains(sources, source.address)) {
      source.until = std::min(source.until, now + intervals.last_listener_query);
    }
  }
}

bool GroupRecord::SourceTimerIsOver(const Ipv6Address& source, Time when) const {
  const Source* found = Find(source);
  return found != nullptr && found->until > when;
}

Time GroupRecord::deadline() const {
  Time next = mode_ == FilterMode::kExclude ? filter_until_ : Time::Never();
  for (const Source& source : sources_) {
    if (source.until != kZero) next = std::min(next, source.until);
  }
  return next;
}

void GroupRecord::Advance(Time now) {
  const auto expired = [&](const Source& source) {
    return source.until != kZero && source.until <= now;
  };
  if (mode_ == FilterMode::kExclude) {
    for (Source& source : sources_) {
      if (expired(source)) source.until = kZero;
    }
    if (filter_until_ > now) return;
    mode_ = FilterMode::kInclude;  // §7.5
    std::erase_if(sources_, [](const Source& source) { return source.until == kZero; });
  } else {
    std::erase_if(sources_, expired);
  }
}

}  // namespace dualsim::router
