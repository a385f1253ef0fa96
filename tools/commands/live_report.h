#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/net/world_observer.h"
#include "sim/record/trace_text.h"
#include "stack/wire/drop_reason.h"

namespace dualsim::commands {

// Prints what happens in a live world as it happens, a line each in the words of
// the traces: addresses, leases and logs; where `verbose`, all but frames.
class LivePrinter final : public sim::WorldObserver, private sim::LineSink {
 public:
  // `names` and `notes` outlive the printer.
  LivePrinter(const sim::WorldNames& names, const sim::FrameNotes& notes, bool verbose)
      : text_(names, notes, {this}), verbose_(verbose) {}

  void OnLifecycle(Time time, sim::NodeId node, sim::Lifecycle what) override;
  void OnAddress(Time time, sim::NodeId node, const AddressFact& fact) override;
  void OnNeighbor(Time time, sim::NodeId node, const NeighborFact& fact) override;
  void OnDefaultRouter(Time time, sim::NodeId node, const DefaultRouterFact& fact) override;
  void OnPrefix(Time time, sim::NodeId node, const PrefixFact& fact) override;
  void OnRoute(Time time, sim::NodeId node, const RouteFact& fact) override;
  void OnResolver(Time time, sim::NodeId node, const ResolverFact& fact) override;
  void OnLease(Time time, sim::NodeId node, const LeaseFact& fact) override;
  void OnEcho(Time time, sim::NodeId node, const EchoFact& fact) override;
  void OnDrop(Time time, sim::NodeId node, const DropFact& fact) override;
  void OnLog(Time time, sim::NodeId node, const LogFact& fact) override;
  void OnAction(Time time, std::string_view action) override;

  // Nobody reads standard output any more.
  bool unread() const { return unread_; }

 private:
  void OnLine(Time time, sim::LineKind kind, std::string_view line) override;

  sim::TraceText text_;
  const bool verbose_;
  bool unread_ = false;
};

// Counts what a live world does.
class LiveCounters final : public sim::WorldObserver {
 public:
  // Frames of nodes from `outside` on come from taps.
  explicit LiveCounters(sim::NodeId outside) : outside_(outside) {}

  void OnFrame(Time time, const sim::FrameEvent& event) override;
  void OnFrameLoss(Time time, const sim::FrameLossEvent& event) override;
  void OnDrop(Time time, sim::NodeId node, const DropFact& fact) override;
  void OnConnection(Time time, sim::NodeId node, const ConnectionFact& fact) override;
  void OnRetransmission(Time time, sim::NodeId node, const RetransmissionFact& fact) override;

  // The counters, several lines; those that are 0 are left out where they say nothing.
  std::string Text() const;

 private:
  struct Traffic {
    uint64_t frames = 0;
    uint64_t bytes = 0;
  };

  const sim::NodeId outside_;
  Traffic from_taps_;
  Traffic from_nodes_;
  uint64_t connections_ = 0;
  uint64_t failed_ = 0;
  uint64_t retransmissions_ = 0;
  std::array<uint64_t, static_cast<size_t>(DropReason::kCount)> drops_{};
};

}  // namespace dualsim::commands
