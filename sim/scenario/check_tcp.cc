// How a node speaks TCP.

#include <string>

#include "proto/scenario.pb.h"
#include "sim/scenario/check.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

using Fields = dualsim::TcpParameters;

constexpr uint64_t kMostBuffer = uint64_t{1} << 30;
constexpr uint32_t kMostRetransmissions = 100;
constexpr uint32_t kMostConnections = 1'000'000;

// A duration within bounds that the message tells.
void ReadBoundedDuration(const Fields& entry, int field, Duration least, Duration most,
                         CheckContext* context, Duration* value) {
  const auto read = context->ReadDuration(entry, field);
  if (!read) return;
  if (*read < least || *read > most) {
    context->Error(
        entry, field,
        DurationText(*read) + " is not from " + DurationText(least) + " to " + DurationText(most));
    return;
  }
  *value = *read;
}

void ReadBuffer(const Fields& entry, int field, CheckContext* context, uint32_t* value) {
  const auto read = context->ReadSize(entry, field);
  if (!read) return;
  if (*read == 0 || *read > kMostBuffer) {
    context->Error(entry, field, "a buffer has 1 B to " + std::to_string(kMostBuffer) + " B");
    return;
  }
  *value = static_cast<uint32_t>(*read);
}

tcp::Config::Ecn EcnOf(Fields::Ecn ecn) {
  switch (ecn) {
    case Fields::OFF:
      return tcp::Config::Ecn::kOff;
    case Fields::REQUEST:
      return tcp::Config::Ecn::kRequest;
    default:
      return tcp::Config::Ecn::kAccept;
  }
}

void ReadOptions(const Fields& entry, tcp::Config* config) {
  if (entry.congestion_control() == Fields::RENO) {
    config->congestion = tcp::Config::Congestion::kNewReno;
  }
  config->ecn = EcnOf(entry.ecn());
  if (entry.has_window_scaling()) config->window_scaling = entry.window_scaling();
  if (entry.has_timestamps()) config->timestamps = entry.timestamps();
  if (entry.has_sack()) config->sack = entry.sack();
  if (entry.has_rack()) config->rack = entry.rack();
}

void ReadTimes(const Fields& entry, CheckContext* context, tcp::Config* config) {
  ReadBoundedDuration(entry, Fields::kDelayedAckFieldNumber, Duration(),
                      Milliseconds(500) - Nanoseconds(1), context, &config->delayed_ack);
  ReadBoundedDuration(entry, Fields::kMinRtoFieldNumber, Milliseconds(1), config->max_rto, context,
                      &config->min_rto);
  ReadBoundedDuration(entry, Fields::kMslFieldNumber, Milliseconds(1), Seconds(240), context,
                      &config->msl);
}

void ReadCount(const Fields& entry, int field, uint32_t most, CheckContext* context, int* value) {
  if (const auto read = context->ReadNumber(entry, field, 1, most)) {
    *value = static_cast<int>(*read);
  }
}

}  // namespace

void CheckTcp(const dualsim::Node& entry, CheckContext* context, host::StackConfig* stack) {
  if (!entry.has_tcp()) return;
  const Fields& written = entry.tcp();
  stack->tells_paths = written.record_paths();
  tcp::EndpointConfig* const config = &stack->tcp;
  tcp::Config& connection = config->connection;
  ReadOptions(written, &connection);
  ReadTimes(written, context, &connection);
  ReadBuffer(written, Fields::kReceiveBufferFieldNumber, context, &connection.receive_buffer);
  ReadBuffer(written, Fields::kSendBufferFieldNumber, context, &connection.send_buffer);
  ReadCount(written, Fields::kInitialWindowFieldNumber, 10, context,
            &connection.initial_window_segments);
  ReadCount(written, Fields::kMaxRetransmissionsFieldNumber, kMostRetransmissions, context,
            &connection.max_retransmissions);
  ReadCount(written, Fields::kMaxSynRetransmissionsFieldNumber, kMostRetransmissions, context,
            &connection.max_syn_retransmissions);
  if (const auto most =
          context->ReadNumber(written, Fields::kMaxConnectionsFieldNumber, 1, kMostConnections)) {
    config->max_connections = *most;
  }
}

}  // namespace dualsim::sim
