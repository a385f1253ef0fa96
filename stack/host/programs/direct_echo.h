#pragma once

#include <optional>

#include "stack/application/network.h"
#include "stack/application/scope.h"
#include "stack/host/programs/core.h"

namespace dualsim::host {

// An echo request of a program, until its answer or its timeout.
class DirectEcho final : public application::PendingEcho {
 public:
  explicit DirectEcho(Programs::Core& core) : core_(core), scope_(core.scheduler) {}
  ~DirectEcho() override;

  application::Status Send(const IpAddress& destination, const application::EchoOptions& options);
  void OnEcho(Time now, const EchoFact& fact);

  std::optional<application::Result<application::EchoReply>> TryTake() override;
  application::WaitList& answered() override { return answered_; }

 private:
  application::Task<> TimeOut(Duration limit);
  void End(application::Result<application::EchoReply> result);

  Programs::Core& core_;
  uint16_t identifier_ = 0;  // 0: none yet.
  Time sent_;
  std::optional<application::Result<application::EchoReply>> result_;
  application::WaitList answered_;
  application::Scope scope_;
};

}  // namespace dualsim::host
