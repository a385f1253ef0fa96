#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/net/world_observer.h"
#include "sim/record/frame_notes.h"
#include "sim/record/run_summary.h"
#include "sim/record/sqlite.h"
#include "sim/record/world_names.h"

namespace dualsim::sim {

// Writes a run into an SQLite file whose tables database_schema.cc explains.
class DatabaseRecorder : public WorldObserver {
 public:
  // `frames`: whether the table of frames is filled; it is the largest by far.
  // `names` and `notes` outlive the recorder. Throws OutputError.
  DatabaseRecorder(const std::string& path, const WorldNames& names, const FrameNotes& notes,
                   bool frames);

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
  void OnConnection(Time time, NodeId node, const ConnectionFact& fact) override;
  void OnRetransmission(Time time, NodeId node, const RetransmissionFact& fact) override;
  void OnPath(Time time, NodeId node, const PathFact& fact) override;
  void OnApplication(Time time, NodeId node, const ApplicationFact& fact) override;
  void OnLog(Time time, NodeId node, const LogFact& fact) override;
  void OnQuery(Time time, NodeId node, const QueryFact& fact) override;
  void OnLease(Time time, NodeId node, const LeaseFact& fact) override;
  void OnAction(Time time, std::string_view action) override;

  bool failed() const { return file_.failed(); }
  // Throws OutputError. Called at most once.
  void Commit(const RunSummary& summary);

 private:
  // All statements; gone before the file is committed.
  struct Inserts {
    explicit Inserts(SqliteFile& file);
    SqliteInsert frame, lifecycle, address, neighbor, default_router, resolver, prefix, route, echo,
        drop, connection, retransmission, path, application, log, query, lease, action;
  };

  void WriteWorld();
  void WriteSummary(const RunSummary& summary);
  std::string_view PacketOf(ByteView frame);

  const WorldNames& names_;
  const FrameNotes& notes_;
  const bool frames_;
  SqliteFile file_;
  std::optional<Inserts> inserts_;
  int64_t frame_number_ = 0;
  std::string packet_;  // Kept for their storage.
  std::string note_;
};

}  // namespace dualsim::sim
