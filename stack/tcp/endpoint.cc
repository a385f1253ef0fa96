#include "stack/tcp/endpoint.h"

#include <algorithm>
#include <utility>

namespace dualsim::tcp {
namespace {

// RFC 1122 §4.2.2.13: a flow of ours in TIME-WAIT may be taken again once every
// sequence number of the new connection lies beyond the old; a second lets the
// timestamp clock tell the two apart.
constexpr Duration kReuseAfter = Seconds(1);

}  // namespace

std::string_view RefusalText(Refusal refusal) {
  switch (refusal) {
    case Refusal::kPortInUse:
      return "port in use";
    case Refusal::kNoPortLeft:
      return "no port left";
    case Refusal::kConnectionLimit:
      return "too many connections";
    case Refusal::kBadAddress:
      return "bad address";
  }
  return "";
}

Endpoint::Endpoint(const EndpointConfig& config, Network& network, ConnectionObserver& observer,
                   const RandomSource& random)
    : config_(config),
      network_(network),
      observer_(observer),
      random_(random.Stream("tcp")),
      isn_(random_),
      timestamp_hash_(random_),
      ports_(random_),
      cookies_(random_),
      table_(random_),
      environment_{config_.connection, blocks_, network, observer} {}

// --- Programs ---

std::variant<ListenerId, Refusal> Endpoint::Listen(const ListenOptions& options) {
  if (options.port == Port::kAny) return Refusal::kBadAddress;
  if (const auto id = listeners_.Add(options)) return *id;
  return Refusal::kPortInUse;
}

void Endpoint::Unlisten(Time now, ListenerId listener) {
  for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].connection || slots_[slot].listener != listener) continue;
    slots_[slot].connection->Abort(now);
    After(now, slot);
  }
  listeners_.Remove(listener);
}

std::optional<ConnectionId> Endpoint::Accept(ListenerId listener) {
  Listener* const found = listeners_.Find(listener);
  if (found == nullptr || found->waiting.empty()) return std::nullopt;
  const ConnectionId id = found->waiting.front();
  found->waiting.pop_front();
  Slot& slot = slots_[id.slot];
  slot.listener.reset();
  // What came before it was accepted is told now.
  if (slot.pending.any()) {
    slot.announced = true;
    events_.push_back({.connection = id});
  }
  return id;
}

std::variant<ConnectionId, Refusal> Endpoint::Connect(Time now, Flow flow,
                                                      const ConnectionOptions& options) {
  const bool sound = flow.local.family() == flow.remote.family() && flow.local.is_unicast() &&
                     flow.remote.is_unicast() && flow.remote_port != Port::kAny;
  if (!sound) return Refusal::kBadAddress;
  if (live_ >= config_.max_connections) return Refusal::kConnectionLimit;
  if (flow.local_port == Port::kAny) {
    const std::optional<Port> port = ChoosePort(flow, now);
    if (!port) return Refusal::kNoPortLeft;
    flow.local_port = *port;
  }
  SeqNum isn = isn_(flow, now);
  if (const auto slot = table_.Find(flow)) {
    if (slots_[*slot].connection->TimeInTimeWait(now) < kReuseAfter) return Refusal::kPortInUse;
    Replace(now, *slot, isn);
  }
  const ConnectionId id = Add(flow, options);
  slots_[id.slot].connection->Connect(now, isn);
  After(now, id.slot);
  return id;
}

std::optional<Port> Endpoint::ChoosePort(const Flow& flow, Time now) {
  Flow candidate = flow;
  const auto unused = [&](Port port) {
    candidate.local_port = port;
    return !table_.Find(candidate) && !listeners_.HasPort(port);
  };
  if (const auto port = ports_.Choose(flow, unused)) return port;
  return ports_.Choose(flow, [&](Port port) {
    candidate.local_port = port;
    const auto slot = table_.Find(candidate);
    return slot && slots_[*slot].connection->TimeInTimeWait(now) >= kReuseAfter;
  });
}

void Endpoint::Replace(Time now, uint32_t slot, SeqNum& isn) {
  const SeqNum last = slots_[slot].connection->sender().next();
  if (isn <= last) isn = last + 1;
  slots_[slot].connection->EndTimeWait(now);
  After(now, slot);
}

template <typename Call>
void Endpoint::With(Time now, ConnectionId id, Call call) {
  Slot* const slot = Get(id);
  if (slot == nullptr) return;
  call(*slot->connection);
  After(now, id.slot);
}

Connection::WriteResult Endpoint::Write(Time now, ConnectionId id, ByteView bytes) {
  Connection::WriteResult result{0, Error::kClosed};
  With(now, id, [&](Connection& c) { result = c.Write(now, bytes); });
  return result;
}

Connection::ReadResult Endpoint::Read(Time now, ConnectionId id, MutableByteView into) {
  Connection::ReadResult result{Connection::ReadStatus::kError, 0, Error::kClosed};
  With(now, id, [&](Connection& c) { result = c.Read(now, into); });
  return result;
}

void Endpoint::Consume(Time now, ConnectionId id, size_t count) {
  With(now, id, [&](Connection& c) { c.Consume(now, count); });
}

void Endpoint::ShutDownWrite(Time now, ConnectionId id) {
  With(now, id, [&](Connection& c) { c.ShutDownWrite(now); });
}

void Endpoint::ShutDownRead(Time now, ConnectionId id) {
  With(now, id, [&](Connection& c) { c.ShutDownRead(now); });
}

void Endpoint::SetNoDelay(Time now, ConnectionId id, bool no_delay) {
  With(now, id, [&](Connection& c) { c.SetNoDelay(now, no_delay); });
}

void Endpoint::Configure(Time now, ConnectionId id, const ConnectionOptions& options) {
  With(now, id, [&](Connection& c) { c.Configure(now, options); });
}

void Endpoint::Close(Time now, ConnectionId id) {
  With(now, id, [&](Connection& c) { c.Close(now); });
}

void Endpoint::Abort(Time now, ConnectionId id) {
  With(now, id, [&](Connection& c) { c.Abort(now); });
}

const Connection* Endpoint::Find(ConnectionId id) const {
  const Slot* const slot = const_cast<Endpoint*>(this)->Get(id);
  return slot == nullptr ? nullptr : slot->connection.get();
}

size_t Endpoint::waiting(ListenerId listener) const {
  const Listener* const found = listeners_.Find(listener);
  return found == nullptr ? 0 : found->waiting.size();
}

bool Endpoint::HasConnectionAt(Port local) const {
  return std::any_of(slots_.begin(), slots_.end(), [&](const Slot& slot) {
    return slot.in_table && slot.connection->flow().local_port == local;
  });
}

std::optional<Endpoint::Event> Endpoint::TakeEvent() {
  while (!events_.empty()) {
    Event event = events_.front();
    events_.pop_front();
    if (event.acceptable) return event;
    Slot* const slot = Get(event.connection);
    if (slot == nullptr) continue;
    slot->announced = false;
    event.events = std::exchange(slot->pending, {});
    if (event.events.any()) return event;
  }
  return std::nullopt;
}

// --- Slots ---

Endpoint::Slot* Endpoint::Get(ConnectionId id) {
  if (id.slot >= slots_.size()) return nullptr;
  Slot& slot = slots_[id.slot];
  const bool there = slot.generation == id.generation && slot.connection != nullptr &&
                     !slot.connection->released();
  return there ? &slot : nullptr;
}

ConnectionId Endpoint::Add(const Flow& flow, const ConnectionOptions& options) {
  uint32_t index = static_cast<uint32_t>(slots_.size());
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.connection =
      std::make_unique<Connection>(environment_, flow, options, TimestampOffset(flow));
  slot.in_table = true;
  table_.Insert(flow, index);
  ++live_;
  return {index, slot.generation};
}

// Brings the books in line with what a connection has become in a call.
void Endpoint::After(Time now, uint32_t index) {
  Slot& slot = slots_[index];
  Connection& connection = *slot.connection;
  if (slot.half_open && IsAcceptable(now, index)) NoteHandshake(index);
  const bool time_wait = connection.state() == State::kTimeWait;
  if (time_wait != slot.in_time_wait) NoteTimeWait(now, index);
  const Connection::Events events = connection.TakeEvents();
  slot.pending.connected |= events.connected;
  slot.pending.readable |= events.readable;
  slot.pending.writable |= events.writable;
  slot.pending.closed |= events.closed;
  if (connection.state() == State::kClosed) {
    if (slot.in_table) table_.Erase(connection.flow());
    slot.in_table = false;
    timers_.Clear(index);
    // Nobody knows it: its program let go, or it never got that far.
    if (connection.released() || slot.listener) return Free(index);
  } else {
    const Time acceptable_at = slot.half_open ? slot.acceptable_at : Time::Never();
    timers_.Set(index, std::min(connection.deadline(), acceptable_at));
  }
  const bool tell = slot.pending.any() && !slot.announced && !slot.listener;
  if (!tell || connection.released()) return;
  slot.announced = true;
  events_.push_back({.connection = {index, slot.generation}});
}

// Whether the handshake is over and the program should hear of it.
bool Endpoint::IsAcceptable(Time now, uint32_t index) {
  Slot& slot = slots_[index];
  const Connection& connection = *slot.connection;
  if (connection.state() == State::kSynReceived) return false;
  if (connection.state() != State::kEstablished || connection.readable() > 0) return true;
  const Listener* const listener = listeners_.Find(*slot.listener);
  if (listener == nullptr || !listener->options.defer_accept) return true;
  if (slot.acceptable_at.is_never()) slot.acceptable_at = now + *listener->options.defer_accept;
  return slot.acceptable_at <= now;
}

void Endpoint::NoteHandshake(uint32_t index) {
  Slot& slot = slots_[index];
  slot.half_open = false;
  Listener* const listener = listeners_.Find(*slot.listener);
  if (listener == nullptr) return;
  --listener->half_open;
  if (slot.connection->state() == State::kClosed) return;
  listener->waiting.push_back({index, slot.generation});
  events_.push_back({.acceptable = listener->id});
}

void Endpoint::NoteTimeWait(Time now, uint32_t index) {
  Slot& slot = slots_[index];
  slot.in_time_wait = !slot.in_time_wait;
  if (!slot.in_time_wait) {
    --time_wait_count_;
    return;
  }
  time_wait_.push_back({index, slot.generation});
  ++time_wait_count_;
  while (!time_wait_.empty()) {
    const ConnectionId oldest = time_wait_.front();
    Slot& candidate = slots_[oldest.slot];
    const bool left = candidate.generation != oldest.generation || !candidate.in_time_wait;
    if (!left && time_wait_count_ <= std::max<size_t>(config_.max_time_wait, 1)) return;
    time_wait_.pop_front();
    if (left) continue;
    candidate.connection->EndTimeWait(now);
    After(now, oldest.slot);
  }
}

void Endpoint::Free(uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.listener) {
    if (Listener* const listener = listeners_.Find(*slot.listener)) {
      std::erase(listener->waiting, ConnectionId{index, slot.generation});
    }
  }
  const uint32_t generation = slot.generation + 1;
  slot = Slot();
  slot.generation = generation;
  free_.push_back(index);
  --live_;
}

// --- Time ---

void Endpoint::Advance(Time now) {
  while (const auto slot = timers_.PopDue(now)) {
    slots_[*slot].connection->Advance(now);
    After(now, *slot);
  }
}

}  // namespace dualsim::tcp
