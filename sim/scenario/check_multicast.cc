// What a router does for groups.

#include <string>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

using Node = dualsim::Node;
using Interface = dualsim::Interface;
using Querier = dualsim::MulticastQuerier;

// The longest times that the codes of a query can say, RFC 3810 §5.1.3 and §5.1.9;
// version 1 says a delay in 16 bits.
constexpr Duration kLongestDelay = Milliseconds(8387584);
constexpr Duration kLongestDelayV1 = Milliseconds(65535);
constexpr Duration kLongestInterval = Seconds(31744);
// Beyond it a list of groups is no configuration.
constexpr int kMostGroups = 64;

// A duration in whole `unit`s, up to `most`.
Duration ReadInterval(const Querier& entry, int field, Duration unit, Duration most,
                      Duration by_default, CheckContext* context) {
  const auto read = context->ReadDuration(entry, field);
  if (!read) return by_default;
  if (*read < unit || *read > most || read->nanoseconds() % unit.nanoseconds() != 0) {
    context->Error(
        entry, field,
        "it must be a multiple of " + DurationText(unit) + ", up to " + DurationText(most));
    return by_default;
  }
  return *read;
}

router::MulticastQuerierConfig ReadQuerier(const Querier& entry, CheckContext* context) {
  router::MulticastQuerierConfig config;
  if (const auto robustness =
          context->ReadNumber(entry, Querier::kRobustnessVariableFieldNumber, 1, 7)) {
    config.robustness_variable = static_cast<uint8_t>(*robustness);
  }
  if (const auto version = context->ReadNumber(entry, Querier::kVersionFieldNumber, 1, 2)) {
    config.version1 = *version == 1;
  }
  const Duration longest = config.version1 ? kLongestDelayV1 : kLongestDelay;
  config.query_interval = ReadInterval(entry, Querier::kQueryIntervalFieldNumber, Seconds(1),
                                       kLongestInterval, config.query_interval, context);
  config.query_response_interval =
      ReadInterval(entry, Querier::kQueryResponseIntervalFieldNumber, Milliseconds(1), longest,
                   config.query_response_interval, context);
  config.last_listener_query_interval =
      ReadInterval(entry, Querier::kLastListenerQueryIntervalFieldNumber, Milliseconds(1), longest,
                   config.last_listener_query_interval, context);
  // RFC 3810 §9.3.
  if (config.query_response_interval >= config.query_interval) {
    context->Error(entry, "the query response interval, " +
                              DurationText(config.query_response_interval) +
                              ", must be less than the query interval, " +
                              DurationText(config.query_interval));
  }
  return config;
}

void ReadGroups(const Interface& entry, CheckContext* context, host::InterfaceConfig* config) {
  if (entry.multicast_group_size() > kMostGroups) {
    context->Error(entry, Interface::kMulticastGroupFieldNumber,
                   "an interface has at most " + std::to_string(kMostGroups) + " groups",
                   kMostGroups);
    return;
  }
  for (int i = 0; i < entry.multicast_group_size(); ++i) {
    const auto group = context->ReadAddress(entry, Interface::kMulticastGroupFieldNumber, i);
    if (!group) continue;
    if (!group->is_multicast() || group->multicast_scope() <= 2) {
      context->Error(entry, Interface::kMulticastGroupFieldNumber,
                     "'" + group->ToString() + "' is no group whose packets leave a link", i);
      continue;
    }
    config->static_groups.push_back(*group);
  }
}

}  // namespace

void CheckMulticast(const Node& entry, bool is_router, CheckContext* context,
                    host::StackConfig* config) {
  config->multicast_routing = entry.multicast_routing();
  if (entry.multicast_routing() && !config->forwarding) {
    context->Error(entry, Node::kMulticastRoutingFieldNumber,
                   "this node does not forward; make it a 'router' that does");
  }
  for (size_t i = 0; i < config->interfaces.size(); ++i) {
    const Interface& interface = entry.interface(static_cast<int>(i));
    host::InterfaceConfig& card = config->interfaces[i];
    if (interface.has_multicast_querier() && !is_router) {
      context->Error(interface, Interface::kMulticastQuerierFieldNumber,
                     "only routers query listeners; make this node a 'router'");
    }
    if (interface.multicast_group_size() > 0 && !entry.multicast_routing()) {
      context->Error(interface, Interface::kMulticastGroupFieldNumber,
                     "it means nothing without 'multicast_routing' of the router", 0);
    }
    ReadGroups(interface, context, &card);
    const Querier& querier = interface.multicast_querier();
    const bool by_default = entry.multicast_routing() || interface.has_multicast_querier();
    const router::MulticastQuerierConfig read = ReadQuerier(querier, context);
    if (querier.has_enabled() ? querier.enabled() : by_default) card.multicast_querier = read;
  }
}

}  // namespace dualsim::sim
