#pragma once

#include <cstdint>
#include <optional>

#include "stack/base/time.h"
#include "stack/tcp/congestion_control.h"
#include "stack/tcp/error.h"
#include "stack/tcp/flow.h"
#include "stack/tcp/state.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/seq_num.h"

namespace dualsim::tcp {

// What connections tell about themselves. An observer notes and returns; it
// never calls back. Every method does nothing where not overridden.
class ConnectionObserver {
 public:
  virtual ~ConnectionObserver() = default;

  struct StateFact {
    State from{};
    State to{};
    std::optional<Error> error{};  // Why, where a connection ended badly.
  };
  virtual void OnState(Time, const Flow&, const StateFact&) {}

  struct RetransmissionFact {
    SeqNum sequence;
    uint32_t size = 0;
    int unanswered = 0;  // Timeouts without an answer so far; 0: not by a timeout.
  };
  virtual void OnRetransmission(Time, const Flow&, const RetransmissionFact&) {}

  struct RttFact {
    Duration sample;
    Duration srtt;
    Duration rto;
  };
  virtual void OnRtt(Time, const Flow&, const RttFact&) {}
  // The congestion window or its limits changed.
  virtual void OnCongestionWindow(Time, const Flow&, const CongestionWindow&) {}
  // A segment, or what it carried, went no further.
  virtual void OnDrop(Time, const Flow&, DropReason) {}
};

}  // namespace dualsim::tcp
