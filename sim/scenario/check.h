#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/craft/packet_spec_reader.h"
#include "sim/net/link_config.h"
#include "sim/scenario/check_context.h"
#include "stack/application/registry.h"
#include "stack/host/config.h"
#include "stack/router/advertise_config.h"

namespace dualsim {
class Advertise;
class Application;
class At;
class Faults;
class Inject;
class Link;
class Node;
class Resolve;
class Scenario;
class Steps;
class Tester;
class Variant;
}  // namespace dualsim

namespace dualsim::sim {

// The blocks that make up a network: those of a file, and of one of its variants.
struct TopologyText {
  std::vector<const dualsim::Link*> links;
  std::vector<const dualsim::Node*> hosts;
  std::vector<const dualsim::Node*> routers;
  std::vector<const dualsim::Tester*> testers;
};
// `variant` may be null.
TopologyText TopologyTextOf(const dualsim::Scenario& scenario, const dualsim::Variant* variant);

// The parts of a check, in the order in which they have to be done. Each puts
// what it reads into the context's plan and reports what is wrong; each may be
// called whatever the ones before it found.

// Description, duration, seed and the like.
void CheckRun(const dualsim::Scenario& scenario, CheckContext* context);

// Links, and nodes with their addresses.
void CheckTopology(const TopologyText& text, CheckContext* context);

// MirageOS's boot arguments; needs the topology.
void CheckBootArguments(const TopologyText& text, CheckContext* context);

// The programs that nodes begin with; needs the topology.
void CheckApplications(const TopologyText& text, CheckContext* context);

// Static routes; needs the topology and the boot arguments' addresses.
void CheckRoutes(const TopologyText& text, CheckContext* context);

// What happens when.
void CheckTimeline(const dualsim::Scenario& scenario, CheckContext* context);

// The actions of one block of the timeline that has no time, for a step of a
// case: they are added to the plan with Time::Never().
void CheckAction(const dualsim::At& at, CheckContext* context);

// The names that frames may use, `packets` being those that were sent or seen.
craft::NameScope NamesInScope(const Plan& plan, const std::vector<std::string>& packets);

// An injection's frame and where it goes; nullopt where it is reported as wrong.
std::optional<action::Inject> CheckInject(const dualsim::Inject& entry,
                                          const std::vector<std::string>& packets,
                                          CheckContext* context);

// Files of cases: the steps of a case on the network that the context's plan has,
// the setups' first.
void CheckCase(const dualsim::Scenario& scenario, const dualsim::Variant* variant,
               const dualsim::Steps& steps, CheckContext* context);

// What must come true.
void CheckExpectations(const dualsim::Scenario& scenario, CheckContext* context);

// Pieces that several of them share.

// A program, its arguments read; nullopt where it is reported as wrong.
std::optional<application::Program> ReadProgram(const dualsim::Application& entry,
                                                CheckContext* context);
// The program that resolves a name; false where it is reported as wrong.
bool ReadResolve(const dualsim::Resolve& entry, CheckContext* context,
                 action::StartApplication* start);
router::AdvertiseConfig CheckAdvertise(const dualsim::Advertise& advertise, CheckContext* context);
// How a node forms addresses; needs its interfaces, and their other variables.
void CheckAddressing(const dualsim::Node& entry, bool is_router, CheckContext* context,
                     host::StackConfig* config);
// What a router does for groups; likewise.
void CheckMulticast(const dualsim::Node& entry, bool is_router, CheckContext* context,
                    host::StackConfig* config);
// How a node speaks TCP.
void CheckTcp(const dualsim::Node& entry, CheckContext* context, host::StackConfig* stack);
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
