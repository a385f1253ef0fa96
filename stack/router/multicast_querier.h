#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/router/group_record.h"
#include "stack/router/multicast_querier_config.h"
#include "stack/router/reporter_counts.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mld.h"

namespace dualsim::router {

// Where queries leave. Called during the querier's methods; must not call it back.
class MulticastQuerierOutput {
 public:
  virtual ~MulticastQuerierOutput() = default;
  // From the link-local address, hop limit 1, with Router Alert (RFC 3810 §5.1):
  // a general query goes to ff02::1, another to its group.
  virtual void SendQuery(const Ipv6Address& destination, const wire::ListenerQuery& query) = 0;
};

// The part of a multicast router on one link: multicast listener discovery
// version 2, RFC 3810 §7, with hosts of version 1 (§8.3.2). Elects the querier,
// queries where it is that, and learns which groups and sources have listeners.
//
// Messages have passed group::CheckListenerMessage(). A pure state machine.
class MulticastQuerier {
 public:
  // What joins on a link is its hosts' choice. Where the table is full a new group
  // takes the place of the last one that came from whoever reported most of them:
  // a flood from one address pushes out itself, and one from many addresses only
  // what joined during it.
  static constexpr size_t kMaximumGroups = 1024;

  // Begins as the querier (§7.6.2), with the first query due at `now`. `address`
  // is the interface's link-local one.
  MulticastQuerier(Time now, const Ipv6Address& address, const MulticastQuerierConfig& config = {});

  // A listener's report. MLD_LIMIT where it made another group go.
  std::optional<DropReason> OnReport(Time now, const Ipv6Address& source,
                                     const wire::ListenerReport& report,
                                     MulticastQuerierOutput& output);
  std::optional<DropReason> OnMessageV1(Time now, const Ipv6Address& source,
                                        const wire::ListenerMessageV1& message,
                                        MulticastQuerierOutput& output);
  // A query of another router on the link. True: it speaks another version than
  // this one, which its operator is to be told (§8.3.1); not again within a
  // Query Interval.
  bool OnQuery(Time now, const Ipv6Address& source, const wire::ListenerQuery& query);

  Time deadline() const { return deadline_; }
  void Advance(Time now, MulticastQuerierOutput& output);

  bool is_querier() const { return other_querier_until_.is_never(); }
  // Whether packets from `source` to `group` have a listener on the link, §7.3.
  bool ShouldForward(const Ipv6Address& group, const Ipv6Address& source) const;
  size_t group_count() const { return groups_.size(); }

 private:
  struct Group {
    GroupRecord record;
    Ipv6Address reporter;             // Who accounts for it.
    uint64_t added = 0;               // Higher than that of groups which were there before it.
    Time next_query = Time::Never();  // Of the specific queries that are left.
    uint8_t group_queries_left = 0;
    struct SourceQuery {
      Ipv6Address source;
      uint8_t left;
    };
    std::vector<SourceQuery> source_queries;  // §7.6.3.2's Retransmission List.
  };

  GroupRecord::Intervals intervals() const;
  std::vector<Group>::iterator LowerBound(const Ipv6Address& group);
  Group* Find(const Ipv6Address& group);
  Group& FindOrAdd(const Ipv6Address& group, const Ipv6Address& reporter);
  void MakeRoom();
  // Does what a transition asks for, §7.6.3.
  void Schedule(Time now, Group& group, const GroupRecord::Queries& queries,
                MulticastQuerierOutput& output);
  void SendSpecificQueries(Time now, Group& group, MulticastQuerierOutput& output);
  void SendSourceQueries(Time now, Group& group, bool suppress, MulticastQuerierOutput& output);
  void SendGeneralQuery(Time now, MulticastQuerierOutput& output);
  wire::ListenerQuery MakeQuery(const Ipv6Address& group, Duration maximum_response_delay) const;
  void Settle();

  MulticastQuerierConfig configured_;
  MulticastQuerierConfig config_;  // As configured, or as the querier's queries say.
  Ipv6Address address_;
  Time other_querier_until_ = Time::Never();  // §7.6.2; Never() while this is the querier.
  Time next_general_query_;
  uint8_t startup_queries_left_ = 0;
  Time next_version_warning_;
  std::vector<Group> groups_;  // In order of address.
  ReporterCounts reporters_;
  uint64_t groups_added_ = 0;
  uint64_t groups_displaced_ = 0;
  Time deadline_;
};

}  // namespace dualsim::router
