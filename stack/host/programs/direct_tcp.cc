#include "stack/host/programs/direct_tcp.h"

#include <algorithm>
#include <utility>

#include "stack/host/programs/core.h"
#include "stack/host/zone.h"

namespace dualsim::host {

using application::Error;
using application::ReadResult;
using application::Status;

namespace {

ReadResult Failed(Error error) { return {.status = ReadResult::Status::kError, .error = error}; }

}  // namespace

DirectFlow::DirectFlow(Programs::Core& core, tcp::ConnectionId id, const tcp::Flow& flow)
    : core_(core),
      peer_{flow.remote, flow.remote_port, InterfaceOfZone(flow.zone)},
      local_{flow.local, flow.local_port, InterfaceOfZone(flow.zone)},
      id_(id) {
  core_.Know(id, *this);
}

DirectFlow::DirectFlow(Programs::Core& core, const application::SocketAddress& destination,
                       const application::TcpConnectOptions& options)
    : core_(core), peer_(destination), attempt_(std::make_unique<Attempt>(core.scheduler)) {
  attempt_->options = options;
}

DirectFlow::~DirectFlow() {
  // An attempt that nobody waits for any more is given up.
  if (attempt_ != nullptr) {
    Abort();
  } else {
    Close();
  }
}

Status DirectFlow::Begin() {
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint == nullptr) return Error::kHostDown;
  const application::TcpConnectOptions& options = attempt_->options;
  // It counts from the first try, while a source is being verified too.
  if (options.timeout && attempt_->scope.running() == 0) {
    attempt_->scope.Start(TimeOut(*options.timeout));
  }
  const Stack::Path path = core_.stack.PathTo(core_.now(), peer_.address, peer_.interface);
  tcp::Flow flow{.remote = peer_.address,
                 .local_port = options.source_port.value_or(Port::kAny),
                 .remote_port = peer_.port};
  if (options.source) {
    if (options.source->family() != peer_.address.family()) return Error::kBadAddress;
    if (!core_.stack.HasAddress(*options.source)) return Error::kNotOurAddress;
    if (!path.source && path.failure == DropReason::NO_ROUTE) return Error::kNoRoute;
    flow.local = *options.source;
  } else if (path.source) {
    flow.local = *path.source;
  } else {
    if (!path.source_is_tentative) return ErrorOf(path.failure);
    auto& waiting = core_.awaiting_source;
    if (std::find(waiting.begin(), waiting.end(), this) == waiting.end()) waiting.push_back(this);
    return std::nullopt;
  }
  StopAwaitingSource();
  flow.zone = ZoneOf(peer_.address, path.interface);
  tcp::ConnectionOptions wanted;
  if (options.keepalive) {
    wanted.keepalive = {options.keepalive->idle, options.keepalive->interval,
                        options.keepalive->count};
  }
  const auto begun = endpoint->Connect(core_.now(), flow, wanted);
  if (const auto* refusal = std::get_if<tcp::Refusal>(&begun)) return ErrorOf(*refusal);
  id_ = std::get<tcp::ConnectionId>(begun);
  core_.Know(*id_, *this);
  const tcp::Flow& made = endpoint->Find(*id_)->flow();
  local_ = {made.local, made.local_port, InterfaceOfZone(made.zone)};
  return std::nullopt;
}

application::Task<> DirectFlow::TimeOut(Duration limit) {
  co_await core_.scheduler.Sleep(limit);
  attempt_->timed_out = true;
  writable_.WakeAll(core_.scheduler);
}

void DirectFlow::StopAwaitingSource() { std::erase(core_.awaiting_source, this); }

application::TcpFlow::ConnectProgress DirectFlow::TryFinishConnect() {
  if (attempt_ == nullptr) return {.over = true};
  if (attempt_->timed_out) return {.over = true, .error = Error::kTimeout};
  if (!id_) {
    if (const Status failed = Begin()) return {.over = true, .error = failed};
    if (!id_) return {};
  }
  tcp::Endpoint* const endpoint = core_.tcp();
  const tcp::Connection* const there = endpoint != nullptr ? endpoint->Find(*id_) : nullptr;
  if (there == nullptr) return {.over = true, .error = Error::kHostDown};
  if (there->state() == tcp::State::kClosed) {
    return {.over = true, .error = there->error() ? ErrorOf(*there->error()) : Error::kClosed};
  }
  if (!IsSynchronized(there->state())) return {};
  attempt_.reset();
  return {.over = true};
}

void DirectFlow::OnEvents(const tcp::Connection::Events& events) {
  if (events.readable || events.closed) readable_.WakeAll(core_.scheduler);
  if (events.connected || events.writable || events.closed) writable_.WakeAll(core_.scheduler);
}

const tcp::Connection* DirectFlow::connection() const {
  if (!id_) return nullptr;
  const tcp::Endpoint* const endpoint = core_.tcp();
  return endpoint != nullptr ? endpoint->Find(*id_) : nullptr;
}

std::optional<ReadResult> DirectFlow::TryRead(MutableByteView into) {
  if (closed_) return Failed(Error::kClosed);
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint == nullptr || !id_) return Failed(Error::kHostDown);
  using From = tcp::Connection::ReadStatus;
  const tcp::Connection::ReadResult read = endpoint->Read(core_.now(), *id_, into);
  switch (read.status) {
    case From::kData:
      return ReadResult{.status = ReadResult::Status::kData, .size = read.count};
    case From::kNothingYet:
      return std::nullopt;
    case From::kEnd:
      return ReadResult{.status = ReadResult::Status::kEnd};
    case From::kError:
      break;
  }
  return Failed(read.error ? ErrorOf(*read.error) : Error::kClosed);
}

std::optional<ReadResult> DirectFlow::TryPeek() {
  if (const size_t size = peeked().size(); size > 0) {
    return ReadResult{.status = ReadResult::Status::kData, .size = size};
  }
  return TryRead({});
}

ByteView DirectFlow::peeked() const {
  const tcp::Connection* const there = connection();
  return there != nullptr ? there->Peek().first : ByteView();
}

void DirectFlow::Consume(size_t size) {
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint != nullptr && id_) endpoint->Consume(core_.now(), *id_, size);
}

application::TcpFlow::WriteProgress DirectFlow::TryWrite(ByteView bytes, application::Delay delay) {
  if (closed_) return {.error = Error::kClosed};
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint == nullptr || !id_) return {.error = Error::kHostDown};
  const bool no_delay = delay == application::Delay::kNone;
  if (no_delay != no_delay_) {
    no_delay_ = no_delay;
    endpoint->SetNoDelay(core_.now(), *id_, no_delay);
  }
  const tcp::Connection::WriteResult written = endpoint->Write(core_.now(), *id_, bytes);
  WriteProgress progress{.accepted = written.accepted};
  if (written.error) progress.error = ErrorOf(*written.error);
  return progress;
}

void DirectFlow::ShutDownWrite() {
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint != nullptr && id_) endpoint->ShutDownWrite(core_.now(), *id_);
}

void DirectFlow::ShutDownRead() {
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint != nullptr && id_) endpoint->ShutDownRead(core_.now(), *id_);
}

void DirectFlow::Close() {
  StopAwaitingSource();
  closed_ = true;
  if (!id_) return;
  core_.Forget(*id_);
  if (tcp::Endpoint* const endpoint = core_.tcp()) endpoint->Close(core_.now(), *id_);
  id_.reset();
  OnEvents({.closed = true});
}

void DirectFlow::Abort() {
  if (id_) {
    if (tcp::Endpoint* const endpoint = core_.tcp()) endpoint->Abort(core_.now(), *id_);
  }
  Close();
}

application::TcpStatistics DirectFlow::statistics() const {
  const tcp::Connection* const there = connection();
  if (there == nullptr) return {};
  const tcp::LossRecovery& recovery = there->sender().recovery();
  return {.segments_sent = there->segments_sent(),
          .retransmissions = there->retransmissions(),
          .smoothed_rtt = recovery.rtt().srtt(),
          .min_rtt = recovery.rtt().min(),
          .congestion_window = recovery.window().cwnd,
          .mss = recovery.smss()};
}

DirectListener::DirectListener(Programs::Core& core, tcp::ListenerId id, Port port)
    : core_(core), id_(id), port_(port) {
  core_.Know(id, *this);
}

void DirectListener::Unlisten() {
  if (!id_) return;
  core_.Forget(*id_);
  if (tcp::Endpoint* const endpoint = core_.tcp()) endpoint->Unlisten(core_.now(), *id_);
  id_.reset();
  OnAcceptable();
}

std::optional<application::Result<std::unique_ptr<application::TcpFlow>>>
DirectListener::TryAccept() {
  using Accepted = application::Result<std::unique_ptr<application::TcpFlow>>;
  if (!id_) return Accepted(Error::kClosed);
  tcp::Endpoint* const endpoint = core_.tcp();
  if (endpoint == nullptr) return Accepted(Error::kHostDown);
  const std::optional<tcp::ConnectionId> id = endpoint->Accept(*id_);
  if (!id) return std::nullopt;
  return Accepted(std::make_unique<DirectFlow>(core_, *id, endpoint->Find(*id)->flow()));
}

}  // namespace dualsim::host
