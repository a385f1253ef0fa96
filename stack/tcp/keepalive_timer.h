#pragma once

#include <optional>

#include "stack/base/time.h"
#include "stack/tcp/config.h"

namespace dualsim::tcp {

// RFC 9293 §3.8.4: probes a connection that says nothing. Off unless the program
// asks for it. Intervals count from the last probe that was sent, so a pause is
// followed by one probe, not by those that were missed.
class KeepaliveTimer {
 public:
  enum class Due { kNothing, kProbe, kGiveUp };

  void Start(Time now, const std::optional<Keepalive>& options) {
    if (options) OnHeard(now, options);
  }
  // The peer said something.
  void OnHeard(Time now, const std::optional<Keepalive>& options) {
    probes_ = 0;
    deadline_ = options ? now + options->idle : Time::Never();
  }
  void Stop() { deadline_ = Time::Never(); }
  Time deadline() const { return deadline_; }

  // `busy`: data are in flight, whose own timer watches the peer.
  Due Advance(Time now, const std::optional<Keepalive>& options, bool busy) {
    if (now < deadline_ || !options) return Due::kNothing;
    if (busy) {
      OnHeard(now, options);
      return Due::kNothing;
    }
    if (probes_ >= options->count) return Due::kGiveUp;
    ++probes_;
    deadline_ = now + options->interval;
    return Due::kProbe;
  }

 private:
  Time deadline_ = Time::Never();
  int probes_ = 0;
};

}  // namespace dualsim::tcp
