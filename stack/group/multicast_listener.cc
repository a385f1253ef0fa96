#include "stack/group/multicast_listener.h"

#include <algorithm>
#include <utility>

#include "stack/wire/mac_address.h"

namespace dualsim::group {
namespace {

using wire::ListenerRecordType;

// RFC 3810 §6: never reported are ff02::1 and what does not leave the node.
bool IsReported(const Ipv6Address& group) {
  return group.multicast_scope() >= 2 && group != Ipv6Address::AllNodes();
}

void AddCurrentState(const Ipv6Address& group, const SourceFilter& state,
                     ListenerReportBuilder& builder) {
  builder.Add(state.mode == FilterMode::kInclude ? ListenerRecordType::kModeIsInclude
                                                 : ListenerRecordType::kModeIsExclude,
              group, state.sources);
}

}  // namespace

std::optional<DropReason> CheckListenerMessage(const ListenerMessageContext& context) {
  if (context.hop_limit != 1) return DropReason::MLD_HOP_LIMIT;
  if (!context.source.is_link_local()) return DropReason::MLD_SOURCE_NOT_LINK_LOCAL;
  if (!context.router_alert) return DropReason::MLD_NO_ROUTER_ALERT;
  return std::nullopt;
}

// One group.

SourceFilter MulticastListener::Membership::State() const {
  if (filtering) return filtering->state;
  return any_source > 0 ? SourceFilter::AnySource() : SourceFilter();
}

bool MulticastListener::Membership::ReportsLeft() const {
  return mode_reports_left > 0 || (filtering && !filtering->retransmissions.empty());
}

MulticastListener::Filtering& MulticastListener::Membership::NeedFiltering() {
  if (!filtering) {
    SourceFilter state = State();
    filtering = std::make_unique<Filtering>();
    filtering->state = std::move(state);
  }
  return *filtering;
}

void MulticastListener::Membership::Remerge() {
  if (!filtering) return;
  std::vector<SourceFilter> filters;
  for (const Filtering::Listener& listener : filtering->listeners) {
    filters.push_back(listener.filter);
  }
  if (any_source > 0) filters.push_back(SourceFilter::AnySource());
  filtering->state = Merge(filters);
}

void MulticastListener::Membership::CancelReports() {
  response = Time::Never();
  mode_reports_left = 0;
  if (filtering) {
    filtering->retransmissions.clear();
    filtering->queried.clear();
  }
}

void MulticastListener::Membership::AddStateChange(ListenerReportBuilder& builder) {
  if (mode_reports_left > 0) {
    --mode_reports_left;
    const SourceFilter state = State();
    builder.Add(state.mode == FilterMode::kInclude ? ListenerRecordType::kChangeToInclude
                                                   : ListenerRecordType::kChangeToExclude,
                group, state.sources);
    return;
  }
  if (!filtering || filtering->retransmissions.empty()) return;
  SourceList allowed;
  SourceList blocked;
  for (Filtering::Retransmission& retransmission : filtering->retransmissions) {
    const bool accepted = filtering->state.Accepts(retransmission.source);
    (accepted ? allowed : blocked).push_back(retransmission.source);
    --retransmission.left;
  }
  std::erase_if(filtering->retransmissions, [](const auto& entry) { return entry.left == 0; });
  if (!allowed.empty()) builder.Add(ListenerRecordType::kAllowNewSources, group, allowed);
  if (!blocked.empty()) builder.Add(ListenerRecordType::kBlockOldSources, group, blocked);
}

void MulticastListener::Membership::AddResponse(ListenerReportBuilder& builder) {
  if (!filtering || filtering->queried.empty()) {
    AddCurrentState(group, State(), builder);
    return;
  }
  // A Multicast Address and Source Specific Query: the table of §6.3, item 3.
  const SourceList queried = std::exchange(filtering->queried, {});
  const SourceFilter& state = filtering->state;
  const SourceList wanted = state.mode == FilterMode::kInclude
                                ? Intersection(state.sources, queried)
                                : Difference(queried, state.sources);
  if (!wanted.empty()) builder.Add(ListenerRecordType::kModeIsInclude, group, wanted);
}

// Listening.

MulticastListener::Memberships::iterator MulticastListener::Find(const Ipv6Address& group) {
  const auto at = std::lower_bound(
      memberships_.begin(), memberships_.end(), group,
      [](const Membership& membership, const Ipv6Address& g) { return membership.group < g; });
  return at != memberships_.end() && at->group == group ? at : memberships_.end();
}

MulticastListener::Memberships::const_iterator MulticastListener::Find(
    const Ipv6Address& group) const {
  return const_cast<MulticastListener*>(this)->Find(group);
}

MulticastListener::Membership& MulticastListener::FindOrAdd(const Ipv6Address& group) {
  const auto at = std::lower_bound(
      memberships_.begin(), memberships_.end(), group,
      [](const Membership& membership, const Ipv6Address& g) { return membership.group < g; });
  if (at != memberships_.end() && at->group == group) return *at;
  const auto added = memberships_.emplace(at);
  added->group = group;
  return *added;
}

bool MulticastListener::IsMember(const Ipv6Address& group) const {
  const auto found = Find(group);
  return found != memberships_.end() && found->listening();
}

bool MulticastListener::Accepts(const Ipv6Address& group, const Ipv6Address& source) const {
  const auto found = Find(group);
  if (found == memberships_.end()) return false;
  return found->filtering ? found->filtering->state.Accepts(source) : found->any_source > 0;
}

void MulticastListener::Join(Time now, const Ipv6Address& group, MulticastListenerOutput& output) {
  Membership& membership = FindOrAdd(group);
  const SourceFilter before = membership.State();
  ++membership.any_source;
  membership.Remerge();
  OnChange(now, membership, before, output);
}

void MulticastListener::Leave(Time now, const Ipv6Address& group, MulticastListenerOutput& output) {
  const auto found = Find(group);
  if (found == memberships_.end() || found->any_source == 0) return;
  const SourceFilter before = found->State();
  --found->any_source;
  found->Remerge();
  OnChange(now, *found, before, output);
}

void MulticastListener::Listen(Time now, ListenerId listener, const Ipv6Address& group,
                               SourceFilter filter, MulticastListenerOutput& output) {
  Membership& membership = FindOrAdd(group);
  const SourceFilter before = membership.State();
  std::vector<Filtering::Listener>& listeners = membership.NeedFiltering().listeners;
  const auto at = std::lower_bound(
      listeners.begin(), listeners.end(), listener,
      [](const Filtering::Listener& entry, ListenerId id) { return entry.id < id; });
  const bool known = at != listeners.end() && at->id == listener;
  filter.sources = MakeSourceList(std::move(filter.sources));
  if (filter.empty()) {
    if (known) listeners.erase(at);
  } else if (known) {
    at->filter = std::move(filter);
  } else {
    listeners.insert(at, {listener, std::move(filter)});
  }
  membership.Remerge();
  OnChange(now, membership, before, output);
}

bool MulticastListener::AnotherNeedsCard(const Membership& membership) const {
  // Groups with the same last 32 bits share one Ethernet group, RFC 2464 §7.
  const MacAddress card_group = MacAddress::ForGroup(membership.group);
  return std::any_of(memberships_.begin(), memberships_.end(), [&](const Membership& other) {
    return &other != &membership && other.listening() &&
           MacAddress::ForGroup(other.group) == card_group;
  });
}

// Reporting changes, §6.1.

void MulticastListener::OnChange(Time now, Membership& membership, const SourceFilter& before,
                                 MulticastListenerOutput& output) {
  const SourceFilter after = membership.State();
  if (before.empty() != after.empty() && !AnotherNeedsCard(membership)) {
    const MacAddress card_group = MacAddress::ForGroup(membership.group);
    after.empty() ? output.LeaveCardGroup(card_group) : output.JoinCardGroup(card_group);
  }
  if (before != after && IsReported(membership.group)) {
    if (!version1()) {
      SetRetransmissions(membership, before, after);
      ListenerReportBuilder builder(config_.maximum_message_size, output);
      membership.AddStateChange(builder);
      builder.Flush();
      ScheduleRetransmission(now);
    } else if (before.empty()) {
      membership.mode_reports_left = robustness_variable_ - 1;
      SendReportV1(now, membership, output);
    } else if (after.empty()) {
      if (membership.last_reporter) {
        output.SendMessageV1({wire::Icmpv6Type::kMulticastListenerDone, membership.group});
      }
      membership.CancelReports();
    }
  }
  Settle();
}

void MulticastListener::SetRetransmissions(Membership& membership, const SourceFilter& before,
                                           const SourceFilter& after) {
  if (before.mode != after.mode) {
    membership.mode_reports_left = robustness_variable_;
    // The next reports tell the whole state: single sources need no repeating.
    if (membership.filtering) membership.filtering->retransmissions.clear();
    return;
  }
  const SourceList changed =
      Union(Difference(before.sources, after.sources), Difference(after.sources, before.sources));
  if (changed.empty()) return;
  std::vector<Filtering::Retransmission>& list = membership.NeedFiltering().retransmissions;
  std::erase_if(list, [&](const auto& entry) { return Contains(changed, entry.source); });
  for (const Ipv6Address& source : changed) list.push_back({source, robustness_variable_});
  std::sort(list.begin(), list.end(),
            [](const auto& a, const auto& b) { return a.source < b.source; });
}

void MulticastListener::ScheduleRetransmission(Time now) {
  const bool left = std::any_of(memberships_.begin(), memberships_.end(),
                                [](const Membership& m) { return m.ReportsLeft(); });
  retransmission_ =
      left ? std::min(retransmission_, now + RandomDelay(config_.unsolicited_report_interval))
           : Time::Never();
}

void MulticastListener::ReportAll(Time now, MulticastListenerOutput& output) {
  ListenerReportBuilder builder(config_.maximum_message_size, output);
  for (Membership& membership : memberships_) {
    if (!membership.listening() || !IsReported(membership.group)) continue;
    if (version1()) {
      membership.mode_reports_left = robustness_variable_ - 1;
      SendReportV1(now, membership, output);
    } else {
      SetRetransmissions(membership, SourceFilter(), membership.State());
      membership.AddStateChange(builder);
    }
  }
  builder.Flush();
  if (!version1()) ScheduleRetransmission(now);
  Settle();
}

void MulticastListener::Restart() {
  general_response_ = retransmission_ = older_querier_until_ = Time::Never();
  robustness_variable_ = config_.robustness_variable;
  query_interval_ = config_.query_interval;
  for (Membership& membership : memberships_) {
    membership.CancelReports();
    membership.last_reporter = false;
  }
  Settle();
}

void MulticastListener::ShutDown(MulticastListenerOutput& output) {
  ListenerReportBuilder builder(config_.maximum_message_size, output);
  for (Membership& membership : memberships_) {
    if (!membership.listening()) continue;
    const SourceFilter state = membership.State();
    if (!AnotherNeedsCard(membership)) {
      output.LeaveCardGroup(MacAddress::ForGroup(membership.group));
    }
    membership.any_source = 0;
    membership.filtering.reset();
    if (!IsReported(membership.group)) continue;
    if (version1()) {
      if (!membership.last_reporter) continue;
      output.SendMessageV1({wire::Icmpv6Type::kMulticastListenerDone, membership.group});
    } else if (state.mode == FilterMode::kExclude) {
      builder.Add(ListenerRecordType::kChangeToInclude, membership.group, {});
    } else {
      builder.Add(ListenerRecordType::kBlockOldSources, membership.group, state.sources);
    }
  }
  builder.Flush();
  memberships_.clear();
  general_response_ = retransmission_ = older_querier_until_ = deadline_ = Time::Never();
}

void MulticastListener::SendReportV1(Time now, Membership& membership,
                                     MulticastListenerOutput& output) {
  output.SendMessageV1({wire::Icmpv6Type::kMulticastListenerReportV1, membership.group});
  membership.last_reporter = true;
  membership.response = Time::Never();
  if (membership.mode_reports_left > 0) {
    --membership.mode_reports_left;
    membership.response = now + RandomDelay(config_.unsolicited_report_interval);
  }
}

// Answering queries, §6.2 and §8.2.1.

void MulticastListener::OnQuery(Time now, const wire::ListenerQuery& query) {
  if (version1() && now >= older_querier_until_) SetOlderQuerierUntil(Time::Never());
  if (query.version1) {
    SetOlderQuerierUntil(now + query_interval_ * robustness_variable_ +
                         query.maximum_response_delay);  // §9.12
  } else {
    AdoptVariables(query);
  }
  if (version1()) {
    OnQueryV1(now, query);
  } else if (query.group.is_unspecified()) {
    const bool any = std::any_of(memberships_.begin(), memberships_.end(), [](const Membership& m) {
      return m.listening() && IsReported(m.group);
    });
    // Rules 1 and 2.
    if (any) {
      general_response_ =
          std::min(general_response_, now + RandomDelay(query.maximum_response_delay));
    }
  } else if (const auto found = Find(query.group);
             found != memberships_.end() && found->listening() && IsReported(found->group)) {
    ScheduleResponse(now, *found, query);
  }
  Settle();
}

void MulticastListener::AdoptVariables(const wire::ListenerQuery& query) {
  // §5.1.8 and §5.1.9: 0 tells nothing. §9.1: it should not be 1.
  const uint8_t least = std::min<uint8_t>(config_.robustness_variable, 2);
  robustness_variable_ = query.robustness_variable == 0
                             ? config_.robustness_variable
                             : std::max(query.robustness_variable, least);
  query_interval_ =
      query.query_interval > Duration() ? query.query_interval : config_.query_interval;
}

void MulticastListener::ScheduleResponse(Time now, Membership& membership,
                                         const wire::ListenerQuery& query) {
  const Time when = now + RandomDelay(query.maximum_response_delay);
  if (general_response_ <= when) return;  // Rule 1.
  const bool pending = !membership.response.is_never();
  membership.response = std::min(membership.response, when);
  const bool for_sources =
      !query.sources.empty() &&
      (!pending || (membership.filtering && !membership.filtering->queried.empty()));
  if (for_sources) {  // Rules 3 and 5.
    SourceList& queried = membership.NeedFiltering().queried;
    queried = Union(queried, MakeSourceList(query.sources));
    if (queried.size() > kMaximumQueriedSources) queried.clear();
  } else if (membership.filtering) {  // Rules 3 and 4.
    membership.filtering->queried.clear();
  }
}

void MulticastListener::OnQueryV1(Time now, const wire::ListenerQuery& query) {
  for (Membership& membership : memberships_) {
    if (!membership.listening() || !IsReported(membership.group)) continue;
    if (!query.group.is_unspecified() && query.group != membership.group) continue;
    // A running timer stays unless the query wants an answer sooner, RFC 2710 §4.
    if (now + query.maximum_response_delay < membership.response) {
      membership.response = now + RandomDelay(query.maximum_response_delay);
    }
  }
}

void MulticastListener::OnReportV1(const Ipv6Address& group) {
  const auto found = Find(group);
  if (!version1() || found == memberships_.end() || found->response.is_never()) return;
  found->CancelReports();
  found->last_reporter = false;
  Settle();
}

void MulticastListener::SetOlderQuerierUntil(Time until) {
  const bool changes = until.is_never() == version1();
  older_querier_until_ = until;
  if (!changes) return;
  // §8.2.1: a change of version cancels what is pending.
  general_response_ = retransmission_ = Time::Never();
  for (Membership& membership : memberships_) {
    membership.CancelReports();
    // RFC 2710 §4: nobody's report suppressed the last one, which was of version 2.
    membership.last_reporter = version1();
  }
}

// Time.

void MulticastListener::Advance(Time now, MulticastListenerOutput& output) {
  if (now < deadline_) return;
  if (now >= older_querier_until_) SetOlderQuerierUntil(Time::Never());
  if (version1()) {
    for (Membership& membership : memberships_) {
      if (now >= membership.response) SendReportV1(now, membership, output);
    }
  } else {
    AdvanceResponses(now, output);
    if (now >= retransmission_) {
      retransmission_ = Time::Never();
      ListenerReportBuilder builder(config_.maximum_message_size, output);
      for (Membership& membership : memberships_) membership.AddStateChange(builder);
      builder.Flush();
      ScheduleRetransmission(now);
    }
  }
  Settle();
}

void MulticastListener::AdvanceResponses(Time now, MulticastListenerOutput& output) {
  ListenerReportBuilder builder(config_.maximum_message_size, output);
  const bool general = now >= general_response_;
  if (general) general_response_ = Time::Never();
  for (Membership& membership : memberships_) {
    const bool specific = now >= membership.response;
    if (specific) membership.response = Time::Never();
    if (!membership.listening() || !IsReported(membership.group)) continue;
    if (general) {
      AddCurrentState(membership.group, membership.State(), builder);
    } else if (specific) {
      membership.AddResponse(builder);
    }
    if (specific && membership.filtering) membership.filtering->queried.clear();
  }
  builder.Flush();
}

void MulticastListener::Settle() {
  std::erase_if(memberships_, [](const Membership& membership) {
    return !membership.listening() && !membership.ReportsLeft();
  });
  deadline_ = std::min({general_response_, retransmission_, older_querier_until_});
  for (Membership& membership : memberships_) {
    deadline_ = std::min(deadline_, membership.response);
    if (membership.filtering && membership.filtering->listeners.empty() &&
        membership.filtering->retransmissions.empty() && membership.filtering->queried.empty()) {
      membership.filtering.reset();
    }
  }
}

// Uniform in (0, maximum].
Duration MulticastListener::RandomDelay(Duration maximum) {
  return random_.Between(Nanoseconds(1), std::max(maximum, Nanoseconds(1)));
}

}  // namespace dualsim::group
