#pragma once

#include <optional>
#include <vector>

#include "sim/scenario/check_context.h"
#include "sim/scenario/expectation.h"

namespace dualsim {
class AddressCondition;
class Count;
class DefaultRouterCondition;
class ResolverCondition;
class DropsCondition;
class ConnectionCondition;
class LeaseCondition;
class LogCondition;
class NeighborCondition;
class NodeCondition;
class PacketsCondition;
class PingCondition;
class PrefixCondition;
class QueryCondition;
class RouteCondition;
}  // namespace dualsim

namespace dualsim::sim {

// The conditions of the schema as the plan has them; nullopt where they name
// nothing that could be watched. Whatever is wrong is reported.

std::optional<StateCondition> ReadAddress(const dualsim::AddressCondition&, CheckContext*);
std::optional<StateCondition> ReadNeighbor(const dualsim::NeighborCondition&, CheckContext*);
std::optional<StateCondition> ReadResolver(const dualsim::ResolverCondition&, CheckContext*);
std::optional<StateCondition> ReadDefaultRouter(const dualsim::DefaultRouterCondition&,
                                                CheckContext*);
std::optional<StateCondition> ReadPrefix(const dualsim::PrefixCondition&, CheckContext*);
std::optional<StateCondition> ReadRoute(const dualsim::RouteCondition&, CheckContext*);
std::optional<StateCondition> ReadNode(const dualsim::NodeCondition&, CheckContext*);

std::optional<PacketsCondition> ReadPackets(const dualsim::PacketsCondition&, CheckContext*);
std::optional<DropsCondition> ReadDrops(const dualsim::DropsCondition&, CheckContext*);
std::optional<LogCondition> ReadLog(const dualsim::LogCondition&, CheckContext*);
std::optional<ConnectionCondition> ReadConnection(const dualsim::ConnectionCondition&,
                                                  CheckContext*);
std::optional<QueryCondition> ReadQuery(const dualsim::QueryCondition&, CheckContext*);
std::optional<LeaseCondition> ReadLease(const dualsim::LeaseCondition&, CheckContext*);
// The timeline's pings are in the plan already.
std::optional<PingCondition> ReadPing(const dualsim::PingCondition&, CheckContext*);

// A part of the above: how many; at least one where nothing is said.
CountRange ReadCount(bool given, const dualsim::Count& entry, CheckContext* context);
// Likewise: the nodes, and, where a link is named, the interface that each has on it.
struct ConditionPlace {
  std::vector<NodeId> nodes;
  std::optional<InterfaceId> interface;
};
std::optional<ConditionPlace> ReadPlace(const google::protobuf::Message& entry, int host_field,
                                        int link_field, bool has_link, CheckContext* context);

// Whether a node that is off can't satisfy the condition.
bool AsksForPresence(const StateCondition& condition);
const std::vector<NodeId>& NodesOf(const StateCondition& condition);

}  // namespace dualsim::sim
