#include "stack/router/multicast_querier.h"

#include <algorithm>
#include <utility>

namespace dualsim::router {
namespace {

// Sources that fit one query within the smallest IPv6 MTU.
constexpr size_t kSourcesPerQuery =
    (1280 - 40 - wire::kRouterAlertHeaderSize - 28) / Ipv6Address::kSize;

bool IsReported(const Ipv6Address& group) {
  return group.is_multicast() && group.multicast_scope() >= 2 && group != Ipv6Address::AllNodes();
}

}  // namespace

MulticastQuerier::MulticastQuerier(Time now, const Ipv6Address& address,
                                   const MulticastQuerierConfig& config)
    : configured_(config),
      config_(config),
      address_(address),
      next_general_query_(now),
      startup_queries_left_(config.robustness_variable),
      deadline_(now) {}

GroupRecord::Intervals MulticastQuerier::intervals() const {
  const Duration listening =
      config_.query_interval * config_.robustness_variable + config_.query_response_interval;
  return {.listening = listening,
          .last_listener_query = config_.last_listener_query_interval * config_.robustness_variable,
          .older_host_present = listening};
}

std::vector<MulticastQuerier::Group>::iterator MulticastQuerier::LowerBound(
    const Ipv6Address& group) {
  return std::lower_bound(
      groups_.begin(), groups_.end(), group,
      [](const Group& g, const Ipv6Address& a) { return g.record.group() < a; });
}

MulticastQuerier::Group* MulticastQuerier::Find(const Ipv6Address& group) {
  const auto at = LowerBound(group);
  return at != groups_.end() && at->record.group() == group ? &*at : nullptr;
}

MulticastQuerier::Group& MulticastQuerier::FindOrAdd(const Ipv6Address& group,
                                                     const Ipv6Address& reporter) {
  if (Group* known = Find(group)) {
    // Nobody makes a group go by reporting it too.
    if (reporters_.Of(reporter) < reporters_.Of(known->reporter)) {
      reporters_.Remove(known->reporter);
      reporters_.Add(reporter);
      known->reporter = reporter;
    }
    return *known;
  }
  if (groups_.size() >= kMaximumGroups) MakeRoom();
  reporters_.Add(reporter);
  Group added{.record = GroupRecord(group),
              .reporter = reporter,
              .added = ++groups_added_,
              .source_queries = {}};
  return *groups_.insert(LowerBound(group), std::move(added));
}

void MulticastQuerier::MakeRoom() {
  const size_t most = reporters_.Most();
  auto last = groups_.begin();
  uint64_t last_added = 0;
  for (auto group = groups_.begin(); group != groups_.end(); ++group) {
    if (group->added < last_added || reporters_.Of(group->reporter) < most) continue;
    last = group;
    last_added = group->added;
  }
  reporters_.Remove(last->reporter);
  groups_.erase(last);
  ++groups_displaced_;
}

bool MulticastQuerier::ShouldForward(const Ipv6Address& group, const Ipv6Address& source) const {
  const Group* found = const_cast<MulticastQuerier*>(this)->Find(group);
  return found != nullptr && found->record.ShouldForward(source);
}

// Reports.

std::optional<DropReason> MulticastQuerier::OnReport(Time now, const Ipv6Address& source,
                                                     const wire::ListenerReport& report,
                                                     MulticastQuerierOutput& output) {
  const uint64_t displaced = groups_displaced_;
  for (const wire::ListenerRecord& record : report.records) {
    if (!IsReported(record.group)) continue;
    // Who ends what nobody listens to changes nothing.
    if (!record.tells_listener() && Find(record.group) == nullptr) continue;
    Group& group = FindOrAdd(record.group, source);
    group.record.Advance(now);
    Schedule(
        now, group,
        group.record.OnRecord(now, record.type, group::MakeSourceList(record.sources), intervals()),
        output);
  }
  Settle();
  return displaced == groups_displaced_ ? std::nullopt : std::optional(DropReason::MLD_LIMIT);
}

std::optional<DropReason> MulticastQuerier::OnMessageV1(Time now, const Ipv6Address& source,
                                                        const wire::ListenerMessageV1& message,
                                                        MulticastQuerierOutput& output) {
  if (!IsReported(message.group)) return std::nullopt;
  const bool done = message.type == wire::Icmpv6Type::kMulticastListenerDone;
  if (done && Find(message.group) == nullptr) return std::nullopt;
  const uint64_t displaced = groups_displaced_;
  Group& group = FindOrAdd(message.group, source);
  group.record.Advance(now);
  Schedule(
      now, group,
      done ? group.record.OnDoneV1(now, intervals()) : group.record.OnReportV1(now, intervals()),
      output);
  Settle();
  return displaced == groups_displaced_ ? std::nullopt : std::optional(DropReason::MLD_LIMIT);
}

// Specific queries, §7.6.3.

void MulticastQuerier::Schedule(Time now, Group& group, const GroupRecord::Queries& queries,
                                MulticastQuerierOutput& output) {
  if (queries.group) group.record.LowerFilterTimer(now, intervals());
  if (!is_querier() || (!queries.group && queries.sources.empty())) return;
  const Time short_while = now + intervals().last_listener_query;
  bool anything = queries.group;
  if (queries.group) group.group_queries_left = config_.robustness_variable;
  for (const Ipv6Address& source : queries.sources) {
    if (!group.record.SourceTimerIsOver(source, short_while)) continue;
    anything = true;
    std::erase_if(group.source_queries, [&](const auto& entry) { return entry.source == source; });
    group.source_queries.push_back({source, config_.robustness_variable});
  }
  group.record.LowerSourceTimers(now, queries.sources, intervals());
  if (anything) SendSpecificQueries(now, group, output);
}

void MulticastQuerier::SendSpecificQueries(Time now, Group& group, MulticastQuerierOutput& output) {
  const bool for_group = group.group_queries_left > 0;
  if (for_group) {
    --group.group_queries_left;
    wire::ListenerQuery query =
        MakeQuery(group.record.group(), config_.last_listener_query_interval);
    query.suppress_router_processing =
        group.record.FilterTimerIsOver(now + intervals().last_listener_query);
    output.SendQuery(group.record.group(), query);
  }
  // §7.6.3.2: the first of the two adds nothing to a query for the whole group.
  if (!for_group) SendSourceQueries(now, group, true, output);
  SendSourceQueries(now, group, false, output);
  for (Group::SourceQuery& entry : group.source_queries) --entry.left;
  std::erase_if(group.source_queries, [](const auto& entry) { return entry.left == 0; });
  const bool left = group.group_queries_left > 0 || !group.source_queries.empty();
  group.next_query = left ? now + config_.last_listener_query_interval : Time::Never();
}

void MulticastQuerier::SendSourceQueries(Time now, Group& group, bool suppress,
                                         MulticastQuerierOutput& output) {
  if (config_.version1) return;  // It has no queries for sources.
  const Time short_while = now + intervals().last_listener_query;
  group::SourceList sources;
  for (const Group::SourceQuery& entry : group.source_queries) {
    if (group.record.SourceTimerIsOver(entry.source, short_while) == suppress) {
      sources.push_back(entry.source);
    }
  }
  std::sort(sources.begin(), sources.end());
  for (size_t begin = 0; begin < sources.size(); begin += kSourcesPerQuery) {
    const size_t end = std::min(sources.size(), begin + kSourcesPerQuery);
    wire::ListenerQuery query =
        MakeQuery(group.record.group(), config_.last_listener_query_interval);
    query.suppress_router_processing = suppress;
    query.sources.assign(sources.begin() + static_cast<std::ptrdiff_t>(begin),
                         sources.begin() + static_cast<std::ptrdiff_t>(end));
    output.SendQuery(group.record.group(), query);
  }
}

wire::ListenerQuery MulticastQuerier::MakeQuery(const Ipv6Address& group,
                                                Duration maximum_response_delay) const {
  wire::ListenerQuery query;
  query.version1 = config_.version1;
  query.maximum_response_delay = maximum_response_delay;
  query.group = group;
  query.robustness_variable = config_.robustness_variable;
  query.query_interval = config_.query_interval;
  return query;
}

// Election and general queries, §7.6.1 and §7.6.2.

bool MulticastQuerier::OnQuery(Time now, const Ipv6Address& source,
                               const wire::ListenerQuery& query) {
  if (source.low() < address_.low()) {
    // §5.1.8 and §5.1.9: 0 tells nothing; and a query of version 1 has neither.
    config_ = configured_;
    if (query.robustness_variable > 0) config_.robustness_variable = query.robustness_variable;
    if (query.query_interval > Duration()) config_.query_interval = query.query_interval;
    other_querier_until_ = now + config_.query_interval * config_.robustness_variable +
                           config_.query_response_interval / 2;  // §9.5
    next_general_query_ = Time::Never();
    for (Group& group : groups_) {
      group.group_queries_left = 0;
      group.source_queries.clear();
      group.next_query = Time::Never();
    }
  }
  Group* group = query.suppress_router_processing ? nullptr : Find(query.group);
  if (group != nullptr) {
    if (query.sources.empty()) {
      group->record.LowerFilterTimer(now, intervals());
    } else {
      group->record.LowerSourceTimers(now, group::MakeSourceList(query.sources), intervals());
    }
  }
  Settle();
  if (query.version1 == config_.version1 || now < next_version_warning_) return false;
  next_version_warning_ = now + config_.query_interval;
  return true;
}

void MulticastQuerier::SendGeneralQuery(Time now, MulticastQuerierOutput& output) {
  output.SendQuery(Ipv6Address::AllNodes(),
                   MakeQuery(Ipv6Address(), config_.query_response_interval));
  if (startup_queries_left_ > 0) --startup_queries_left_;
  // §9.6: a quarter of the interval between the first ones.
  next_general_query_ =
      now + (startup_queries_left_ > 0 ? config_.query_interval / 4 : config_.query_interval);
}

void MulticastQuerier::Advance(Time now, MulticastQuerierOutput& output) {
  if (now < deadline_) return;
  if (now >= other_querier_until_) {
    other_querier_until_ = Time::Never();
    config_ = configured_;
    next_general_query_ = now;
  }
  if (now >= next_general_query_) SendGeneralQuery(now, output);
  for (Group& group : groups_) {
    if (now >= group.record.deadline()) group.record.Advance(now);
    if (now >= group.next_query && !group.record.empty()) SendSpecificQueries(now, group, output);
  }
  Settle();
}

void MulticastQuerier::Settle() {
  std::erase_if(groups_, [this](const Group& group) {
    if (!group.record.empty()) return false;
    reporters_.Remove(group.reporter);
    return true;
  });
  deadline_ = std::min(next_general_query_, other_querier_until_);
  for (const Group& group : groups_) {
    deadline_ = std::min({deadline_, group.record.deadline(), group.next_query});
  }
}

}  // namespace dualsim::router
