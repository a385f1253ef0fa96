#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "stack/base/deadline_queue.h"
#include "stack/base/random_stream.h"
#include "stack/tcp/connection.h"
#include "stack/tcp/endpoint_config.h"
#include "stack/tcp/ephemeral_ports.h"
#include "stack/tcp/flow_table.h"
#include "stack/tcp/initial_sequence_number.h"
#include "stack/tcp/listener.h"
#include "stack/tcp/syn_cookies.h"

namespace dualsim::tcp {

// Why a call was refused, before anything was sent.
enum class Refusal : uint8_t {
  kPortInUse,   // Somebody listens there, or the flow exists.
  kNoPortLeft,  // Every ephemeral port towards this peer is in use.
  kConnectionLimit,
  kBadAddress,  // Not a unicast address, mixed families, or port 0.
};
// "port in use".
std::string_view RefusalText(Refusal refusal);

// All TCP of a host: its connections and listeners, which of them a segment is
// for, and their timers.
//
// Purely a state machine, like its parts. After a call, TakeEvent() tells the
// programs what happened; nothing calls them in between.
class Endpoint {
 public:
  // Both outlive the endpoint; a stream of `random` is drawn at once.
  Endpoint(const EndpointConfig& config, Network& network, ConnectionObserver& observer,
           const RandomSource& random);
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  // --- Programs ---

  std::variant<ListenerId, Refusal> Listen(const ListenOptions& options);
  // Connections that were not accepted yet are reset; others live on.
  void Unlisten(Time now, ListenerId listener);
  // The connection that waits longest.
  std::optional<ConnectionId> Accept(ListenerId listener);

  // `flow.local_port` kAny: the endpoint chooses one (RFC 6056).
  std::variant<ConnectionId, Refusal> Connect(Time now, Flow flow,
                                              const ConnectionOptions& options = {});

  // See Connection. Of one that is gone: Error::kClosed, or nothing happens.
  Connection::WriteResult Write(Time now, ConnectionId id, ByteView bytes);
  Connection::ReadResult Read(Time now, ConnectionId id, MutableByteView into);
  void Consume(Time now, ConnectionId id, size_t count);
  void ShutDownWrite(Time now, ConnectionId id);
  void ShutDownRead(Time now, ConnectionId id);
  void SetNoDelay(Time now, ConnectionId id, bool no_delay);
  void Configure(Time now, ConnectionId id, const ConnectionOptions& options);
  // Afterwards the id means nothing; the connection ends by itself.
  void Close(Time now, ConnectionId id);
  void Abort(Time now, ConnectionId id);
  // nullptr for one that is gone or was let go.
  const Connection* Find(ConnectionId id) const;
  // How many wait to be accepted.
  size_t waiting(ListenerId listener) const;
  // Whether a connection of any state has this port here, one in TIME-WAIT too.
  bool HasConnectionAt(Port local) const;

  // What a program should know.
  struct Event {
    std::optional<ListenerId> acceptable{};  // A connection waits there; or else:
    ConnectionId connection{};
    Connection::Events events{};
  };
  // The oldest event not yet taken. Those of one connection are joined into one.
  std::optional<Event> TakeEvent();

  // --- Below ---

  // A segment whose checksum is right. `zone` as in Flow.
  void OnSegment(Time now, const IpAddress& source, const IpAddress& destination,
                 const wire::TcpSegment& segment, bool ce, uint16_t zone = 0);
  // ICMP about a segment of ours; the arguments are those of Connection.
  void OnUnreachable(Time now, const Flow& flow, SeqNum sequence, bool hard);
  void OnPacketTooBig(Time now, const Flow& flow, SeqNum sequence, uint32_t mtu);
  // Whether a connection of this flow has it in flight; see Connection.
  bool IsInFlight(const Flow& flow, SeqNum sequence) const;
  // Of every connection with this peer: what the network says of the path now.
  void RefreshPathMtu(Time now, const IpAddress& remote);
  // The address is no longer ours: its connections end. `zone`: not those to peers of
  // another zone; 0: all of them.
  void OnAddressGone(Time now, const IpAddress& local, uint16_t zone = 0);

  void Advance(Time now);
  // When Advance() is next needed. It may be earlier than anything is due, never later.
  Time deadline() const { return timers_.next(); }

  // --- Counts ---

  size_t connections() const { return live_; }  // Of every state, those let go too.
  size_t time_wait() const { return time_wait_count_; }
  size_t listeners() const { return listeners_.size(); }
  size_t buffer_bytes() const { return blocks_.in_use(); }

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    uint32_t generation = 0;
    std::optional<ListenerId> listener{};  // Until it is accepted.
    bool half_open = false;                // And counted by its listener.
    Time acceptable_at = Time::Never();    // Where its listener defers: without data, then.
    bool in_table = false;
    bool in_time_wait = false;
    bool announced = false;  // It stands in events_.
    Connection::Events pending{};
  };

  // endpoint.cc
  ConnectionId Add(const Flow& flow, const ConnectionOptions& options);
  void After(Time now, uint32_t slot);
  void NoteTimeWait(Time now, uint32_t slot);
  bool IsAcceptable(Time now, uint32_t slot);
  void NoteHandshake(uint32_t slot);
  void Free(uint32_t slot);
  Slot* Get(ConnectionId id);
  template <typename Call>
  void With(Time now, ConnectionId id, Call call);
  std::optional<Port> ChoosePort(const Flow& flow, Time now);
  // Makes way for a new connection of the flow where that is allowed; the new
  // one's sequence numbers begin at `isn` or later.
  void Replace(Time now, uint32_t slot, SeqNum& isn);

  // endpoint_input.cc
  // `isn`: with what the connection's sequence numbers would begin.
  void OnSegmentForListener(Time now, Listener& listener, const Flow& flow,
                            const wire::TcpSegment& segment, SeqNum isn);
  void OnSyn(Time now, Listener& listener, const Flow& flow, const wire::TcpSegment& syn,
             SeqNum isn);
  void OnCookie(Time now, Listener& listener, const Flow& flow, const wire::TcpSegment& ack);
  void SendCookie(Time now, const Listener& listener, const Flow& flow,
                  const wire::TcpSegment& syn);
  void SendReset(Time now, const Flow& flow, const wire::TcpSegment& segment);
  void Drop(Time now, const Flow& flow, DropReason reason);
  uint32_t TimestampOffset(const Flow& flow) const;

  EndpointConfig config_;
  Network& network_;
  ConnectionObserver& observer_;
  RandomStream random_;
  InitialSequenceNumber isn_;
  SipHash timestamp_hash_;
  EphemeralPorts ports_;
  SynCookies cookies_;
  FlowTable table_;
  BlockPool blocks_;
  Connection::Environment environment_;
  ListenerTable listeners_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  DeadlineQueue timers_;
  std::deque<ConnectionId> time_wait_;  // In order of entry; some have left.
  size_t time_wait_count_ = 0;
  size_t live_ = 0;
  std::deque<Event> events_;
};

}  // namespace dualsim::tcp
