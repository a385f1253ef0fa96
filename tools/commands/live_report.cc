#include "tools/commands/live_report.h"

#include "stack/tcp/state.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {

void LivePrinter::OnLifecycle(Time time, sim::NodeId node, sim::Lifecycle what) {
  if (verbose_) text_.OnLifecycle(time, node, what);
}
void LivePrinter::OnAddress(Time time, sim::NodeId node, const AddressFact& fact) {
  text_.OnAddress(time, node, fact);
}
void LivePrinter::OnNeighbor(Time time, sim::NodeId node, const NeighborFact& fact) {
  if (verbose_) text_.OnNeighbor(time, node, fact);
}
void LivePrinter::OnDefaultRouter(Time time, sim::NodeId node, const DefaultRouterFact& fact) {
  if (verbose_) text_.OnDefaultRouter(time, node, fact);
}
void LivePrinter::OnPrefix(Time time, sim::NodeId node, const PrefixFact& fact) {
  if (verbose_) text_.OnPrefix(time, node, fact);
}
void LivePrinter::OnRoute(Time time, sim::NodeId node, const RouteFact& fact) {
  if (verbose_) text_.OnRoute(time, node, fact);
}
void LivePrinter::OnResolver(Time time, sim::NodeId node, const ResolverFact& fact) {
  if (verbose_) text_.OnResolver(time, node, fact);
}
void LivePrinter::OnLease(Time time, sim::NodeId node, const LeaseFact& fact) {
  text_.OnLease(time, node, fact);
}
void LivePrinter::OnEcho(Time time, sim::NodeId node, const EchoFact& fact) {
  if (verbose_) text_.OnEcho(time, node, fact);
}
void LivePrinter::OnDrop(Time time, sim::NodeId node, const DropFact& fact) {
  if (verbose_) text_.OnDrop(time, node, fact);
}
void LivePrinter::OnLog(Time time, sim::NodeId node, const LogFact& fact) {
  text_.OnLog(time, node, fact);
}
void LivePrinter::OnAction(Time time, std::string_view action) { text_.OnAction(time, action); }

void LivePrinter::OnLine(Time, sim::LineKind, std::string_view line) {
  if (!Print(std::string(line) + "\n")) unread_ = true;
}

void LiveCounters::OnFrame(Time, const sim::FrameEvent& event) {
  const bool from_tap = event.sender != sim::kNoNode && event.sender >= outside_;
  Traffic& traffic = from_tap ? from_taps_ : from_nodes_;
  ++traffic.frames;
  traffic.bytes += event.frame.size();
  if (event.dropped) ++drops_[static_cast<size_t>(event.reason)];
}
void LiveCounters::OnFrameLoss(Time, const sim::FrameLossEvent& event) {
  ++drops_[static_cast<size_t>(event.reason)];
}
void LiveCounters::OnDrop(Time, sim::NodeId, const DropFact& fact) {
  ++drops_[static_cast<size_t>(fact.reason)];
}
void LiveCounters::OnConnection(Time, sim::NodeId, const ConnectionFact& fact) {
  if (fact.from == tcp::State::kClosed) ++connections_;
  if (fact.error) ++failed_;
}
void LiveCounters::OnRetransmission(Time, sim::NodeId, const RetransmissionFact&) {
  ++retransmissions_;
}

std::string LiveCounters::Text() const {
  const auto traffic = [](const Traffic& t) {
    return std::to_string(t.frames) + " frames, " + std::to_string(t.bytes) + " bytes";
  };
  std::string text =
      "from the tap: " + traffic(from_taps_) + "\nfrom the nodes: " + traffic(from_nodes_) +
      "\nTCP: " + std::to_string(connections_) + " connections, " + std::to_string(failed_) +
      " of them failed, " + std::to_string(retransmissions_) + " segments sent again\n";
  for (size_t i = 0; i < drops_.size(); ++i) {
    if (drops_[i] == 0) continue;
    const auto reason = static_cast<DropReason>(i);
    text += "dropped: " + std::to_string(drops_[i]) + " " + std::string(DropReasonName(reason)) +
            ", " + std::string(DropReasonText(reason)) + "\n";
  }
  return text;
}

}  // namespace dualsim::commands
