#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "stack/application/scheduler.h"
#include "stack/application/task.h"
#include "stack/application/tcp.h"
#include "stack/base/time.h"
#include "stack/tls/tls_flow.h"

namespace dualsim::apps {

// One of the two flows that are to be one.
struct RelayEnd {
  std::unique_ptr<application::TcpFlow> flow;
  tls::TlsFlow* tls = nullptr;  // The same flow, where it speaks TLS.

  static RelayEnd Of(std::unique_ptr<tls::TlsFlow> flow) {
    tls::TlsFlow* const tls = flow.get();
    return {std::move(flow), tls};
  }
};

struct RelayOutcome {
  uint64_t forth = 0;   // Bytes from the first to the second,
  uint64_t back = 0;    // and from the second to the first.
  std::string failure;  // "": both sides said that they were done.
};

// Carries bytes both ways until both sides have ended theirs. The end of one way is
// handed on and the other goes on. Each way has one buffer of 16 KiB and reads no more
// before that is written, so that a slow reader slows down its writer. Where a flow
// fails, or nothing passes for `idle`, both are aborted: nobody takes a part for the
// whole.
application::Task<RelayOutcome> Relay(application::Scheduler& scheduler, RelayEnd& first,
                                      RelayEnd& second, Duration idle);

}  // namespace dualsim::apps
