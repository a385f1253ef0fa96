#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/base/time.h"
#include "stack/group/source_filter.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mld.h"

namespace dualsim::router {

// What a router knows of the listeners of one group on one link, RFC 3810 §7.2:
// the Router Filter Mode with its timer, and the sources with theirs. All the
// transitions of §7.4 and §7.5 are here; sending the queries that they ask for
// is MulticastQuerier's.
class GroupRecord {
 public:
  // Where more are wanted the group is listened to from all for as long: who floods
  // the record costs the link its economy, and nobody their packets.
  static constexpr size_t kMaximumSources = 64;

  // The values of §9 that the transitions use.
  struct Intervals {
    Duration listening;            // Multicast Address Listening Interval
    Duration last_listener_query;  // Last Listener Query Time
    Duration older_host_present;   // Older Version Host Present Timeout
  };
  // The queries that a transition asks for.
  struct Queries {
    bool group = false;         // Send Q(MA)
    group::SourceList sources;  // Send Q(MA,A)
  };

  explicit GroupRecord(const Ipv6Address& group) : group_(group) {}

  const Ipv6Address& group() const { return group_; }
  group::FilterMode mode() const { return mode_; }
  // Whether nobody listens any more, so that the record goes.
  bool empty() const { return mode_ == group::FilterMode::kInclude && sources_.empty(); }
  // §7.3: whether packets from `source` have a listener.
  bool ShouldForward(const Ipv6Address& source) const;

  // A record of a report of version 2, §7.4; while hosts of version 1 are
  // present, less of it counts (§8.3.2).
  Queries OnRecord(Time now, wire::ListenerRecordType type, group::SourceList sources,
                   const Intervals& intervals);
  // A Report or a Done of version 1, §8.3.2.
  Queries OnReportV1(Time now, const Intervals& intervals);
  Queries OnDoneV1(Time now, const Intervals& intervals);

  // Lower timers to the Last Listener Query Time, §7.6.1.
  void LowerFilterTimer(Time now, const Intervals& intervals);
  void LowerSourceTimers(Time now, const group::SourceList& sources, const Intervals& intervals);
  bool FilterTimerIsOver(Time when) const { return filter_until_ > when; }
  bool SourceTimerIsOver(const Ipv6Address& source, Time when) const;

  // When a timer runs out next.
  Time deadline() const;
  void Advance(Time now);

 private:
  struct Source {
    Ipv6Address address;
    // When its timer runs out. In EXCLUDE mode those whose timer ran out stay, as
    // the Exclude List; they have kZero.
    Time until;
  };
  static constexpr Time kZero = Time();

  const Source* Find(const Ipv6Address& source) const;
  // The sources with a running timer: the Include or Requested List; and those
  // without: the Exclude List.
  group::SourceList Running() const;
  group::SourceList Stopped() const;
  void Set(const group::SourceList& sources, Time until);
  void Keep(const group::SourceList& sources);
  Queries InInclude(Time now, wire::ListenerRecordType type, const group::SourceList& sources,
                    const Intervals& intervals);
  Queries InExclude(Time now, wire::ListenerRecordType type, const group::SourceList& sources,
                    const Intervals& intervals);

  Ipv6Address group_;
  group::FilterMode mode_ = group::FilterMode::kInclude;
  Time filter_until_;            // The Filter Timer, of EXCLUDE mode.
  Time version1_until_;          // Older Version Host Present, §8.3.2.
  std::vector<Source> sources_;  // In order of address.
};

}  // namespace dualsim::router
