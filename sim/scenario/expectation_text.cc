#include "sim/scenario/expectation_text.h"

#include <algorithm>

#include "sim/scenario/units.h"
#include "stack/tcp/state.h"

namespace dualsim::sim {
namespace {

std::string Plural(uint64_t n, const std::string& noun) { return n == 1 ? noun : noun + "s"; }

class Writer {
 public:
  Writer(const Plan& plan, bool never) : plan_(plan), never_(never) {}

  std::string Write(const AddressCondition& c) const {
    std::string what = "address";
    if (c.address) what += " " + c.address->ToString();
    if (c.within) what += " in " + c.within->ToString();
    if (c.origin) what += " " + std::string(AddressOriginName(*c.origin));
    if (c.state && *c.state != AddressState::kRemoved) {
      what += " " + std::string(AddressStateName(*c.state));
    }
    return Has(c, what);
  }
  std::string Write(const NeighborCondition& c) const {
    std::string what = "neighbour";
    if (c.address) what += " " + c.address->ToString();
    if (c.state && *c.state != NeighborState::kNone) {
      what += " " + std::string(NeighborStateName(*c.state));
    }
    if (c.mac) what += " at " + c.mac->ToString();
    if (c.is_router) what += *c.is_router ? " that is a router" : " that is no router";
    return Has(c, what);
  }
  std::string Write(const DefaultRouterCondition& c) const {
    return Has(c, "default router" + (c.router ? " " + c.router->ToString() : ""));
  }
  std::string Write(const ResolverCondition& c) const {
    return Has(c, std::string(ResolverKindName(c.kind)) + (c.value ? " " + *c.value : ""));
  }
  std::string Write(const PrefixCondition& c) const {
    return Has(c, "on-link prefix" + (c.prefix ? " " + c.prefix->ToString() : ""));
  }
  std::string Write(const RouteCondition& c) const {
    return Has(c, "route" + (c.prefix ? " to " + c.prefix->ToString() : "") +
                      (c.next_hop ? " via " + c.next_hop->ToString() : ""));
  }
  std::string Write(const RunningCondition& c) const {
    return Nodes(c.nodes) + (c.running ? " runs" : " is off");
  }

  std::string Write(const PacketsCondition& c) const {
    std::string text = "on " + plan_.link(c.link).name + ", ";
    if (c.sequence.empty() || c.count.at_least || c.count.at_most) {
      text += Count(c.count, "packet");
    } else {
      text += "packets";
    }
    if (c.sender) text += " from " + plan_.node(*c.sender).name;
    if (!c.filter.empty()) text += " matching '" + c.filter + "'";
    if (c.min_interval) text += ", at least " + DurationText(*c.min_interval) + " apart";
    if (c.max_interval) text += ", at most " + DurationText(*c.max_interval) + " apart";
    if (!c.sequence.empty()) text += ", in this order: ";
    for (size_t i = 0; i < c.sequence.size(); ++i) {
      const PacketStep& step = c.sequence[i];
      if (i > 0) text += ", then ";
      text += "'" + step.filter + "'";
      if (step.sender) text += " from " + plan_.node(*step.sender).name;
      if (step.within) text += " within " + DurationText(*step.within);
    }
    return text;
  }
  std::string Write(const DropsCondition& c) const {
    std::string text = Count(c.count, "drop");
    if (!c.nodes.empty()) text += " by " + Nodes(c.nodes);
    for (LinkId link : c.links) text += " by " + plan_.link(link).name;
    if (c.reason) text += " for " + std::string(DropReasonName(*c.reason));
    return text;
  }
  std::string Write(const LogCondition& c) const {
    std::string text = Nodes(c.nodes) + " logs " + Count(c.count, "line");
    if (c.application) {
      text += c.application->empty() ? " of the stack" : " of " + *c.application;
    }
    if (c.text) text += " '" + *c.text + "'";
    if (!c.contains.empty()) text += " with '" + c.contains + "'";
    for (size_t i = 0; i < c.sequence.size(); ++i) {
      text += (i == 0 ? ", in this order: '" : ", then '") + c.sequence[i] + "'";
    }
    return text;
  }
  std::string Write(const ConnectionCondition& c) const {
    std::string text = Nodes(c.nodes) + " has " + Count(c.count, "connection");
    if (c.port) text += " of port " + std::to_string(*c.port);
    if (c.peer) text += " with " + c.peer->ToString();
    if (c.peer_port) text += " to port " + std::to_string(*c.peer_port);
    text += " come into " + std::string(tcp::StateName(c.state));
    if (c.failed) text += *c.failed ? " by an error" : " without an error";
    return text;
  }
  std::string Write(const QueryCondition& c) const {
    std::string text = Nodes(c.nodes) + " has " + Count(c.count, "name") + " resolved";
    if (c.name) text += ": " + *c.name;
    if (c.type) text += (c.name ? " " : ": ") + *c.type;
    text += " with " + std::string(QueryOutcomeName(c.outcome));
    if (!c.answer.empty()) text += " " + c.answer;
    if (c.cached) text += *c.cached ? " from the cache" : " by a server";
    if (c.application) text += " for " + *c.application;
    if (c.within) text += " within " + DurationText(*c.within);
    return text;
  }
  std::string Write(const LeaseCondition& c) const {
    std::string text = Nodes(c.nodes) + " has " + Count(c.count, "lease");
    if (c.address) text += " of " + c.address->ToString();
    if (c.server) text += " by " + c.server->ToString();
    return text + " come into " + std::string(LeaseStateName(c.state));
  }
  std::string Write(const PingCondition& c) const {
    std::string text = Ping(c);
    const auto figure = [&text](const std::optional<CountRange>& range, const std::string& what) {
      if (range) text += ", " + range->ToString() + " " + what;
    };
    figure(c.sent, "sent");
    figure(c.received, "received");
    figure(c.lost, "lost");
    if (c.errors) {
      figure(c.errors, "of error " + (c.error ? c.error->name : "ANY"));
      if (c.error_from) text += " from " + c.error_from->ToString();
    }
    if (c.refused) text += ", refused for " + std::string(DropReasonName(*c.refused));
    if (c.min_round_trip) text += ", round trips of at least " + DurationText(*c.min_round_trip);
    if (c.max_round_trip) text += ", round trips of at most " + DurationText(*c.max_round_trip);
    return text;
  }

  std::string When(const Expectation& e, bool is_event) const {
    const bool starts = e.from > Time();
    const bool ends = e.until < plan_.end;
    if (!is_event && e.mode == ExpectationMode::kAt) {
      return ends ? "at " + TimeText(e.until) : "at the end";
    }
    if (!is_event && e.mode == ExpectationMode::kBy && !starts) {
      return "by " + TimeText(e.until);
    }
    std::string text;
    if (!is_event && e.mode == ExpectationMode::kAlways) text = "always";
    if (e.mode == ExpectationMode::kNever) text = "never";
    if (!is_event && e.mode == ExpectationMode::kBy) text = "at some time";
    if (starts) text += (text.empty() ? "" : " ") + ("from " + TimeText(e.from));
    if (ends) text += (text.empty() ? "" : " ") + ("until " + TimeText(e.until));
    return text;
  }

 private:
  std::string Count(const CountRange& range, const std::string& noun) const {
    if (never_) return "any " + noun;
    return range.ToString() + " " +
           Plural(range.at_most.value_or(range.at_least.value_or(2)), noun);
  }

  template <typename Condition>
  std::string Has(const Condition& c, const std::string& what) const {
    std::string text = Nodes(c.nodes) + " has ";
    if (c.count.at_most == uint64_t{0}) {
      text += "no " + what;
    } else if (c.count.at_least == uint64_t{1} && !c.count.at_most) {
      text += what;
    } else {
      text += c.count.ToString() + " of: " + what;
    }
    if (c.interface) {
      const LinkId link = plan_.node(c.nodes.front()).links[static_cast<size_t>(*c.interface)];
      text += " on " + plan_.link(link).name;
    }
    return text;
  }

  std::string Nodes(const std::vector<NodeId>& nodes) const {
    constexpr size_t kNamed = 3;
    std::string text = nodes.size() > 1 ? "each of " : "";
    for (size_t i = 0; i < nodes.size() && i < kNamed; ++i) {
      text += (i == 0 ? "" : ", ") + plan_.node(nodes[i]).name;
    }
    if (nodes.size() > kNamed) {
      text += " and " + std::to_string(nodes.size() - kNamed) + " more";
    }
    return text;
  }

  std::string Ping(const PingCondition& c) const {
    for (const TimedAction& timed : plan_.actions) {
      const auto* ping = std::get_if<action::Ping>(&timed.action);
      if (ping == nullptr || ping->id != c.pings.front()) continue;
      std::string text = "ping";
      if (!ping->name.empty()) text += " '" + ping->name + "'";
      text += " from " + plan_.node(ping->from).name + " to " + ping->to.ToString();
      if (c.pings.size() > 1) {
        text += " and " + std::to_string(c.pings.size() - 1) + " more";
      }
      return text;
    }
    return "ping";
  }

  const Plan& plan_;
  bool never_;
};

}  // namespace

std::string CountRange::ToString() const {
  if (at_least && at_most) {
    if (*at_least == *at_most) return "exactly " + std::to_string(*at_least);
    return std::to_string(*at_least) + " to " + std::to_string(*at_most);
  }
  if (at_least) return "at least " + std::to_string(*at_least);
  if (at_most) return "at most " + std::to_string(*at_most);
  return "any number of";
}

std::string DescribeExpectation(const Plan& plan, const Expectation& expectation) {
  const Writer writer(plan, expectation.mode == ExpectationMode::kNever);
  const bool is_event = std::holds_alternative<EventCondition>(expectation.condition);
  const std::string what = std::visit(
      [&writer](const auto& kind) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, ScriptCondition>) {
          return "every step is as it says";
        } else {
          return std::visit([&writer](const auto& condition) { return writer.Write(condition); },
                            kind);
        }
      },
      expectation.condition);
  const std::string when = writer.When(expectation, is_event);
  return when.empty() ? what : when + ": " + what;
}

}  // namespace dualsim::sim
