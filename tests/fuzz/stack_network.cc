#include "tests/fuzz/stack_network.h"

#include <algorithm>
#include <array>
#include <string>

#include "sim/scenario/load.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ndp.h"
#include "tests/fuzz/frame_fields.h"
#include "tests/fuzz/require.h"

namespace dualsim::testing {
namespace {

// A host alone, with all that is optional; a host as it is; a router between two
// links; both together, with another host behind the router; a host of both families
// that serves names and streams, and one that leases its address and asks for a name.
constexpr const char* kNetworks[StackNetwork::kNetworks] = {
    R"(link { name: "lan" }
host { name: "nut" interface { link: "lan" mac: "02:00:00:00:00:0a" }
       temporary_addresses {} optimistic_dad: true gratuitous_neighbor_discovery: true
       interface_identifiers: OPAQUE })",
    R"(link { name: "lan" }
host { name: "nut" interface { link: "lan" mac: "02:00:00:00:00:0a" address: "2001:db8:1::a/64" } })",
    R"(link { name: "lan" }
link { name: "lan2" mtu: 1280 }
router { name: "nut"
         interface { link: "lan" mac: "02:00:00:00:00:0a" address: "2001:db8:1::a/64"
                     advertise { prefix { prefix: "2001:db8:1::/64" } } }
         interface { link: "lan2" mac: "02:00:00:00:00:0b" address: "2001:db8:2::a/64" } })",
    R"(link { name: "lan" }
link { name: "lan2" }
router { name: "r" gratuitous_neighbor_discovery: true
         interface { link: "lan" mac: "02:00:00:00:00:0b" address: "2001:db8:1::b/64"
                     advertise { prefix { prefix: "2001:db8:1::/64" } } }
         interface { link: "lan2" mac: "02:00:00:00:01:0b" address: "2001:db8:2::b/64"
                     advertise { prefix { prefix: "2001:db8:2::/64" } } } }
host { name: "nut" interface { link: "lan" mac: "02:00:00:00:00:0a" } }
host { name: "peer" interface { link: "lan2" mac: "02:00:00:00:00:0c" } })",
    R"(link { name: "lan" }
host { name: "nut" interface { link: "lan" mac: "02:00:00:00:00:0a" address: "2001:db8::a/64"
                               gateway: "2001:db8::1" address: "192.0.2.10/24" }
       tcp { receive_buffer: "32kB" send_buffer: "32kB" max_connections: 8 }
       application { name: "echo" }
       application { name: "dns-server"
                     zone { name: "example.com" record: "www AAAA 2001:db8::a" record: "www A 192.0.2.10" } }
       application { name: "dhcp-server" args: "--pool=192.0.2.100-192.0.2.103/24" } }
host { name: "asks" interface { link: "lan" mac: "02:00:00:00:00:0b" }
       args: "--dhcp=true --dns-servers=192.0.2.10"
       tcp { receive_buffer: "32kB" send_buffer: "32kB" max_connections: 8 }
       application { name: "connect" args: "--to=www.example.com:7 --text=hello --delay=10s" } })",
};

sim::Plan MakePlan(size_t number) {
  const std::string text = std::string("duration: \"1d\"\n") + kNetworks[number];
  sim::LoadResult result = sim::LoadScenarioText("network.textproto", text);
  if (!result.plan) std::fputs(result.diagnostics.ToString().c_str(), stderr);
  Require(result.plan.has_value(), "the network is one");
  return std::move(*result.plan);
}

const sim::Plan& PlanOf(uint8_t number) {
  static const auto plans = [] {
    std::array<sim::Plan, StackNetwork::kNetworks> made;
    for (size_t i = 0; i < made.size(); ++i) made[i] = MakePlan(i);
    return made;
  }();
  return plans[number % plans.size()];
}

// Of frames that one step may lead to: an answer for each receiver, an error, a queue
// that is sent, reports with their repetitions; over hours, advertisements too.
constexpr size_t kMaximumSentPerStep = 4000;

bool IsIcmpv6Message(ByteView message, const wire::NdpContext& context) {
  switch (message[0]) {
    case 133:
      return wire::RouterSolicitation::Parse(message, context).ok();
    case 134:
      return wire::RouterAdvertisement::Parse(message, context).ok();
    case 135:
      return wire::NeighborSolicitation::Parse(message, context).ok();
    case 136:
      return wire::NeighborAdvertisement::Parse(message, context).ok();
    case 137:
      return wire::Redirect::Parse(message, context).ok();
    default:
      return message.size() >= 8;
  }
}

}  // namespace

StackNetwork::StackNetwork(uint8_t number) : plan_(PlanOf(number)) {
  world_ = std::make_unique<sim::World>(plan_, 1, *this);
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    world_->node(sim::NodeId(static_cast<uint32_t>(i))).Boot();
  }
  Run(Seconds(3));
}

void StackNetwork::Play(const StackProgram& program) {
  for (const StackProgram::Step& step : program.steps) {
    switch (step.kind) {
      case StackProgram::Kind::kWait:
        Run(WaitOf(step.choice));
        break;
      case StackProgram::Kind::kFrame:
        Inject(step.choice, step.frame);
        break;
      case StackProgram::Kind::kReaction:
        Inject(step.choice, React(step.frame));
        break;
      case StackProgram::Kind::kAct:
        Act(step.choice);
        break;
    }
    // What follows at once may meet what this led to on its way.
    Run(Microseconds(1));
  }
  Run(Seconds(5));
}

void StackNetwork::Run(Duration time) {
  sent_ = 0;
  sim::Simulation& simulation = world_->simulation();
  simulation.RunUntil(simulation.now() + time);
}

void StackNetwork::Inject(uint8_t link, ByteView frame) {
  // What a card passes on at all.
  if (frame.size() < wire::EthernetHeader::kSize) return;
  const auto id = sim::LinkId(static_cast<uint32_t>(link % plan_.links.size()));
  world_->network().InjectOnLink(id, frame);
}

// Answers as a peer would: to who sent the last frame, about what it said.
std::vector<uint8_t> StackNetwork::React(std::vector<uint8_t> frame) const {
  const FrameFields own = ReadFields(frame);
  const FrameFields theirs = ReadFields(last_sent_);
  if (own.ip == 0 || theirs.ip == 0 || own.is_ipv4 != theirs.is_ipv4) return frame;
  const size_t header = own.is_ipv4 ? 20 : 40;
  if (frame.size() < own.ip + header || last_sent_.size() < theirs.ip + header) return frame;
  const auto copy = [&](size_t from, size_t count, size_t to) {
    if (from + count > last_sent_.size() || to + count > frame.size()) return;
    std::copy_n(last_sent_.begin() + static_cast<ptrdiff_t>(from), count,
                frame.begin() + static_cast<ptrdiff_t>(to));
  };
  copy(6, 6, 0);
  if (own.is_ipv4) {
    copy(theirs.ip + 12, 4, own.ip + 16);
  } else {
    copy(theirs.ip + 8, 16, own.ip + 24);
  }
  if (!own.transport || !theirs.transport) return frame;
  const size_t to = *own.transport, from = *theirs.transport;
  if (own.protocol == 1) {
    // What an error quotes: the packet itself.
    if (to < frame.size() && frame[to] != 0 && frame[to] != 8) {
      copy(theirs.ip, last_sent_.size() - theirs.ip, to + 8);
    }
  } else if (own.protocol == 58) {
    if (to < frame.size() && frame[to] == 136) copy(from + 8, 16, to + 8);  // The target asked for.
    // What an error quotes: the packet itself.
    if (to < frame.size() && frame[to] < 128)
      copy(theirs.ip, last_sent_.size() - theirs.ip, to + 8);
  } else if (theirs.protocol == own.protocol) {
    copy(from, 2, to + 2);
    copy(from + 2, 2, to);
    if (own.protocol == 6) {
      copy(from + 8, 4, to + 4);
      copy(from + 4, 4, to + 8);
      if (to + 12 <= frame.size()) ++frame[to + 11];
    }
  }
  MendChecksums(&frame);
  return frame;
}

void StackNetwork::Act(uint8_t choice) {
  const auto id = sim::NodeId(static_cast<uint32_t>((choice >> 4) % plan_.nodes.size()));
  const sim::NodePlan& plan = plan_.node(id);
  const auto interface = InterfaceId(static_cast<uint16_t>((choice >> 3) % plan.links.size()));
  sim::Node& node = world_->node(id);
  switch (choice & 7) {
    case 0:
      node.Crash();
      break;
    case 1:
      node.ShutDown();
      break;
    case 2:
      node.Boot();
      break;
    case 3:
      world_->network().SetCarrier(id, interface, !world_->network().carrier(id, interface));
      break;
    default: {
      host::Stack::EchoRequest request;
      request.destination = *Ipv6Address::Parse((choice & 7) == 4   ? "2001:db8:1::1"
                                                : (choice & 7) == 5 ? "fe80::1"
                                                                    : "2001:db8:2::c");
      request.interface = interface;
      request.data_size = (choice & 7) == 7 ? 4000 : 56;
      if (!node.running()) break;
      node.WithStack([&](host::Stack& stack, Time now) { stack.SendEchoRequest(now, request); });
    }
  }
}

void StackNetwork::OnFrame(Time, const sim::FrameEvent& event) {
  if (event.injected) return;
  Require(++sent_ <= kMaximumSentPerStep, "a step leads to few frames");
  RequireWellFormed(event);
  last_sent_.assign(event.frame.begin(), event.frame.end());
}

void StackNetwork::OnAddress(Time, sim::NodeId, const AddressFact& fact) {
  Require(!fact.address.is_multicast() && !fact.address.is_unspecified(),
          "an address is one that a node can have");
}

void StackNetwork::RequireWellFormed(const sim::FrameEvent& event) const {
  const auto ethernet = wire::EthernetHeader::Parse(event.frame);
  Require(ethernet.ok(), "a frame has an Ethernet header");
  Require(!ethernet->source.is_multicast(), "no card has a group's address");
  if (ethernet->type != wire::EtherType::kIpv6) return;
  const ByteView packet = event.frame.subspan(wire::EthernetHeader::kSize);
  Require(packet.size() <= plan_.link(event.link).parameters.mtu, "a packet fits its link");
  const auto header = wire::Ipv6Header::Parse(packet);
  Require(header.ok(), "a packet has an IPv6 header");
  Require(wire::Ipv6Header::kSize + header->payload_length == packet.size(), "its length is right");
  Require(!header->source.is_multicast(), "no group sends");
  // What a router forwards is as its sender made it.
  const bool own = !plan_.node(event.sender).is_router || header->hop_limit == 255;
  const FrameFields fields = ReadFields(event.frame);
  if (!own || !fields.transport || header->next_header == wire::NextHeader::kFragment) return;
  Require(HasGoodChecksum(event.frame), "a checksum is right");
  if (fields.protocol != 58) return;
  Require(IsIcmpv6Message(event.frame.subspan(*fields.transport),
                          {header->source, header->destination, header->hop_limit}),
          "an ICMPv6 message can be read");
}

}  // namespace dualsim::testing
