#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/tcp/endpoint.h"

namespace dualsim::tcp::testing {

// What the path between the hosts does to packets. Chances in parts per billion.
struct PathConfig {
  Duration delay = Milliseconds(10);
  Duration jitter;  // Adds up to this, so packets overtake each other.
  uint32_t loss = 0;
  uint32_t duplication = 0;
  uint32_t corruption = 0;
  int64_t bits_per_second = 0;  // 0: no limit.
  size_t queue_packets = 100;   // Where there is a limit.
  bool marks_ecn = false;       // A queue that is an eighth full marks what may be marked.
  uint32_t mtu = 65535;         // Larger packets are lost, and ICMP says so.
};

// A segment that a host sent, for tests to look at.
struct SentSegment {
  Time time;
  bool from_a = false;
  wire::TcpHeader header;
  uint32_t payload = 0;
  bool ect = false;
};

class TwoHosts;

// One host: an endpoint, and what it told.
class TestHost : public Network, public ConnectionObserver {
 public:
  TestHost(TwoHosts& world, bool is_a, const IpAddress& address, const EndpointConfig& config,
           const RandomSource& random)
      : world_(world), is_a_(is_a), address_(address), endpoint_(config, *this, *this, random) {}

  Endpoint& endpoint() { return endpoint_; }
  const IpAddress& address() const { return address_; }
  uint32_t mtu = 1500;
  std::optional<uint32_t> link_mtu;  // Where it is another than the path's.

  void Send(Time now, const OutgoingSegment& segment) override;
  uint32_t PathMtu(const Flow&) override { return mtu; }
  uint32_t LinkMtu(const Flow&) override { return link_mtu.value_or(mtu); }
  void OnState(Time, const Flow&, const StateFact& fact) override {
    states.push_back(fact.to);
    if (fact.error) last_error = fact.error;
  }
  void OnRetransmission(Time, const Flow&, const RetransmissionFact&) override {
    ++retransmissions;
  }
  void OnRtt(Time, const Flow&, const RttFact& fact) override { rtt = fact; }
  void OnCongestionWindow(Time, const Flow&, const CongestionWindow& w) override { window = w; }
  void OnDrop(Time, const Flow&, DropReason reason) override { drops.push_back(reason); }
  void OnForwardProgress(Time, const Flow&) override { ++forward_progress; }
  void OnSuspect(Time, const Flow&) override { ++suspicions; }

  bool Dropped(DropReason reason) const {
    return std::find(drops.begin(), drops.end(), reason) != drops.end();
  }

  std::vector<State> states;
  std::optional<Error> last_error;
  std::vector<DropReason> drops;
  int retransmissions = 0;
  int forward_progress = 0;
  int suspicions = 0;
  RttFact rtt;
  CongestionWindow window;

 private:
  TwoHosts& world_;
  bool is_a_;
  IpAddress address_;
  Endpoint endpoint_;
};

// Two hosts, a path between them, and virtual time.
class TwoHosts {
 public:
  explicit TwoHosts(uint64_t seed = 1, const EndpointConfig& config = {},
                    const PathConfig& path = {}, IpFamily family = IpFamily::kIpv6)
      : TwoHosts(seed, config, config, path, family) {}
  TwoHosts(uint64_t seed, const EndpointConfig& config_a, const EndpointConfig& config_b,
           const PathConfig& path, IpFamily family)
      : path(path),
        random_(seed, "path", "faults"),
        a_(*this, true, Address(family, 1), config_a, RandomSource(seed, "a")),
        b_(*this, false, Address(family, 2), config_b, RandomSource(seed, "b")) {}

  static IpAddress Address(IpFamily family, int host) {
    return *IpAddress::Parse((family == IpFamily::kIpv4 ? "192.0.2." : "2001:db8::") +
                             std::to_string(host));
  }

  TestHost& a() { return a_; }
  TestHost& b() { return b_; }
  Endpoint& ea() { return a_.endpoint(); }
  Endpoint& eb() { return b_.endpoint(); }
  Time now() const { return now_; }

  // b listens; a connects; ids in ca, cb. False: it did not come about.
  bool Open(const ConnectionOptions& options = {}, const ListenOptions& listen = {}) {
    Listen(listen);
    ca = Dial(options);
    RunFor(Seconds(1));
    return AcceptOne();
  }
  void Listen(ListenOptions listen = {}) {
    if (listen.port == Port::kAny) listen.port = kPort;
    listener = std::get<ListenerId>(eb().Listen(listen));
  }
  ConnectionId Dial(const ConnectionOptions& options = {}) {
    return std::get<ConnectionId>(ea().Connect(
        now_, {.local = a_.address(), .remote = b_.address(), .remote_port = kPort}, options));
  }
  bool AcceptOne() {
    const auto id = eb().Accept(listener);
    if (!id) return false;
    cb = *id;
    return true;
  }

  const Connection* A() const { return const_cast<TwoHosts*>(this)->ea().Find(ca); }
  const Connection* B() const { return const_cast<TwoHosts*>(this)->eb().Find(cb); }

  // A header as that side's connection would send it now: a bare ACK.
  wire::TcpHeader HeaderFrom(bool from_a) const {
    const Connection& c = *(from_a ? A() : B());
    wire::TcpHeader header{.source = c.flow().local_port,
                           .destination = c.flow().remote_port,
                           .sequence = c.sender().next(),
                           .acknowledgment = c.reassembly().next(),
                           .flags = {.ack = true},
                           .window = 1000};
    if (c.timestamps().enabled()) header.options.timestamps = c.timestamps().Option(now_);
    return header;
  }
  size_t Write(bool from_a, size_t count) {
    const std::vector<uint8_t> bytes(count, 'x');
    return (from_a ? ea() : eb()).Write(now_, from_a ? ca : cb, bytes).accepted;
  }
  // Reads all that lies ready; returns how many bytes.
  size_t Read(bool at_a) {
    size_t count = 0;
    for (;;) {
      const auto result = (at_a ? ea() : eb()).Read(now_, at_a ? ca : cb, scratch_);
      last_read = result;
      if (result.count == 0) return count;
      count += result.count;
    }
  }

  // The next thing happens; false where nothing ever will.
  bool Step() {
    const Time next = NextTime();
    if (next.is_never()) return false;
    now_ = std::max(now_, next);
    if (!packets_.empty() && packets_.top().time <= now_) {
      const Packet packet = packets_.top();
      packets_.pop();
      Deliver(packet);
    } else {
      if (ea().deadline() <= now_) ea().Advance(now_);
      if (eb().deadline() <= now_) eb().Advance(now_);
    }
    if (after_step) after_step();
    return true;
  }
  Time NextTime() {
    const Time timers = std::min(ea().deadline(), eb().deadline());
    return packets_.empty() ? timers : std::min(timers, packets_.top().time);
  }
  void RunUntil(Time end) {
    while (NextTime() <= end && Step()) {
    }
    now_ = std::max(now_, end);
  }
  void RunFor(Duration d) { RunUntil(now_ + d); }

  // Puts a segment on the path as if it had been sent by a (or b).
  void Inject(bool from_a, const wire::TcpHeader& header, ByteView payload = {}, bool ce = false);

  void OnSent(bool from_a, const OutgoingSegment& segment);
  size_t CountSent(const std::function<bool(const SentSegment&)>& which) const {
    return static_cast<size_t>(std::count_if(sent.begin(), sent.end(), which));
  }

  static constexpr Port kPort{80};

  PathConfig path;
  // Where set: true drops the segment.
  std::function<bool(const SentSegment&)> drop;
  std::function<void()> after_step;
  bool keep_sent = true;
  std::vector<SentSegment> sent;
  Connection::ReadResult last_read;
  ListenerId listener{};
  ConnectionId ca;
  ConnectionId cb;

 private:
  struct Packet {
    Time time;
    uint64_t order = 0;
    bool from_a = false;
    bool ce = false;
    std::vector<uint8_t> bytes;
    friend bool operator<(const Packet& x, const Packet& y) {  // For a heap of the earliest.
      return x.time != y.time ? x.time > y.time : x.order > y.order;
    }
  };
  struct Line {
    Time free_at;
  };
  void Deliver(const Packet& packet);
  void Queue(Time at, bool from_a, bool ce, std::vector<uint8_t> bytes) {
    packets_.push({at, order_++, from_a, ce, std::move(bytes)});
  }

  RandomStream random_;
  TestHost a_;
  TestHost b_;
  Time now_ = Time() + Seconds(1000);
  std::priority_queue<Packet> packets_;
  uint64_t order_ = 0;
  Line lines_[2];
  // Made once: under sanitizers a megabyte for every read takes longer than the rest.
  std::vector<uint8_t> scratch_ = std::vector<uint8_t>(1 << 20);
};

inline void TestHost::Send(Time, const OutgoingSegment& segment) { world_.OnSent(is_a_, segment); }

inline void TwoHosts::OnSent(bool from_a, const OutgoingSegment& segment) {
  const SentSegment record{now_, from_a, segment.header,
                           static_cast<uint32_t>(segment.payload.size()), segment.ect};
  if (keep_sent) sent.push_back(record);
  if (drop && drop(record)) return;
  if (random_.Chance(path.loss)) return;
  std::vector<uint8_t> bytes(segment.size());
  segment.Store(bytes.data());
  const uint32_t ip_header = segment.flow.local.is_ipv4() ? 20 : 40;
  if (bytes.size() + ip_header > path.mtu) {
    (from_a ? ea() : eb()).OnPacketTooBig(now_, segment.flow, segment.header.sequence, path.mtu);
    return;
  }
  if (random_.Chance(path.corruption)) bytes[random_.Below(bytes.size())] ^= 0x10;
  Time at = now_ + path.delay;
  bool ce = false;
  if (path.bits_per_second > 0) {
    Line& line = lines_[from_a ? 0 : 1];
    const Duration each =
        Nanoseconds(1'000'000'000 * int64_t{8} * static_cast<int64_t>(bytes.size() + ip_header) /
                    path.bits_per_second);
    const Duration backlog = line.free_at > now_ ? line.free_at - now_ : Duration();
    const Duration room = each * static_cast<int64_t>(path.queue_packets);
    if (backlog > room) return;
    ce = path.marks_ecn && segment.ect && backlog > room / 8;
    line.free_at = std::max(line.free_at, now_) + each;
    at = line.free_at + path.delay;
  }
  if (path.jitter > Duration()) at = at + random_.Between({}, path.jitter);
  if (random_.Chance(path.duplication)) Queue(at + Microseconds(50), from_a, ce, bytes);
  Queue(at, from_a, ce, std::move(bytes));
}

inline void TwoHosts::Deliver(const Packet& packet) {
  TestHost& from = packet.from_a ? a_ : b_;
  TestHost& to = packet.from_a ? b_ : a_;
  const auto segment = wire::TcpSegment::Parse(packet.bytes, from.address(), to.address());
  if (!segment) return;
  to.endpoint().OnSegment(now_, from.address(), to.address(), *segment, packet.ce);
}

inline void TwoHosts::Inject(bool from_a, const wire::TcpHeader& header, ByteView payload,
                             bool ce) {
  TestHost& from = from_a ? a_ : b_;
  TestHost& to = from_a ? b_ : a_;
  const wire::TcpSegment segment{header, payload};
  to.endpoint().OnSegment(now_, from.address(), to.address(), segment, ce);
}

}  // namespace dualsim::tcp::testing
