#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "stack/base/time.h"
#include "stack/tcp/config.h"
#include "stack/tcp/loss_recovery.h"
#include "stack/tcp/retransmission_timer.h"
#include "stack/tcp/send_buffer.h"
#include "stack/wire/tcp.h"

namespace dualsim::tcp {

// What one segment carries of the sender's stream.
struct Transmission {
  SeqNum sequence;
  Pieces payload{};
  bool syn = false;
  bool fin = false;
  bool psh = false;
  bool cwr = false;       // Tells that the window fell, RFC 3168 §6.1.2.
  bool new_data = false;  // Sent for the first time, so it may carry ECT.
  bool retransmission = false;
  bool probe = false;  // Of a closed window.
};

// Where a sender's segments go. The connection adds what the receiving side has
// to say: acknowledgment, window, options.
class Transmitter {
 public:
  virtual void Transmit(Time now, const Transmission& transmission) = 0;

 protected:
  ~Transmitter() = default;
};

// The sending half of a connection: the sequence space from SYN to FIN, the
// peer's window, what to send when (Nagle, silly window avoidance, the window's
// probes: RFC 9293 §3.7.4, §3.8.6), and the timers of retransmission.
class Sender {
 public:
  // All outlive the sender.
  Sender(const Config& config, const ConnectionOptions& options, BlockPool& pool, Transmitter& out);

  // Sends the SYN with the number `iss`, again at most `max_retransmissions` times.
  void Open(Time now, SeqNum iss, int max_retransmissions);
  // The peer's SYN came again, so that ours did not arrive: it leaves at once, and the
  // timer counts from here (a second copy would follow on its heels otherwise). However
  // often that happens, the connection's time to come up stays what it was.
  void RepeatSyn(Time now);
  // As if the SYN had been sent and acknowledged long ago: a SYN cookie came back.
  void Resume(SeqNum iss);
  // The handshake told these; from now on data are sent. `window` is as it came,
  // in the segment with sequence `sequence`.
  struct Peer {
    bool sack = false;
    uint8_t window_scale = 0;
    uint32_t smss = 0;
    uint32_t window = 0;
    SeqNum sequence;
  };
  void Establish(const Peer& peer);
  bool established() const { return established_; }

  // Takes what fits of `bytes`; call Push() then.
  size_t Write(ByteView bytes) { return buffer_.Append(bytes); }
  size_t free() const { return buffer_.free(); }
  // After what was written comes the FIN; call Push() then.
  void Finish() { finished_ = true; }
  bool finished() const { return finished_; }
  // Sends all that may be sent now.
  void Push(Time now);

  struct Ack {
    Time now;
    SeqNum sequence;      // SEG.SEQ
    SeqNum ack;           // SEG.ACK, within una() and max_ack()
    uint32_t window = 0;  // Scaled.
    uint32_t sequence_length = 0;
    std::span<const wire::SackBlock> blocks{};
    bool ece = false;
    std::optional<Duration> echo_age{};
  };
  struct Outcome {
    uint32_t acknowledged = 0;
    std::optional<Duration> rtt{};
  };
  // Takes the acknowledgment in; call Push() then.
  Outcome OnAck(const Ack& ack);

  // Does what is due. False: the peer has been silent for too long.
  [[nodiscard]] bool Advance(Time now);
  Time deadline() const;

  void SetSmss(uint32_t smss) { recovery_.SetSmss(smss); }
  // The program's options changed: takes from them what it does not look up itself.
  void TakeOptions();
  // Segments larger than this did not pass: they leave again in smaller pieces,
  // which is no sign of congestion (RFC 8201 §4).
  void OnTooBig(Time now, uint32_t smss);
  // The connection is over: nothing is sent, nothing is due.
  void Stop();

  SeqNum una() const { return recovery_.board().una(); }    // SND.UNA
  SeqNum next() const { return recovery_.board().next(); }  // SND.NXT
  // The highest acknowledgment that can be right: a probe may have been taken.
  SeqNum max_ack() const { return next() + (probe_outstanding_ ? 1 : 0); }
  uint32_t window() const { return window_; }          // SND.WND
  uint32_t max_window() const { return max_window_; }  // MAX.SND.WND, RFC 5961 §5.2
  bool syn_acknowledged() const { return syn_acknowledged_; }
  bool fin_acknowledged() const { return finished_ && una() == buffer_.end() + 1; }
  bool has_unsent() const { return UnsentBytes() > 0 || FinUnsent(); }
  size_t buffered() const { return buffer_.size(); }
  size_t unsent() const { return UnsentBytes(); }
  size_t buffer_limit() const { return buffer_.limit(); }
  int retransmissions() const { return unanswered_; }  // Without an answer so far.
  bool syn_retransmitted() const { return syn_retransmitted_; }
  const LossRecovery& recovery() const { return recovery_; }

 private:
  uint32_t UnsentBytes() const;
  bool FinUnsent() const { return finished_ && next() <= buffer_.end(); }
  uint32_t WindowLeft() const;
  bool InFlight() const { return !recovery_.board().empty(); }

  bool SendOne(Time now);
  bool SendNew(Time now);
  bool MaySendSmall(uint32_t size, uint32_t unsent) const;
  void TransmitNew(Time now, uint32_t size, bool fin);
  void Retransmit(Time now, Scoreboard::Id id);
  void SendTailLossProbe(Time now);
  void SendWindowProbe(Time now);
  void TakeWindow(const Ack& ack);
  // Starts the persist timer where only the peer's window holds data back.
  void UpdatePersist(Time now);
  [[nodiscard]] bool OnRetransmissionTimeout(Time now);
  [[nodiscard]] bool OnPersistTimeout(Time now);
  int RetransmissionLimit() const;
  Duration SilenceLimit() const;
  Time GiveUpAt() const;

  const Config& config_;
  const ConnectionOptions& options_;
  Transmitter& out_;
  SendBuffer buffer_;
  LossRecovery recovery_;
  RetransmissionTimer timer_;

  SeqNum iss_;
  int max_syn_retransmissions_ = 0;
  bool syn_acknowledged_ = false;
  bool stopped_ = false;
  bool established_ = false;
  bool finished_ = false;
  bool syn_retransmitted_ = false;
  uint32_t window_ = 0;
  uint32_t max_window_ = 0;
  SeqNum wl1_;  // SND.WL1
  SeqNum wl2_;  // SND.WL2
  Time last_sent_;

  Time persist_deadline_ = Time::Never();
  Time persist_since_ = Time::Never();  // Since when probes have no answer.
  int persist_expiries_ = 0;
  bool probe_outstanding_ = false;
  Time probe_sent_;
  int unanswered_ = 0;  // Retransmissions or probes to which the peer said nothing.
};

}  // namespace dualsim::tcp
