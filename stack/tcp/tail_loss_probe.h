#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/base/time.h"
#include "stack/tcp/rtt_estimator.h"
#include "stack/wire/seq_num.h"

namespace dualsim::tcp {

// The tail loss probe, RFC 8985 §7: when acknowledgments stop coming, one more
// segment brings out what was lost, sooner than a timeout would.
class TailLossProbe {
 public:
  // §7.2: when the probe is due, with `flight` bytes in flight.
  void Schedule(Time now, const RttEstimator& rtt, uint32_t flight, uint32_t smss) {
    if (outstanding_ || !may_probe_) return Cancel();
    Duration timeout = Seconds(1);
    if (rtt.has_sample()) {
      timeout = rtt.srtt() * 2;
      if (flight <= smss) timeout = timeout + kMaxAckDelay;
    }
    deadline_ = now + timeout;
  }
  void Cancel() { deadline_ = Time::Never(); }
  Time deadline() const { return deadline_; }

  // The probe went out; SND.NXT is `end`.
  void OnProbe(SeqNum end, bool is_retransmission) {
    outstanding_ = true;
    may_probe_ = false;
    end_ = end;
    is_retransmission_ = is_retransmission;
    Cancel();
  }
  // A probe follows only on a measured round trip since the last (§7.3).
  void OnRttSample() { may_probe_ = true; }

  // §7.4.2. `duplicate`: the ACK reports a duplicate. `only_ack`: it brought
  // neither data, nor reports, nor a window. True: the probe repaired a loss,
  // to which congestion control must respond.
  bool OnAck(SeqNum ack, bool duplicate, bool only_ack) {
    if (!outstanding_ || ack < end_) return false;
    if (!is_retransmission_ || duplicate) {
      outstanding_ = false;
      return false;
    }
    if (ack > end_) {
      outstanding_ = false;
      return true;
    }
    if (only_ack) outstanding_ = false;
    return false;
  }
  // Recovery or a timeout took over.
  void End() {
    outstanding_ = false;
    Cancel();
  }

 private:
  static constexpr Duration kMaxAckDelay = Milliseconds(200);  // §7.2: WCDelAckT of a peer.

  Time deadline_ = Time::Never();
  SeqNum end_;  // TLP.end_seq
  bool outstanding_ = false;
  bool is_retransmission_ = false;  // TLP.is_retrans
  bool may_probe_ = true;
};

}  // namespace dualsim::tcp
