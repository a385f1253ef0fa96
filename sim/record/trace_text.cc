#include "sim/record/trace_text.h"

#include "sim/record/drop_text.h"
#include "sim/record/packet_text.h"
#include "sim/record/time_text.h"
#include "stack/wire/drop_reason.h"

namespace dualsim::sim {

std::string_view LineKindName(LineKind kind) {
  constexpr std::string_view kNames[kLineKinds] = {
      "frames",           "frame losses", "lifecycle", "addresses", "neighbors", "default routers",
      "resolver entries", "prefixes",     "routes",    "echoes",    "drops",     "logs",
      "actions"};
  return kNames[static_cast<size_t>(kind)];
}

void TraceText::Begin(Time time, std::string_view who) {
  line_.clear();
  AppendTime(time, line_);
  line_ += ' ';
  line_ += who;
  line_ += ' ';
}

void TraceText::BeginInterface(Time time, NodeId node, InterfaceId interface) {
  BeginNode(time, node);
  line_ += names_.interface(node, interface);
  line_ += ' ';
}

void TraceText::Until(std::string_view what, Time time) {
  if (time.is_never()) return;
  line_ += what;
  AppendTime(time, line_);
}

void TraceText::OnFrame(Time time, const FrameEvent& event) {
  Begin(time, names_.link(event.link));
  if (event.sender != kNoNode) line_.append(names_.node(event.sender)).append("> ");
  AppendPacketText(event.frame, line_);
  note_.clear();
  notes_.Append(event, note_);
  if (!note_.empty()) line_.append(" [").append(note_).append("]");
  End(time, LineKind::kFrame);
}

void TraceText::OnFrameLoss(Time time, const FrameLossEvent& event) {
  Begin(time, names_.link(event.link));
  line_ += names_.node(event.receiver);
  line_ += " misses ";
  AppendPacketText(event.frame, line_);
  line_.append(" [").append(DropReasonName(event.reason)).append("]");
  End(time, LineKind::kFrameLoss);
}

void TraceText::OnLifecycle(Time time, NodeId node, Lifecycle change) {
  BeginNode(time, node);
  switch (change) {
    case Lifecycle::kBoot:
      line_ += "boots";
      break;
    case Lifecycle::kShutDown:
      line_ += "shuts down";
      break;
    case Lifecycle::kCrash:
      line_ += "crashes";
      break;
  }
  End(time, LineKind::kLifecycle);
}

void TraceText::OnAddress(Time time, NodeId node, const AddressFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_ += "address ";
  line_ += fact.address.ToString();
  line_ += '/';
  line_ += std::to_string(fact.prefix_length);
  line_ += ' ';
  line_ += AddressOriginName(fact.origin);
  line_ += ' ';
  line_ += AddressStateName(fact.state);
  if (fact.state != AddressState::kRemoved) {
    Until(", preferred until ", fact.preferred_until);
    Until(", valid until ", fact.valid_until);
  }
  End(time, LineKind::kAddress);
}

void TraceText::OnNeighbor(Time time, NodeId node, const NeighborFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_ += "neighbor ";
  line_ += fact.address.ToString();
  line_ += ' ';
  line_ += NeighborStateName(fact.state);
  if (!fact.link_layer_address.is_zero()) {
    line_ += ' ';
    line_ += fact.link_layer_address.ToString();
  }
  if (fact.is_router) line_ += " router";
  End(time, LineKind::kNeighbor);
}

void TraceText::OnDefaultRouter(Time time, NodeId node, const DefaultRouterFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_ += "default router ";
  line_ += fact.router.ToString();
  if (fact.present) {
    Until(", until ", fact.until);
  } else {
    line_ += " gone";
  }
  End(time, LineKind::kDefaultRouter);
}

void TraceText::OnResolver(Time time, NodeId node, const ResolverFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_ += ResolverKindName(fact.kind);
  line_ += ' ';
  line_ += fact.value;
  if (fact.present) {
    Until(", until ", fact.until);
  } else {
    line_ += " gone";
  }
  End(time, LineKind::kResolver);
}

void TraceText::OnPrefix(Time time, NodeId node, const PrefixFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_ += "prefix ";
  line_ += fact.prefix.ToString();
  line_ += fact.present ? " on link" : " gone";
  if (fact.present) Until(", until ", fact.until);
  End(time, LineKind::kPrefix);
}

void TraceText::OnRoute(Time time, NodeId node, const RouteFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_ += "route ";
  line_ += fact.prefix.ToString();
  if (!fact.present) {
    line_ += " gone";
  } else if (fact.next_hop.is_unspecified()) {
    line_ += " on link";
  } else {
    line_ += " via ";
    line_ += fact.next_hop.ToString();
  }
  End(time, LineKind::kRoute);
}

void TraceText::OnEcho(Time time, NodeId node, const EchoFact& fact) {
  BeginNode(time, node);
  if (fact.reply) {
    line_ += "has an echo reply from ";
  } else {
    line_ += "has an error, type ";
    line_ += std::to_string(fact.error_type);
    line_ += " code ";
    line_ += std::to_string(fact.error_code);
    line_ += ", from ";
  }
  line_ += fact.from.ToString();
  line_ += " to id ";
  line_ += std::to_string(fact.identifier);
  line_ += " seq ";
  line_ += std::to_string(fact.sequence);
  if (fact.reply) line_.append(", ").append(std::to_string(fact.data_size)).append(" bytes");
  End(time, LineKind::kEcho);
}

void TraceText::OnDrop(Time time, NodeId node, const DropFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_ += "drops ";
  AppendDropText(fact, line_);
  line_.append(" [").append(DropReasonName(fact.reason)).append("]");
  End(time, LineKind::kDrop);
}

void TraceText::OnLog(Time time, NodeId node, const LogFact& fact) {
  BeginNode(time, node);
  // A program speaks under its name, the stack as the node itself.
  if (!fact.application.empty()) {
    line_.append("(").append(fact.application).append(") ");
  } else {
    line_ += "log: ";
  }
  line_ += fact.text;
  End(time, LineKind::kLog);
}

void TraceText::OnLease(Time time, NodeId node, const LeaseFact& fact) {
  BeginInterface(time, node, fact.interface);
  line_.append("lease ").append(LeaseStateName(fact.state));
  if (fact.address) line_.append(" ").append(fact.address->ToString());
  if (fact.server) line_.append(" by ").append(fact.server->ToString());
  Until(", renewal at ", fact.renewal);
  Until(", rebinding at ", fact.rebinding);
  Until(", until ", fact.until);
  End(time, LineKind::kAddress);
}

void TraceText::OnAction(Time time, std::string_view action) {
  Begin(time, "*");
  line_ += action;
  End(time, LineKind::kAction);
}

}  // namespace dualsim::sim
