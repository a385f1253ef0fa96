#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/tcp/block_pool.h"
#include "stack/tcp/challenge_ack_limiter.h"
#include "stack/tcp/config.h"
#include "stack/tcp/connection_observer.h"
#include "stack/tcp/delayed_ack.h"
#include "stack/tcp/error.h"
#include "stack/tcp/flow.h"
#include "stack/tcp/keepalive_timer.h"
#include "stack/tcp/network.h"
#include "stack/tcp/reassembly.h"
#include "stack/tcp/receive_window.h"
#include "stack/tcp/sender.h"
#include "stack/tcp/state.h"
#include "stack/tcp/timestamps.h"
#include "stack/wire/tcp.h"

namespace dualsim::tcp {

// One TCP connection, RFC 9293: a state machine that is given segments, the time
// and what its program asks, and hands out segments and facts.
//
// Times never go backwards between calls. Segments leave through the network
// during the call. What the program should know lies in TakeEvents() afterwards.
class Connection final : private Transmitter {
 public:
  // All outlive the connection.
  struct Environment {
    const Config& config;
    BlockPool& blocks;
    Network& network;
    ConnectionObserver& observer;
  };
  // `timestamp_offset` is the same for every connection of one flow (RFC 7323 §5.4).
  Connection(const Environment& environment, const Flow& flow, const ConnectionOptions& options,
             uint32_t timestamp_offset);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // --- Opening. One of these is the first call. ---

  // Active: sends a SYN with the sequence number `iss`.
  void Connect(Time now, SeqNum iss);
  // Passive: a listener got `syn`, which has SYN and neither ACK nor RST.
  void AcceptSyn(Time now, SeqNum iss, const wire::TcpSegment& syn);
  // A SYN cookie came back with `ack`: what the SYN's options were is known again,
  // as far as the cookie holds it.
  struct Cookie {
    SeqNum iss;
    wire::TcpOptions syn_options;
    bool ecn = false;
  };
  void AcceptCookie(Time now, const Cookie& cookie, const wire::TcpSegment& ack);

  // --- From below ---

  // A segment of this flow. `ce`: its IP header says Congestion Experienced.
  void OnSegment(Time now, const wire::TcpSegment& segment, bool ce);
  // ICMP quotes a segment of ours with this sequence number. Hard: nobody will
  // ever answer there (protocol or port unreachable, prohibited). RFC 5927 §4:
  // believed only where the number is in flight; RFC 5461: no synchronized
  // connection ends by it.
  void OnUnreachable(Time now, SeqNum sequence, bool hard);
  // Whether what has this number was sent, and not acknowledged yet.
  bool IsInFlight(SeqNum sequence) const;
  // Packet Too Big, or Fragmentation Needed, with the MTU that it tells.
  void OnPacketTooBig(Time now, SeqNum sequence, uint32_t mtu);
  // The path's MTU is known otherwise to have changed.
  void SetPathMtu(Time now, uint32_t mtu);

  // The local address is no longer this host's: it ends without a word, and badly unless
  // both sides were done.
  void OnAddressGone(Time now) {
    const bool done = state_ == State::kTimeWait;
    End(now, done ? std::nullopt : std::optional(Error::kUnreachable));
  }

  void Advance(Time now);
  // When Advance() is next needed; never later than anything is due.
  Time deadline() const;

  // --- From the program ---

  struct WriteResult {
    size_t accepted = 0;           // Less than was offered: wait for `writable`.
    std::optional<Error> error{};  // Nothing will ever be accepted again.
  };
  WriteResult Write(Time now, ByteView bytes);
  enum class ReadStatus : uint8_t {
    kData,
    kNothingYet,  // Wait for `readable`.
    kEnd,         // The peer has ended its side, and all was read.
    kError,
  };
  struct ReadResult {
    ReadStatus status{};
    size_t count = 0;
    std::optional<Error> error{};
  };
  ReadResult Read(Time now, MutableByteView into);
  // Reading in place: what lies ready, and that `count` bytes of it are done with.
  Pieces Peek() const { return reassembly_.Peek(); }
  void Consume(Time now, size_t count);

  // Ends the output: after what was written comes a FIN.
  void ShutDownWrite(Time now);
  // Ends the input: what comes is acknowledged and thrown away.
  void ShutDownRead(Time now);
  // Nagle's algorithm off or on; off, what waits leaves at once.
  void SetNoDelay(Time now, bool no_delay) {
    options_.no_delay = no_delay;
    Output(now);
  }
  // Other options from now on. What they let go leaves at once.
  void Configure(Time now, const ConnectionOptions& options);
  // The program lets go. What was written is still delivered; data that were not
  // read, or come later, are answered with a reset (RFC 9293 §3.6.1).
  void Close(Time now);
  // Ends at once, with a reset where the peer knows the connection.
  void Abort(Time now);

  // --- What it is ---

  struct Events {
    bool connected = false;  // The handshake is over.
    bool readable = false;   // Data came, or the end, or an error.
    bool writable = false;   // There is room again after Write() took less than all.
    bool closed = false;     // The state is CLOSED: error() tells why.
    bool any() const { return connected || readable || writable || closed; }
  };
  // What happened since the last call.
  Events TakeEvents();

  State state() const { return state_; }
  const Flow& flow() const { return flow_; }
  // Why it ended, where it did not end well.
  std::optional<Error> error() const { return error_; }
  bool released() const { return released_; }  // Close() or Abort() was called.
  size_t readable() const { return reassembly_.readable(); }
  size_t writable() const { return sender_.free(); }
  bool passive() const { return passive_; }
  const Sender& sender() const { return sender_; }
  const Reassembly& reassembly() const { return reassembly_; }
  const ReceiveWindow& receive_window() const { return window_; }
  uint32_t mtu() const { return mtu_; }
  const ConnectionOptions& options() const { return options_; }
  // What the handshake agreed on, beside timestamps() and ecn().
  bool sack() const { return sack_; }
  bool scales_windows() const { return peer_has_scale_; }
  uint8_t peer_window_scale() const { return peer_scale_; }
  bool ecn() const { return ecn_; }
  const Timestamps& timestamps() const { return timestamps_; }
  uint64_t segments_sent() const { return segments_sent_; }  // With data, SYN or FIN.
  uint64_t retransmissions() const { return retransmissions_; }

  // RFC 6191 §2 and RFC 9293 §3.10.7.4: whether `syn`, which came in TIME-WAIT,
  // may begin a new connection of this flow.
  bool MayBeReplacedBy(const wire::TcpHeader& syn, Time now) const;
  // How long it has been in TIME-WAIT; 0 in other states.
  Duration TimeInTimeWait(Time now) const;
  // Ends TIME-WAIT before its time, to make room.
  void EndTimeWait(Time now) { Move(now, Transition::kTimeWaitOver); }

 private:
  enum class EcnUse : uint8_t { kNone, kOffered, kAccepted };
  // What is left to do with a segment after a check.
  enum class Check : uint8_t { kContinue, kDrop };

  // connection.cc
  void Move(Time now, Transition transition);
  void End(Time now, std::optional<Error> error);
  void Reset(Time now);
  void EnterTimeWait(Time now);
  void Finish(Time now);
  uint32_t IpTcpHeader() const;
  uint32_t Mss() const;  // What is offered to the peer.
  uint32_t Smss() const;
  void SetMtu(uint32_t mtu);
  void NoteWritable();

  // connection_input.cc
  void OnSegmentInSynSent(Time now, const wire::TcpSegment& segment);
  void OnSegmentInTimeWait(Time now, const wire::TcpSegment& segment);
  void OnSegmentSynchronized(Time now, wire::TcpSegment segment, bool ce);
  Check CheckSynReceived(Time now, wire::TcpSegment& segment);
  Check CheckTimestamp(Time now, const wire::TcpSegment& segment);
  Check CheckSequence(Time now, const wire::TcpSegment& segment);
  Check CheckReset(Time now, const wire::TcpSegment& segment);
  Check CheckAck(Time now, const wire::TcpSegment& segment);
  void TakeSyn(Time now, const wire::TcpSegment& segment);
  void TakeOptions(const wire::TcpOptions& options, Time now);
  void Establish(Time now, const wire::TcpHeader& header, Transition transition);
  void TakeAck(Time now, const wire::TcpSegment& segment);
  void TakeData(Time now, const wire::TcpSegment& segment, bool ce);
  void TakePayload(Time now, SeqNum begin, ByteView payload);
  void TakeFin(Time now);
  void ChallengeAck(Time now, DropReason reason);
  void Drop(Time now, DropReason reason);
  void NoteCongestion(Time now);

  // connection_output.cc
  void Transmit(Time now, const Transmission& transmission) override;
  void Output(Time now);
  void SendAck(Time now);
  void SendKeepaliveProbe(Time now);
  void SendReset(Time now, SeqNum sequence);
  wire::TcpHeader Header(Time now, SeqNum sequence);
  wire::TcpOptions SynOptions(Time now) const;
  void AddSackBlocks(wire::TcpHeader& header, size_t payload);
  void AcknowledgmentLeaves();

  const Environment& environment_;
  const Config& config_;
  Flow flow_;
  ConnectionOptions options_;
  State state_ = State::kClosed;
  bool passive_ = false;
  bool released_ = false;
  bool input_ended_ = false;  // ShutDownRead()
  bool write_was_short_ = false;
  bool peer_finished_ = false;  // Its FIN was taken in.
  bool fin_waits_ = false;      // Its FIN came, but not all data before it.
  bool sack_ = false;
  bool ecn_ = false;
  EcnUse ecn_use_ = EcnUse::kNone;
  bool echo_congestion_ = false;  // ECE on every segment until CWR comes.
  bool peer_has_scale_ = false;
  uint8_t peer_scale_ = 0;
  uint16_t peer_mss_ = 0;
  uint16_t announced_mss_ = 0;
  uint32_t mtu_ = 0;  // Of the path to the peer.
  SeqNum irs_;
  SeqNum peer_fin_;       // Where it stands, once fin_waits_.
  SeqNum last_ack_sent_;  // RFC 7323 §4.3
  std::optional<Error> error_;
  bool unreachable_ = false;  // A soft ICMP error came (RFC 5461).
  Events events_;
  uint64_t segments_sent_ = 0;
  uint64_t retransmissions_ = 0;

  Sender sender_;
  Reassembly reassembly_;
  ReceiveWindow window_;
  DelayedAck ack_;
  Timestamps timestamps_;
  KeepaliveTimer keepalive_;
  ChallengeAckLimiter challenges_;
  Time state_deadline_ = Time::Never();  // The end of TIME-WAIT, or of a FIN-WAIT-2 let go.
};

}  // namespace dualsim::tcp
