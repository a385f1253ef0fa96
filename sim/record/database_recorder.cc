#include "sim/record/database_recorder.h"

#include <optional>

#include "sim/record/database_schema.h"
#include "sim/record/drop_text.h"
#include "sim/record/packet_text.h"
#include "stack/tcp/error.h"
#include "stack/tcp/flow.h"
#include "stack/tcp/state.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/port.h"

namespace dualsim::sim {
namespace {

std::string_view LifecycleName(Lifecycle change) {
  switch (change) {
    case Lifecycle::kBoot:
      return "BOOT";
    case Lifecycle::kShutDown:
      return "SHUT_DOWN";
    case Lifecycle::kCrash:
      return "CRASH";
  }
  return "";
}

using Text = std::optional<std::string_view>;

}  // namespace

DatabaseRecorder::Inserts::Inserts(SqliteFile& file)
    : frame(file, "INSERT INTO frame VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      lifecycle(file, "INSERT INTO lifecycle VALUES (?, ?, ?)"),
      address(file, "INSERT INTO address VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      neighbor(file, "INSERT INTO neighbor VALUES (?, ?, ?, ?, ?, ?, ?)"),
      default_router(file, "INSERT INTO default_router VALUES (?, ?, ?, ?, ?, ?)"),
      resolver(file, "INSERT INTO resolver VALUES (?, ?, ?, ?, ?, ?, ?)"),
      prefix(file, "INSERT INTO prefix VALUES (?, ?, ?, ?, ?, ?)"),
      route(file, "INSERT INTO route VALUES (?, ?, ?, ?, ?, ?)"),
      echo(file, "INSERT INTO echo VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      drop(file, "INSERT INTO \"drop\" VALUES (?, ?, ?, ?, ?, ?, ?)"),
      connection(file, "INSERT INTO connection VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      retransmission(file, "INSERT INTO retransmission VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      path(file, "INSERT INTO path VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      application(file, "INSERT INTO application VALUES (?, ?, ?, ?)"),
      log(file, "INSERT INTO log VALUES (?, ?, ?, ?)"),
      query(file, "INSERT INTO query VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      lease(file, "INSERT INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      action(file, "INSERT INTO action VALUES (?, ?)") {}

DatabaseRecorder::DatabaseRecorder(const std::string& path, const WorldNames& names,
                                   const FrameNotes& notes, bool frames)
    : names_(names), notes_(notes), frames_(frames), file_(path) {
  file_.Execute(kDatabaseSchema);
  WriteWorld();
  inserts_.emplace(file_);
}

void DatabaseRecorder::WriteWorld() {
  SqliteInsert link(file_, "INSERT INTO link VALUES (?)");
  SqliteInsert node(file_, "INSERT INTO node VALUES (?, ?)");
  SqliteInsert interface(file_, "INSERT INTO interface VALUES (?, ?, ?)");
  for (const std::string& name : names_.links) link.Run(name);
  for (const WorldNames::Node& n : names_.nodes) {
    node.Run(n.name, n.is_router);
    for (const auto& i : n.interfaces) interface.Run(n.name, i.name, names_.link(i.link));
  }
}

std::string_view DatabaseRecorder::PacketOf(ByteView frame) {
  packet_.clear();
  AppendPacketText(frame, packet_);
  return packet_;
}

void DatabaseRecorder::OnFrame(Time time, const FrameEvent& event) {
  ++frame_number_;
  if (!frames_ && !event.dropped) return;
  const std::string_view packet = PacketOf(event.frame);
  const std::string_view link = names_.link(event.link);
  const Text lost = event.dropped ? Text(DropReasonName(event.reason)) : Text();
  if (event.dropped) {
    inserts_->drop.Run(time, *lost, link, Text(), Text(), frame_number_, packet);
  }
  if (!frames_) return;
  note_.clear();
  notes_.AppendClaims(event, note_);
  const bool sent = event.sender != kNoNode;
  const Text sender = sent ? Text(names_.node(event.sender)) : Text();
  const Text interface = sent ? Text(names_.interface(event.sender, event.interface)) : Text();
  inserts_->frame.Run(frame_number_, time, link, sender, interface,
                      static_cast<int64_t>(event.frame.size()), packet, note_, event.injected, lost,
                      event.duplicated, event.corrupted, event.reordered);
}

void DatabaseRecorder::OnFrameLoss(Time time, const FrameLossEvent& event) {
  inserts_->drop.Run(time, DropReasonName(event.reason), names_.link(event.link),
                     names_.node(event.receiver), Text(), std::optional<int64_t>(),
                     PacketOf(event.frame));
}

void DatabaseRecorder::OnLifecycle(Time time, NodeId node, Lifecycle change) {
  inserts_->lifecycle.Run(time, names_.node(node), LifecycleName(change));
}

void DatabaseRecorder::OnAddress(Time time, NodeId node, const AddressFact& fact) {
  inserts_->address.Run(time, names_.node(node), names_.interface(node, fact.interface),
                        fact.address.ToString(), fact.prefix_length, AddressStateName(fact.state),
                        AddressOriginName(fact.origin), fact.preferred_until, fact.valid_until);
}

void DatabaseRecorder::OnNeighbor(Time time, NodeId node, const NeighborFact& fact) {
  std::optional<std::string> mac;
  if (!fact.link_layer_address.is_zero()) mac = fact.link_layer_address.ToString();
  inserts_->neighbor.Run(time, names_.node(node), names_.interface(node, fact.interface),
                         fact.address.ToString(), NeighborStateName(fact.state), mac,
                         fact.is_router);
}

void DatabaseRecorder::OnDefaultRouter(Time time, NodeId node, const DefaultRouterFact& fact) {
  inserts_->default_router.Run(time, names_.node(node), names_.interface(node, fact.interface),
                               fact.router.ToString(), fact.present, fact.until);
}

void DatabaseRecorder::OnResolver(Time time, NodeId node, const ResolverFact& fact) {
  inserts_->resolver.Run(time, names_.node(node), names_.interface(node, fact.interface),
                         ResolverKindName(fact.kind), fact.value, fact.present, fact.until);
}

void DatabaseRecorder::OnPrefix(Time time, NodeId node, const PrefixFact& fact) {
  inserts_->prefix.Run(time, names_.node(node), names_.interface(node, fact.interface),
                       fact.prefix.ToString(), fact.present, fact.until);
}

void DatabaseRecorder::OnRoute(Time time, NodeId node, const RouteFact& fact) {
  std::optional<std::string> next_hop;
  if (!fact.next_hop.is_unspecified()) next_hop = fact.next_hop.ToString();
  inserts_->route.Run(time, names_.node(node), names_.interface(node, fact.interface),
                      fact.prefix.ToString(), next_hop, fact.present);
}

void DatabaseRecorder::OnEcho(Time time, NodeId node, const EchoFact& fact) {
  std::optional<int64_t> type, code;
  if (!fact.reply) {
    type = fact.error_type;
    code = fact.error_code;
  }
  inserts_->echo.Run(time, names_.node(node), int{fact.identifier}, int{fact.sequence},
                     fact.from.ToString(), type, code, static_cast<int64_t>(fact.data_size));
}

void DatabaseRecorder::OnDrop(Time time, NodeId node, const DropFact& fact) {
  packet_.clear();
  AppendDropText(fact, packet_);
  inserts_->drop.Run(time, DropReasonName(fact.reason), Text(), names_.node(node),
                     names_.interface(node, fact.interface), std::optional<int64_t>(), packet_);
}

void DatabaseRecorder::OnLog(Time time, NodeId node, const LogFact& fact) {
  std::optional<std::string> application;
  if (!fact.application.empty()) application = fact.application;
  inserts_->log.Run(time, names_.node(node), fact.text, application);
}

void DatabaseRecorder::OnConnection(Time time, NodeId node, const ConnectionFact& fact) {
  std::optional<std::string> error;
  if (fact.error) error = tcp::ErrorName(*fact.error);
  inserts_->connection.Run(time, names_.node(node), fact.flow.local.ToString(),
                           int{Number(fact.flow.local_port)}, fact.flow.remote.ToString(),
                           int{Number(fact.flow.remote_port)}, tcp::StateName(fact.from),
                           tcp::StateName(fact.to), error);
}

void DatabaseRecorder::OnRetransmission(Time time, NodeId node, const RetransmissionFact& fact) {
  inserts_->retransmission.Run(time, names_.node(node), fact.flow.local.ToString(),
                               int{Number(fact.flow.local_port)}, fact.flow.remote.ToString(),
                               int{Number(fact.flow.remote_port)}, int64_t{fact.sequence.value()},
                               int64_t{fact.size}, fact.unanswered);
}

void DatabaseRecorder::OnPath(Time time, NodeId node, const PathFact& fact) {
  std::optional<int64_t> rtt, srtt, rto, cwnd, ssthresh;
  if (fact.round_trip) {
    rtt = fact.round_trip->sample.nanoseconds();
    srtt = fact.round_trip->smoothed.nanoseconds();
    rto = fact.round_trip->timeout.nanoseconds();
  }
  if (fact.window) {
    cwnd = fact.window->size;
    ssthresh = fact.window->threshold;
  }
  inserts_->path.Run(time, names_.node(node), fact.flow.local.ToString(),
                     int{Number(fact.flow.local_port)}, fact.flow.remote.ToString(),
                     int{Number(fact.flow.remote_port)}, rtt, srtt, rto, cwnd, ssthresh);
}

void DatabaseRecorder::OnApplication(Time time, NodeId node, const ApplicationFact& fact) {
  inserts_->application.Run(time, names_.node(node), fact.name, fact.running);
}

void DatabaseRecorder::OnQuery(Time time, NodeId node, const QueryFact& fact) {
  std::optional<std::string> answer;
  if (!fact.answer.empty()) answer = fact.answer;
  inserts_->query.Run(time, names_.node(node), fact.application, fact.name, fact.type,
                      QueryOutcomeName(fact.outcome), answer, fact.cached,
                      fact.took.nanoseconds());
}

void DatabaseRecorder::OnLease(Time time, NodeId node, const LeaseFact& fact) {
  std::optional<std::string> address, server;
  if (fact.address) address = fact.address->ToString();
  if (fact.server) server = fact.server->ToString();
  inserts_->lease.Run(time, names_.node(node), names_.interface(node, fact.interface),
                      LeaseStateName(fact.state), address, server, fact.renewal, fact.rebinding,
                      fact.until);
}

void DatabaseRecorder::OnAction(Time time, std::string_view action) {
  inserts_->action.Run(time, action);
}

void DatabaseRecorder::WriteSummary(const RunSummary& summary) {
  SqliteInsert(file_, "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)")
      .Run(summary.scenario, summary.seed, summary.end, summary.events, summary.frames,
           VerdictName(summary.verdict()));
  SqliteInsert expectation(file_, "INSERT INTO expectation VALUES (?, ?, ?, ?, ?, ?, ?)");
  int64_t number = 0;
  for (const RunSummary::Expectation& e : summary.expectations) {
    expectation.Run(++number, e.name, e.text, VerdictName(e.verdict), e.decided, e.seen, e.since);
  }
}

void DatabaseRecorder::Commit(const RunSummary& summary) {
  inserts_.reset();
  WriteSummary(summary);
  file_.Execute(kDatabaseIndices);
  file_.Commit();
}

}  // namespace dualsim::sim
