#pragma once

#include "sim/net/link_config.h"
#include "sim/scenario/check_context.h"
#include "stack/host/config.h"
#include "stack/router/advertise_config.h"

namespace dualsim {
class Advertise;
class Faults;
class Node;
class Scenario;
}  // namespace dualsim

namespace dualsim::sim {

// The parts of a check, in the order in which they have to be done. Each puts
// what it reads into the context's plan and reports what is wrong; each may be
// called whatever the ones before it found.

// Description, duration, seed and the like.
void CheckRun(const dualsim::Scenario& scenario, CheckContext* context);

// Links, and nodes with their addresses.
void CheckTopology(const dualsim::Scenario& scenario, CheckContext* context);

// MirageOS's boot arguments; needs the topology.
void CheckBootArguments(const dualsim::Scenario& scenario, CheckContext* context);

// Static routes; needs the topology and the boot arguments' addresses.
void CheckRoutes(const dualsim::Scenario& scenario, CheckContext* context);

// What happens when.
void CheckTimeline(const dualsim::Scenario& scenario, CheckContext* context);

// What must come true.
void CheckExpectations(const dualsim::Scenario& scenario, CheckContext* context);

// Pieces that several of them share.

router::AdvertiseConfig CheckAdvertise(const dualsim::Advertise& advertise, CheckContext* context);
// How a node forms addresses; needs its interfaces, and their other variables.
void CheckAddressing(const dualsim::Node& entry, bool is_router, CheckContext* context,
                     host::StackConfig* config);
LinkFaults CheckFaults(const dualsim::Faults& faults, CheckContext* context);

// A route of `node` from the fields `prefix`, `via` and `link` of `message`,
// which are strings; nullopt where it is reported as wrong.
struct RouteFields {
  int prefix;
  int via;
  int link;
};
std::optional<host::RouteConfig> CheckRoute(const google::protobuf::Message& message,
                                            const RouteFields& fields, NodeId node,
                                            CheckContext* context);

// The bounds of an MTU: RFC 791's, because a link that IPv6 can't use is a case
// worth testing, and what an IP packet's length can say.
inline constexpr uint32_t kLeastMtu = 68;
inline constexpr uint32_t kMostMtu = 65535;

}  // namespace dualsim::sim
