#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/group/listener_report_builder.h"
#include "stack/group/source_filter.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mld.h"

namespace dualsim::group {

// RFC 3810 §9.
struct MulticastListenerConfig {
  // Of a link whose querier tells neither; §9: they are the same on all its nodes.
  // The query interval tells for how long a querier of version 1 counts.
  uint8_t robustness_variable = 2;
  Duration query_interval = Seconds(125);
  Duration unsolicited_report_interval = Seconds(1);
  // What fits the smallest IPv6 MTU behind the IPv6 and Router Alert headers.
  size_t maximum_message_size = 1280 - 40 - wire::kRouterAlertHeaderSize;
};

// What came with a listener message, for its validity checks.
struct ListenerMessageContext {
  Ipv6Address source;
  uint8_t hop_limit = 1;
  bool router_alert = true;
};
// RFC 3810 §5.1.14 and §6.2, RFC 2710 §3: from a link-local address, hop limit 1,
// with Router Alert. nullopt where all hold. (A report from :: is legal to send
// and void to hear, RFC 3590 §4.)
std::optional<DropReason> CheckListenerMessage(const ListenerMessageContext& context);

// Somebody who listens with a source filter of its own (a socket).
enum class ListenerId : uint32_t {};

// The groups that one interface listens to: multicast listener discovery
// version 2, the part of listeners (RFC 3810 §6), with version 1 where an older
// querier is present (§8.2.1).
//
// Groups are joined for any source, and counted; or, per listener, with a
// source filter. Every group sets the card's filter; ff02::1 and groups of scope
// 0 and 1 are never reported (§6). A group costs 40 bytes where nobody filters
// sources.
//
// A pure state machine: messages leave through the output during the call.
class MulticastListener {
 public:
  // Sources recorded per pending answer (§6.2); a query with more of them is
  // answered as one for the whole group.
  static constexpr size_t kMaximumQueriedSources = 64;

  explicit MulticastListener(RandomStream random, const MulticastListenerConfig& config = {})
      : config_(config),
        random_(random),
        robustness_variable_(config.robustness_variable),
        query_interval_(config.query_interval) {}

  // One more, or one less, who listens to `group` from any source. A change of
  // the interface's state is reported at once (§6.1). Require a multicast
  // address; Leave() that Join() was called for it and not yet taken back.
  void Join(Time now, const Ipv6Address& group, MulticastListenerOutput& output);
  void Leave(Time now, const Ipv6Address& group, MulticastListenerOutput& output);
  // RFC 3810 §3's IPv6MulticastListen: replaces what `listener` hears of `group`;
  // an empty filter ends it.
  void Listen(Time now, ListenerId listener, const Ipv6Address& group, SourceFilter filter,
              MulticastListenerOutput& output);

  bool IsMember(const Ipv6Address& group) const;
  // Whether the interface takes packets from `source` to `group`.
  bool Accepts(const Ipv6Address& group, const Ipv6Address& source) const;

  // Reports every group as if just joined: when the link came up, and when the
  // link-local address became valid (RFC 3590 §4).
  void ReportAll(Time now, MulticastListenerOutput& output);
  // The link is to come up: forgets what waits to be sent on it, and what its querier
  // said. The groups stay, and ReportAll() tells of them.
  void Restart();
  // Leaves every group, saying so once.
  void ShutDown(MulticastListenerOutput& output);

  // A query that passed CheckListenerMessage.
  void OnQuery(Time now, const wire::ListenerQuery& query);
  // Another's report of version 1, likewise: RFC 2710 §4 then needs none of ours.
  void OnReportV1(const Ipv6Address& group);

  Time deadline() const { return deadline_; }
  void Advance(Time now, MulticastListenerOutput& output);

  bool version1() const { return !older_querier_until_.is_never(); }

 private:
  // What few groups need: filters, and sources that a query named.
  struct Filtering {
    struct Listener {
      ListenerId id;
      SourceFilter filter;
    };
    struct Retransmission {
      Ipv6Address source;
      uint8_t left;
    };
    std::vector<Listener> listeners;  // In order of `id`.
    SourceFilter state;               // All listeners' and the any-source ones', merged.
    std::vector<Retransmission> retransmissions;  // RFC 3810 §6.1's Retransmission List.
    SourceList queried;
  };
  struct Membership {
    Ipv6Address group;
    Time response = Time::Never();  // The Multicast Address Timer, §6.2; in version 1 the timer.
    std::unique_ptr<Filtering> filtering;
    uint16_t any_source = 0;        // How many listen to any source.
    uint8_t mode_reports_left = 0;  // The Filter Mode Retransmission Counter, §6.1.
    bool last_reporter = false;     // RFC 2710 §4's flag.

    SourceFilter State() const;
    bool listening() const { return any_source > 0 || (filtering && !filtering->state.empty()); }
    bool ReportsLeft() const;
    Filtering& NeedFiltering();
    void Remerge();
    void CancelReports();
    // What a State Change Report, and the answer to a specific query, say of it.
    void AddStateChange(ListenerReportBuilder& builder);
    void AddResponse(ListenerReportBuilder& builder);
  };
  static_assert(sizeof(Membership) == 40);
  using Memberships = std::vector<Membership>;  // In order of `group`.

  Memberships::iterator Find(const Ipv6Address& group);
  Memberships::const_iterator Find(const Ipv6Address& group) const;
  Membership& FindOrAdd(const Ipv6Address& group);
  bool AnotherNeedsCard(const Membership& membership) const;

  // The interface's state for a group was `before`, and may have changed.
  void OnChange(Time now, Membership& membership, const SourceFilter& before,
                MulticastListenerOutput& output);
  void SetRetransmissions(Membership& membership, const SourceFilter& before,
                          const SourceFilter& after);
  void ScheduleRetransmission(Time now);
  void AdoptVariables(const wire::ListenerQuery& query);
  void OnQueryV1(Time now, const wire::ListenerQuery& query);
  void ScheduleResponse(Time now, Membership& membership, const wire::ListenerQuery& query);
  void SendReportV1(Time now, Membership& membership, MulticastListenerOutput& output);
  void SetOlderQuerierUntil(Time until);
  void AdvanceResponses(Time now, MulticastListenerOutput& output);
  // Forgets groups that nobody listens to and that need no more reports, and
  // finds the next deadline.
  void Settle();
  Duration RandomDelay(Duration maximum);

  MulticastListenerConfig config_;
  RandomStream random_;
  Memberships memberships_;
  uint8_t robustness_variable_;  // As the last query of version 2 had it; so the next.
  Duration query_interval_;
  Time general_response_ = Time::Never();     // The Interface Timer, §6.2.
  Time retransmission_ = Time::Never();       // The Retransmission Timer, §6.1, of all groups.
  Time older_querier_until_ = Time::Never();  // §8.2.1; Never() in version 2.
  Time deadline_ = Time::Never();
};

}  // namespace dualsim::group
