#include "stack/host/programs/direct_echo.h"

#include <utility>

#include "stack/application/implementation.h"

namespace dualsim::host {

using application::EchoReply;
using application::Error;
using application::Result;
using application::Status;

namespace {

// Programs' identifiers; those below are the scenario's pings.
constexpr uint16_t kFirstIdentifier = 0x8000;

}  // namespace

DirectEcho::~DirectEcho() {
  if (identifier_ != 0) core_.echoes.waiting.erase(identifier_);
}

Status DirectEcho::Send(const IpAddress& destination, const application::EchoOptions& options) {
  if (options.source && !core_.stack.HasAddress(*options.source)) return Error::kNotOurAddress;
  if (core_.echoes.waiting.size() >= kFirstIdentifier) return Error::kLimitReached;
  do {
    identifier_ = kFirstIdentifier | core_.echoes.next++;
  } while (core_.echoes.waiting.contains(identifier_));
  core_.echoes.waiting[identifier_] = this;
  sent_ = core_.now();
  Stack::EchoRequest request;
  request.destination = destination;
  if (options.source) request.source = *options.source;
  request.interface = options.interface;
  request.identifier = identifier_;
  request.sequence = 1;
  request.data_size = options.size;
  request.hop_limit = options.ttl;
  if (const auto failed = core_.stack.SendEchoRequest(core_.now(), request)) {
    return ErrorOf(*failed);
  }
  scope_.Start(TimeOut(options.timeout));
  return std::nullopt;
}

application::Task<> DirectEcho::TimeOut(Duration limit) {
  co_await core_.scheduler.Sleep(limit);
  End(Error::kTimeout);
}

void DirectEcho::End(Result<EchoReply> result) {
  if (!result_) result_.emplace(std::move(result));
  answered_.WakeAll(core_.scheduler);
}

void DirectEcho::OnEcho(Time now, const EchoFact& fact) {
  const IpAddress from = fact.from;
  if (!fact.reply)
    return End(application::ErrorOfIcmp(from.family(), fact.error_type, fact.error_code));
  End(EchoReply{.from = from, .rtt = now - sent_});
}

std::optional<Result<EchoReply>> DirectEcho::TryTake() { return std::move(result_); }

}  // namespace dualsim::host
