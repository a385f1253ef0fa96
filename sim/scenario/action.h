#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/craft/packet_spec.h"
#include "sim/net/link_config.h"
#include "sim/net/world_observer.h"
#include "sim/scenario/diagnostics.h"
#include "stack/application/registry.h"
#include "stack/base/time.h"
#include "stack/group/source_filter.h"
#include "stack/host/config.h"
#include "stack/router/advertise_config.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {

// Which ping of a plan, counted from 0 in the order of the text.
enum class PingId : uint32_t {};

// What the timeline can do. Each names nodes and links by their ids in the plan.
namespace action {

struct Boot {
  std::vector<NodeId> nodes;
};
struct ShutDown {
  std::vector<NodeId> nodes;
};
struct Crash {
  std::vector<NodeId> nodes;
};
// Off (in good order, or as by a power cut), and on again after `off_for`.
struct Reboot {
  std::vector<NodeId> nodes;
  bool crash = false;
  Duration off_for;
};

// Only what is set changes.
struct ChangeLink {
  LinkId link{};
  std::optional<bool> up;
  std::optional<Duration> delay;
  std::optional<std::optional<uint64_t>> bandwidth;  // As LinkParameters::bandwidth.
  std::optional<uint64_t> queue_bytes;
  std::optional<uint32_t> mtu;
  std::optional<LinkFaults> faults;  // Replaces all of them.
};

// The cable of one interface is pulled or put in.
struct ChangeCarrier {
  NodeId node{};
  InterfaceId interface {};
  bool up = true;
};

// A link falls into groups that do not hear each other; nodes that are in none
// of the groups form one more.
struct Partition {
  LinkId link{};
  std::vector<std::vector<NodeId>> groups;
};
struct Heal {
  LinkId link{};
};

// Of the frames on a link that match, from now on, the `first`-th (counted from
// 1) and those that follow it, `count` in all, are lost.
struct DropFrames {
  LinkId link{};
  std::optional<NodeId> sender;
  std::string filter;  // libpcap's language; it compiles. "": every frame.
  uint64_t first = 1;
  uint64_t count = 1;
};

struct AddAddress {
  NodeId node{};
  InterfaceId interface {};
  IpCidr address;
};
struct RemoveAddress {
  NodeId node{};
  InterfaceId interface {};
  IpAddress address;
};
struct SetMac {
  NodeId node{};
  InterfaceId interface {};
  MacAddress mac;
};
struct Listen {
  NodeId node{};
  InterfaceId interface {};
  Ipv6Address group;
  group::SourceFilter filter;
};
struct AddRoute {
  NodeId node{};
  host::RouteConfig route;
};
struct RemoveRoute {
  NodeId node{};
  IpPrefix prefix;
};

// Replaces what a router advertises; nullopt: it stops, with final advertisements.
struct Advertise {
  NodeId node{};
  InterfaceId interface {};
  std::optional<router::AdvertiseConfig> config;
};

// `count` echo requests, the first at once.
struct Ping {
  PingId id{};
  std::string name;  // "" where the scenario gives none.
  NodeId from{};
  IpAddress to;
  uint64_t count = 1;
  Duration interval = Seconds(1);
  uint32_t data_size = 56;
  std::optional<IpAddress> source;
  std::optional<InterfaceId> interface;
  std::optional<uint8_t> hop_limit;
};

// Frames that no stack made: they enter the link at a node's port, as if its
// card had sent them, or at a port of their own.
struct Inject {
  LinkId link{};
  std::optional<NodeId> from;
  std::vector<uint8_t> frame;  // From the Ethernet header; where it is not crafted.
  // What the frame is made of when it is sent; shared, never changed.
  std::shared_ptr<const craft::PacketSpec> crafted;
  std::optional<NodeId> to;  // Who gets a crafted one by default.
  std::string name;          // Under which the packet is kept, or "".
};

struct StartApplication {
  std::vector<NodeId> nodes;
  std::string name;
  std::string arguments;
  application::Program program;
};
struct StopApplication {
  std::vector<NodeId> nodes;
  std::string name;
};

}  // namespace action

using Action =
    std::variant<action::Boot, action::ShutDown, action::Crash, action::Reboot, action::ChangeLink,
                 action::ChangeCarrier, action::Partition, action::Heal, action::DropFrames,
                 action::AddAddress, action::RemoveAddress, action::SetMac, action::Listen,
                 action::AddRoute, action::RemoveRoute, action::Advertise, action::Ping,
                 action::Inject, action::StartApplication, action::StopApplication>;

// An action and when it happens: at `time`, and `times` in all, `every` apart.
// At one time actions happen in the order of the text, before anything else.
struct TimedAction {
  Time time;
  Duration every;
  uint64_t times = 1;
  Action action;
  SourceLocation where;
};

}  // namespace dualsim::sim
