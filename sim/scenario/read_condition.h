#pragma once

#include <optional>
#include <vector>

#include "sim/scenario/check_context.h"
#include "sim/scenario/expectation.h"

namespace dualsim {
class AddressCondition;
class DefaultRouterCondition;
class ResolverCondition;
class DropsCondition;
class ConnectionCondition;
class LogCondition;
class NeighborCondition;
class NodeCondition;
class PacketsCondition;
class PingCondition;
class PrefixCondition;
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
// The timeline's pings are in the plan already.
std::optional<PingCondition> ReadPing(const dualsim::PingCondition&, CheckContext*);

// Whether a node that is off can't satisfy the condition.
bool AsksForPresence(const StateCondition& condition);
const std::vector<NodeId>& NodesOf(const StateCondition& condition);

}  // namespace dualsim::sim
