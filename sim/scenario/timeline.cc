#include "sim/scenario/timeline.h"

#include <memory>
#include <optional>
#include <utility>

#include "sim/filter/packet_filter.h"
#include "sim/scenario/action_text.h"
#include "sim/scenario/crafted_injection.h"

namespace dualsim::sim {
namespace {

class LibpcapFilter final : public FrameFilter {
 public:
  explicit LibpcapFilter(PacketFilter filter) : filter_(std::move(filter)) {}
  bool Matches(ByteView frame) override { return filter_.Matches(frame); }

 private:
  PacketFilter filter_;
};

}  // namespace

Timeline::Timeline(const Plan& plan, World& world, PingTracker& pings, AddressBook& book)
    : plan_(plan), world_(world), pings_(pings), book_(book) {
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    const NodePlan& node = plan.nodes[i];
    if (node.boot_at) due_.push({*node.boot_at + node.boot_delay, 0, i, Step::kBoot, 0});
  }
  for (size_t i = 0; i < plan.actions.size(); ++i) {
    if (plan.actions[i].time.is_never()) continue;
    due_.push({plan.actions[i].time, i + 1, i, Step::kAction, plan.actions[i].times - 1});
  }
}

void Timeline::Play() {
  const Time now = next();
  while (!due_.empty() && due_.top().time == now) {
    current_ = due_.top();
    due_.pop();
    Do(current_);
  }
}

void Timeline::PlayNow(size_t index, Time now) {
  current_ = {now, index + 1, index, Step::kAction, 0};
  Do(current_);
}

void Timeline::Do(const Due& due) {
  if (due.step == Step::kBoot) {
    world_.node(NodeId(static_cast<uint32_t>(due.index))).Boot();
    return;
  }
  const TimedAction& timed = plan_.actions[due.index];
  if (due.step == Step::kPingRequest) {
    const auto& ping = std::get<action::Ping>(timed.action);
    if (due.left > 0) {
      due_.push({due.time + ping.interval, due.rank, due.index, due.step, due.left - 1});
    }
    SendRequest(ping);
    return;
  }
  if (due.step == Step::kBootAgain) {
    for (NodeId node : std::get<action::Reboot>(timed.action).nodes) Boot(node);
    return;
  }
  if (due.left > 0) {
    due_.push({due.time + timed.every, due.rank, due.index, due.step, due.left - 1});
  }
  std::visit([this](const auto& action) { Do(action); }, timed.action);
}

void Timeline::Tell(const Action& action) {
  world_.network().observer().OnAction(world_.network().now(), DescribeAction(plan_, action));
}

template <typename Use>
void Timeline::Ask(const Action& action, NodeId node, InterfaceId card, Use use) {
  Tell(action);
  const host::Stack::Refusal refusal = world_.node(node).running()
                                           ? world_.node(node).WithStackOf(card, use)
                                           : plan_.node(node).name + " is off";
  if (!refusal) return;
  world_.network().observer().OnAction(world_.network().now(),
                                       DescribeAction(plan_, action) + ": not done, " + *refusal);
}

void Timeline::Boot(NodeId node) {
  const Duration delay = plan_.node(node).boot_delay;
  if (delay == Duration()) {
    world_.node(node).Boot();
  } else {
    due_.push({current_.time + delay, 0, static_cast<uint64_t>(node), Step::kBoot, 0});
  }
}

void Timeline::Do(const action::Boot& boot) {
  for (NodeId node : boot.nodes) Boot(node);
}

void Timeline::Do(const action::ShutDown& shut_down) {
  for (NodeId node : shut_down.nodes) world_.node(node).ShutDown();
}

void Timeline::Do(const action::Crash& crash) {
  for (NodeId node : crash.nodes) world_.node(node).Crash();
}

void Timeline::Do(const action::Reboot& reboot) {
  for (NodeId node : reboot.nodes) {
    if (reboot.crash) {
      world_.node(node).Crash();
    } else {
      world_.node(node).ShutDown();
    }
  }
  due_.push({current_.time + reboot.off_for, current_.rank, current_.index, Step::kBootAgain, 0});
}

void Timeline::Do(const action::ChangeLink& change) {
  Tell(change);
  Network& network = world_.network();
  LinkParameters parameters = network.parameters(change.link);
  if (change.delay) parameters.delay = *change.delay;
  if (change.bandwidth) parameters.bandwidth = *change.bandwidth;
  if (change.queue_bytes) parameters.queue_bytes = *change.queue_bytes;
  if (change.mtu) parameters.mtu = *change.mtu;
  network.SetParameters(change.link, parameters);
  if (change.faults) network.SetFaults(change.link, *change.faults);
  if (change.up) network.SetLinkUp(change.link, *change.up);
}

void Timeline::Do(const action::ChangeCarrier& change) {
  Tell(change);
  world_.network().SetCarrier(change.node, change.interface, change.up);
}

void Timeline::Do(const action::Partition& partition) {
  Tell(partition);
  world_.network().Partition(partition.link, partition.groups);
}

void Timeline::Do(const action::Heal& heal) {
  Tell(heal);
  world_.network().Heal(heal.link);
}

void Timeline::Do(const action::DropFrames& drop) {
  Tell(drop);
  PacketFilter filter;
  // The check compiled it already.
  PacketFilter::Compile(drop.filter, &filter);
  DropRule rule;
  rule.filter = std::make_unique<LibpcapFilter>(std::move(filter));
  rule.sender = drop.sender;
  rule.first = drop.first;
  rule.count = drop.count;
  world_.network().AddDropRule(drop.link, std::move(rule));
}

void Timeline::Do(const action::AddAddress& add) {
  Ask(add, add.node, add.interface, [&add](host::Stack& stack, Time now, InterfaceId card) {
    return stack.AddAddress(now, card, add.address);
  });
}

void Timeline::Do(const action::RemoveAddress& remove) {
  Ask(remove, remove.node, remove.interface,
      [&remove](host::Stack& stack, Time now, InterfaceId card) {
        return stack.RemoveAddress(now, card, remove.address);
      });
}

void Timeline::Do(const action::SetMac& set) {
  Ask(set, set.node, set.interface, [&set](host::Stack& stack, Time now, InterfaceId card) {
    return stack.SetLinkLayerAddress(now, card, set.mac);
  });
}

void Timeline::Do(const action::Listen& listen) {
  Ask(listen, listen.node, listen.interface,
      [&listen](host::Stack& stack, Time now, InterfaceId card) {
        return stack.Listen(now, card, listen.group, listen.filter);
      });
}

void Timeline::Do(const action::AddRoute& add) {
  Ask(add, add.node, add.route.interface, [&add](host::Stack& stack, Time now, InterfaceId card) {
    host::RouteConfig route = add.route;
    route.interface = card;
    return stack.AddRoute(now, route);
  });
}

void Timeline::Do(const action::RemoveRoute& remove) {
  // Of the node's own stack.
  Ask(remove, remove.node, InterfaceId{0}, [&remove](host::Stack& stack, Time now, InterfaceId) {
    return stack.RemoveRoute(now, remove.prefix);
  });
}

void Timeline::Do(const action::Advertise& advertise) {
  Ask(advertise, advertise.node, advertise.interface,
      [&advertise](host::Stack& stack, Time now, InterfaceId card) {
        return stack.Advertise(now, card, advertise.config);
      });
}

void Timeline::Do(const action::Ping& ping) {
  Tell(ping);
  if (ping.count > 1) {
    due_.push({current_.time + ping.interval, current_.rank, current_.index, Step::kPingRequest,
               ping.count - 2});
  }
  SendRequest(ping);
}

void Timeline::SendRequest(const action::Ping& ping) {
  host::Stack::EchoRequest request;
  request.destination = ping.to;
  request.interface = ping.interface;
  request.source = ping.source;
  request.identifier = pings_.identifier(ping.id);
  request.sequence = pings_.next_sequence(ping.id);
  request.data_size = ping.data_size;
  request.hop_limit = ping.hop_limit;
  pings_.OnRequest(ping.id, world_.network().now());
  std::optional<DropReason> refused = DropReason::INTERFACE_DOWN;
  if (world_.node(ping.from).running()) {
    refused = world_.node(ping.from).WithStackOf(
        ping.interface.value_or(InterfaceId{0}),
        [&request](host::Stack& stack, Time now, InterfaceId card) {
          if (request.interface) request.interface = card;
          return stack.SendEchoRequest(now, request);
        });
  }
  if (refused) pings_.OnRefusal(ping.id, *refused);
}

void Timeline::Do(const action::StartApplication& start) {
  Tell(start);
  for (NodeId node : start.nodes) {
    if (world_.node(node).running()) {
      world_.node(node).StartProgram(start.name, start.program);
      continue;
    }
    world_.network().observer().OnAction(
        world_.network().now(),
        DescribeAction(plan_, start) + ": not done, " + plan_.node(node).name + " is off");
  }
}

void Timeline::Do(const action::StopApplication& stop) {
  Tell(stop);
  for (NodeId node : stop.nodes) world_.node(node).StopPrograms(stop.name);
}

void Timeline::Do(const action::Inject& inject) {
  Tell(inject);
  const uint64_t sent_before = plan_.actions[current_.index].times - 1 - current_.left;
  const std::string error = SendInjection(inject, plan_, world_, book_, sent_before);
  if (error.empty()) return;
  world_.network().observer().OnAction(world_.network().now(),
                                       DescribeAction(plan_, inject) + ": not done, " + error);
}

}  // namespace dualsim::sim
