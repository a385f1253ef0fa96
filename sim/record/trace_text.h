#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/record/frame_notes.h"
#include "sim/record/world_names.h"

namespace dualsim::sim {

// What a line of a trace is about.
enum class LineKind : uint8_t {
  kFrame,
  kFrameLoss,
  kLifecycle,
  kAddress,
  kNeighbor,
  kDefaultRouter,
  kResolver,
  kPrefix,
  kRoute,
  kEcho,
  kDrop,
  kLog,
  kAction,
};
inline constexpr int kLineKinds = 13;
// "frames", "frame losses", "addresses"...
std::string_view LineKindName(LineKind kind);

// Where the lines of a trace go.
class LineSink {
 public:
  virtual ~LineSink() = default;
  // One line, without its end; valid during the call.
  virtual void OnLine(Time time, LineKind kind, std::string_view line) = 0;
};

// Puts all that happens in a world into words, one line each: the text of
// trace.txt and of the golden traces. docs/record.md describes the lines. They
// hold names and times of the simulation and nothing else, and nothing that one
// line says depends on another, so that a diff of two runs shows what changed.
class TraceText : public WorldObserver {
 public:
  // All outlive the text.
  TraceText(const WorldNames& names, const FrameNotes& notes, std::vector<LineSink*> sinks)
      : names_(names), notes_(notes), sinks_(std::move(sinks)) {}

  void OnFrame(Time time, const FrameEvent& event) override;
  void OnFrameLoss(Time time, const FrameLossEvent& event) override;
  void OnLifecycle(Time time, NodeId node, Lifecycle change) override;
  void OnAddress(Time time, NodeId node, const AddressFact& fact) override;
  void OnNeighbor(Time time, NodeId node, const NeighborFact& fact) override;
  void OnDefaultRouter(Time time, NodeId node, const DefaultRouterFact& fact) override;
  void OnResolver(Time time, NodeId node, const ResolverFact& fact) override;
  void OnPrefix(Time time, NodeId node, const PrefixFact& fact) override;
  void OnRoute(Time time, NodeId node, const RouteFact& fact) override;
  void OnEcho(Time time, NodeId node, const EchoFact& fact) override;
  void OnDrop(Time time, NodeId node, const DropFact& fact) override;
  void OnLog(Time time, NodeId node, const LogFact& fact) override;
  void OnLease(Time time, NodeId node, const LeaseFact& fact) override;
  void OnAction(Time time, std::string_view action) override;

 private:
  void Begin(Time time, std::string_view who);
  void BeginNode(Time time, NodeId node) { Begin(time, names_.node(node)); }
  void BeginInterface(Time time, NodeId node, InterfaceId interface);
  void Until(std::string_view what, Time time);
  void End(Time time, LineKind kind) {
    for (LineSink* sink : sinks_) sink->OnLine(time, kind, line_);
  }

  const WorldNames& names_;
  const FrameNotes& notes_;
  std::vector<LineSink*> sinks_;
  std::string line_;  // Kept for their storage.
  std::string note_;
};

}  // namespace dualsim::sim
