#include "tools/packetdrill/tcp_info.h"

#include <linux/tcp.h>

#include <algorithm>
#include <cstring>

namespace dualsim::packetdrill {
namespace {

// tcpi_state of a socket without a connection, and of one that listens.
constexpr int kClose = 7;
constexpr int kListen = 10;

uint32_t Microseconds(Duration duration) {
  return static_cast<uint32_t>(duration.nanoseconds() / 1000);
}

uint8_t CongestionState(const tcp::LossRecovery& recovery) {
  switch (recovery.phase()) {
    case tcp::LossRecovery::Phase::kOpen:
      return recovery.board().sacked() > 0 ? TCP_CA_Disorder : TCP_CA_Open;
    case tcp::LossRecovery::Phase::kCwr:
      return TCP_CA_CWR;
    case tcp::LossRecovery::Phase::kRecovery:
      return TCP_CA_Recovery;
    case tcp::LossRecovery::Phase::kLoss:
      return TCP_CA_Loss;
  }
  return TCP_CA_Open;
}

void CountSegments(const tcp::Scoreboard& board, tcp_info& info) {
  info.tcpi_unacked = static_cast<uint32_t>(board.count());
  info.tcpi_sacked = board.sacked_segments();
  for (size_t i = 0; i < board.count(); ++i) {
    const auto& segment = board[board.first() + static_cast<tcp::Scoreboard::Id>(i)];
    if (segment.sacked) continue;
    info.tcpi_lost += segment.lost ? 1 : 0;
    info.tcpi_retrans += segment.retransmitted ? 1 : 0;
  }
}

void DescribePath(const tcp::Connection& connection, tcp_info& info) {
  const tcp::LossRecovery& recovery = connection.sender().recovery();
  const tcp::RttEstimator& rtt = recovery.rtt();
  const tcp::CongestionWindow& window = recovery.window();
  info.tcpi_rto = Microseconds(rtt.rto());
  info.tcpi_rtt = Microseconds(rtt.srtt());
  info.tcpi_rttvar = Microseconds(rtt.rttvar());
  info.tcpi_min_rtt = Microseconds(rtt.min());
  info.tcpi_pmtu = connection.mtu();
  info.tcpi_snd_mss = window.smss;
  // Linux counts windows in segments, and has no threshold at 0x7fffffff.
  const uint32_t smss = std::max<uint32_t>(window.smss, 1);
  info.tcpi_snd_cwnd = window.cwnd / smss;
  const bool has_threshold = window.ssthresh != ~uint32_t{0};
  info.tcpi_snd_ssthresh = has_threshold ? window.ssthresh / smss : 0x7fffffff;
  info.tcpi_reordering = 3;
}

}  // namespace

int LinuxState(tcp::State state) {
  switch (state) {
    case tcp::State::kEstablished:
      return 1;
    case tcp::State::kSynSent:
      return 2;
    case tcp::State::kSynReceived:
      return 3;
    case tcp::State::kFinWait1:
      return 4;
    case tcp::State::kFinWait2:
      return 5;
    case tcp::State::kTimeWait:
      return 6;
    case tcp::State::kClosed:
      return kClose;
    case tcp::State::kCloseWait:
      return 8;
    case tcp::State::kLastAck:
      return 9;
    case tcp::State::kListen:
      return kListen;
    case tcp::State::kClosing:
      return 11;
  }
  return kClose;
}

void WriteTcpInfo(const tcp::Connection* connection, bool listens, void* out, socklen_t* length) {
  tcp_info info{};
  info.tcpi_state = static_cast<uint8_t>(listens ? kListen : kClose);
  if (connection != nullptr) {
    const tcp::Sender& sender = connection->sender();
    info.tcpi_state = static_cast<uint8_t>(LinuxState(connection->state()));
    info.tcpi_ca_state = CongestionState(sender.recovery());
    info.tcpi_retransmits = static_cast<uint8_t>(std::min(sender.retransmissions(), 255));
    info.tcpi_backoff = info.tcpi_retransmits;
    if (connection->timestamps().enabled()) info.tcpi_options |= TCPI_OPT_TIMESTAMPS;
    if (connection->sack()) info.tcpi_options |= TCPI_OPT_SACK;
    if (connection->ecn()) info.tcpi_options |= TCPI_OPT_ECN;
    if (connection->scales_windows()) {
      info.tcpi_options |= TCPI_OPT_WSCALE;
      info.tcpi_snd_wscale = connection->peer_window_scale() & 0xf;
      info.tcpi_rcv_wscale = connection->receive_window().scale() & 0xf;
    }
    CountSegments(sender.recovery().board(), info);
    DescribePath(*connection, info);
    info.tcpi_total_retrans = static_cast<uint32_t>(connection->retransmissions());
    info.tcpi_notsent_bytes = static_cast<uint32_t>(sender.unsent());
    info.tcpi_rcv_space = connection->receive_window().buffer();
    info.tcpi_snd_wnd = sender.window();
  }
  *length = std::min<socklen_t>(*length, sizeof(info));
  std::memcpy(out, &info, *length);
}

}  // namespace dualsim::packetdrill
