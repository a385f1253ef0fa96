// Two TCP endpoints, each under a program that does anything in any order, a path that
// loses and repeats, and a third party that sends segments to both. The input is a
// sequence of steps of four bytes. None crashes, loops or grows, and when the programs
// are gone, nothing is left.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/tcp/endpoint.h"
#include "stack/wire/tcp.h"
#include "tests/fuzz/require.h"
#include "tests/stack/tcp/two_hosts.h"

namespace dualsim::testing {
namespace {

constexpr size_t kStep = 4;
constexpr size_t kMaximumSteps = 200;
constexpr size_t kMaximumHappenings = 2'000'000;  // In one wait of two minutes.
constexpr size_t kMaximumConnections = 64;
constexpr size_t kBuffer = 65536;

tcp::EndpointConfig SmallHost() {
  tcp::EndpointConfig config;
  config.connection.send_buffer = kBuffer;
  config.connection.receive_buffer = kBuffer;
  config.max_connections = kMaximumConnections;
  return config;
}

class Players {
 public:
  explicit Players(uint8_t options) : world_(1, SmallHost(), {}, Family(options)) {
    world_.keep_sent = false;
    world_.Listen({.backlog = 4});
    ids_[0].push_back(world_.Dial());
    world_.ca = ids_[0].back();
    if (options & 2) Wait(Milliseconds(100));
  }

  // `rest` is what follows the step in the input; returns how much of it was used.
  size_t Do(const uint8_t* step, ByteView rest);
  void Leave();

 private:
  static IpFamily Family(uint8_t options) {
    return options & 1 ? IpFamily::kIpv4 : IpFamily::kIpv6;
  }
  tcp::Endpoint& Of(bool a) { return a ? world_.ea() : world_.eb(); }
  tcp::ConnectionId One(bool a, uint8_t choice) const {
    const auto& ids = ids_[a ? 0 : 1];
    return ids.empty() ? tcp::ConnectionId{} : ids[choice % ids.size()];
  }
  void Wait(Duration time);
  void Call(bool a, uint8_t kind, const uint8_t* step);
  void Dial(Port local);
  void Accept();
  void Report(bool a, const uint8_t* step);
  void Forge(bool to_a, uint8_t choice, uint8_t shape, ByteView bytes);

  tcp::testing::TwoHosts world_;
  std::vector<tcp::ConnectionId> ids_[2];  // Of a, of b.
};

void Players::Wait(Duration time) {
  const Time end = world_.now() + time;
  size_t happenings = 0;
  while (world_.NextTime() <= end && world_.Step()) {
    Require(++happenings < kMaximumHappenings, "a wait ends");
    for (const bool a : {true, false}) {
      while (Of(a).TakeEvent()) {
      }
    }
  }
  world_.RunUntil(end);
  for (const bool a : {true, false}) {
    Require(Of(a).connections() <= kMaximumConnections, "connections are bounded");
    // Blocks are whole; what lies out of order may begin in the middle of one.
    Require(Of(a).buffer_bytes() <= kMaximumConnections * 4 * kBuffer, "buffers are bounded");
  }
}

void Players::Accept() {
  while (const auto id = world_.eb().Accept(world_.listener)) ids_[1].push_back(*id);
}

// A segment from the other side of a connection, or nearly: `shape` tells how the
// sequence number lies, `bytes` are its flags, window, options and payload.
void Players::Forge(bool to_a, uint8_t choice, uint8_t shape, ByteView bytes) {
  const tcp::Connection* const connection = Of(to_a).Find(One(to_a, choice));
  if (connection == nullptr || bytes.size() < 4) return;
  const tcp::Flow& flow = connection->flow();
  const uint32_t offset = (shape & 0x0f) * (shape & 0x10 ? 1448u : 1u);
  const uint32_t signed_offset = shape & 0x20 ? 0u - offset : offset;
  const size_t options = std::min<size_t>(bytes[3] % 11 * size_t{4}, bytes.size() - 4);
  const size_t header = wire::TcpHeader::kMinSize + options / 4 * 4;
  std::vector<uint8_t> segment(header);
  StoreBig16(segment.data(), static_cast<uint16_t>(flow.remote_port));
  StoreBig16(segment.data() + 2, static_cast<uint16_t>(flow.local_port));
  StoreBig32(segment.data() + 4, connection->reassembly().next().value() + signed_offset);
  StoreBig32(segment.data() + 8,
             connection->sender().next().value() - (shape & 0x40 ? bytes[1] : 0u));
  segment[12] = static_cast<uint8_t>(header / 4 << 4);
  segment[13] = bytes[0];
  StoreBig16(segment.data() + 14, static_cast<uint16_t>(bytes[2] << 8 | bytes[1]));
  std::copy_n(bytes.begin() + 4, header - wire::TcpHeader::kMinSize,
              segment.begin() + wire::TcpHeader::kMinSize);
  const ByteView payload = bytes.subspan(4 + header - wire::TcpHeader::kMinSize);
  segment.insert(segment.end(), payload.begin(), payload.end());
  wire::StoreTcpChecksum(segment, flow.remote, flow.local);
  const auto parsed = wire::TcpSegment::Parse(segment, flow.remote, flow.local);
  if (!parsed.ok()) return;
  Of(to_a).OnSegment(world_.now(), flow.remote, flow.local, *parsed, (shape & 0x80) != 0);
}

size_t Players::Do(const uint8_t* step, ByteView rest) {
  const bool a = (step[0] & 0x80) != 0;
  const uint8_t kind = step[0] & 0x0f;
  switch (kind) {
    case 0:
      Wait(Milliseconds(int64_t{1} << (step[2] % 18)));
      break;
    case 7:
      Dial(Port{step[2]});
      break;
    case 8:
      Accept();
      break;
    case 10:
      Report(a, step);
      break;
    case 11:
      // Chances in parts per billion.
      world_.path.loss = step[2] * 2'000'000u;
      world_.path.duplication = step[3] * 2'000'000u;
      break;
    case 12:
      world_.path.jitter = Milliseconds(step[2]);
      world_.path.corruption = step[3] * 1'000'000u;
      break;
    case 13:
    case 14:
    case 15: {
      const size_t size = std::min<size_t>(step[3], rest.size());
      Forge(a, step[1], step[2], rest.first(size));
      return size;
    }
    default:
      Call(a, kind, step);
  }
  return 0;
}

// What a program does with a connection of its own.
void Players::Call(bool a, uint8_t kind, const uint8_t* step) {
  const tcp::ConnectionId id = One(a, step[1]);
  const Time now = world_.now();
  tcp::Endpoint& endpoint = Of(a);
  std::vector<uint8_t> data(size_t{step[2]} << (step[3] & 7), step[3]);
  switch (kind) {
    case 1:
      endpoint.Write(now, id, data);
      break;
    case 2:
      endpoint.Read(now, id, data);
      break;
    case 3:
      endpoint.ShutDownWrite(now, id);
      break;
    case 4:
      endpoint.ShutDownRead(now, id);
      break;
    case 5:
      endpoint.Close(now, id);
      break;
    case 6:
      endpoint.Abort(now, id);
      break;
    default:
      endpoint.SetNoDelay(now, id, (step[2] & 1) != 0);
  }
}

void Players::Dial(Port local) {
  const auto made = world_.ea().Connect(world_.now(), {.local = world_.a().address(),
                                                       .remote = world_.b().address(),
                                                       .local_port = local,
                                                       .remote_port = world_.kPort});
  if (std::holds_alternative<tcp::ConnectionId>(made)) {
    ids_[0].push_back(std::get<tcp::ConnectionId>(made));
  }
}

// What ICMP reports of a segment of the connection's.
void Players::Report(bool a, const uint8_t* step) {
  const tcp::Connection* const connection = Of(a).Find(One(a, step[1]));
  if (connection == nullptr) return;
  const SeqNum sequence = connection->sender().next() - step[2];
  if (step[3] & 1) {
    Of(a).OnPacketTooBig(world_.now(), connection->flow(), sequence, uint32_t{step[3]} << 3);
  } else {
    Of(a).OnUnreachable(world_.now(), connection->flow(), sequence, (step[3] & 2) != 0);
  }
}

// All programs end, and the path is a good one again: an hour later nobody remembers.
void Players::Leave() {
  world_.path = {};
  Accept();
  for (const bool a : {true, false}) {
    for (const tcp::ConnectionId id : ids_[a ? 0 : 1]) Of(a).Abort(world_.now(), id);
  }
  world_.eb().Unlisten(world_.now(), world_.listener);
  for (int i = 0; i < 60; ++i) Wait(Seconds(60));
  for (const bool a : {true, false}) {
    Require(Of(a).connections() == 0, "no connection outlives its program");
    Require(Of(a).buffer_bytes() == 0, "no buffer outlives its connection");
    Require(Of(a).deadline().is_never(), "an endpoint comes to rest");
  }
}

}  // namespace
}  // namespace dualsim::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::testing::kStep;
  if (size == 0) return 0;
  dualsim::testing::Players players(data[0]);
  dualsim::ByteView rest = dualsim::ByteView(data, size).subspan(1);
  for (size_t i = 0; i < dualsim::testing::kMaximumSteps && rest.size() >= kStep; ++i) {
    const uint8_t* const step = rest.data();
    rest = rest.subspan(kStep);
    rest = rest.subspan(players.Do(step, rest));
  }
  players.Leave();
  return 0;
}
