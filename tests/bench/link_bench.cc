// What a frame costs in sim/net and sim/engine, without a stack: endpoints send
// back what they get. Items per second are frames that arrived.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/network.h"
#include "sim/net/network_description.h"
#include "sim/net/receiver.h"
#include "sim/net/station.h"
#include "sim/net/world_observer.h"
#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {
namespace {

constexpr size_t kFrameSize = 576;

MacAddress Mac(uint64_t n) { return MacAddress::FromInteger(0x0200'0000'0000 | n); }

// Sends each frame back to where it came from.
class Mirror final : public Receiver {
 public:
  explicit Mirror(Station& station) : station_(station) { station.SetReceiver(this); }
  void Receive(Time, InterfaceId interface, Packet frame) override {
    frame.MakeUnique();
    uint8_t* const header = frame.mutable_bytes().data();
    const MacAddress source = MacAddress::Load(header + 6);
    station_.mac(interface).Store(header + 6);
    source.Store(header);
    station_.Transmit(interface, std::move(frame));
  }

 private:
  Station& station_;
};

// Takes frames and counts them.
class Sink final : public Receiver {
 public:
  void Receive(Time, InterfaceId, Packet) override { ++received; }
  uint64_t received = 0;
};

NetworkDescription OneLink(LinkKind kind, size_t stations) {
  NetworkDescription description;
  description.links.push_back({"link", kind, {.queue_bytes = 100'000'000}, {}});
  for (size_t i = 0; i < stations; ++i) {
    description.nodes.push_back({"node" + std::to_string(1'000'000 + i), {{"link", Mac(i)}}});
  }
  return description;
}

NodeId Node(size_t i) { return NodeId{static_cast<uint32_t>(i)}; }

void Send(Network& network, size_t from, MacAddress to) {
  Packet frame = network.packets().Make(kFrameSize);
  wire::EthernetHeader{to, Mac(from), wire::EtherType::kIpv6}.Store(frame.mutable_bytes().data());
  network.station(Node(from)).Transmit(InterfaceId{0}, std::move(frame));
}

// Pairs of stations that send `in_flight` frames back and forth.
void Bounce(benchmark::State& state, LinkKind kind, size_t stations) {
  const auto in_flight = static_cast<size_t>(state.range(0));
  WorldObserver observer;
  Network network(1, OneLink(kind, stations), observer);
  std::deque<Mirror> mirrors;
  for (size_t i = 0; i < stations; ++i) mirrors.emplace_back(network.station(Node(i)));
  for (size_t i = 0; i < in_flight; ++i) Send(network, i % stations, Mac((i % stations) ^ 1));
  const uint64_t events_per_frame = kind == LinkKind::kSwitched ? 2 : 1;
  for (auto _ : state) {
    for (uint64_t i = 0; i < events_per_frame; ++i) network.simulation().Step();
  }
  state.SetItemsProcessed(state.iterations());
}

void PointToPoint(benchmark::State& state) { Bounce(state, LinkKind::kPointToPoint, 2); }
void Lan(benchmark::State& state) { Bounce(state, LinkKind::kSwitched, 2); }
void LanOf10000(benchmark::State& state) { Bounce(state, LinkKind::kSwitched, 10'000); }
BENCHMARK(PointToPoint)->Arg(2)->Arg(1'000);
BENCHMARK(Lan)->Arg(2)->Arg(1'000);
BENCHMARK(LanOf10000)->Arg(10'000);

// A frame to a group with `range` listeners on a LAN of 10,000.
void Multicast(benchmark::State& state) {
  constexpr size_t kStations = 10'000;
  const auto listeners = static_cast<size_t>(state.range(0));
  const MacAddress group = MacAddress::FromInteger(0x3333'0000'0001);
  WorldObserver observer;
  Network network(1, OneLink(LinkKind::kSwitched, kStations), observer);
  Sink sink;
  for (size_t i = 0; i < kStations; ++i) network.station(Node(i)).SetReceiver(&sink);
  for (size_t i = 0; i < listeners; ++i) {
    network.station(Node(kStations - 1 - i)).JoinGroup(InterfaceId{0}, group);
  }
  for (auto _ : state) {
    Send(network, 0, group);
    network.simulation().RunToQuiet(Time::Never());
  }
  state.SetItemsProcessed(static_cast<int64_t>(sink.received));
}
BENCHMARK(Multicast)->Arg(1)->Arg(100)->Arg(9'999);

// A frame to an address that the switch has not learned, on a LAN of 10,000.
void UnknownUnicast(benchmark::State& state) {
  constexpr size_t kStations = 10'000;
  WorldObserver observer;
  Network network(1, OneLink(LinkKind::kSwitched, kStations), observer);
  Sink sink;
  for (size_t i = 0; i < kStations; ++i) network.station(Node(i)).SetReceiver(&sink);
  size_t to = 1;
  for (auto _ : state) {
    Send(network, 0, Mac(to));
    to = to % (kStations - 1) + 1;
    network.simulation().RunToQuiet(Time::Never());
  }
  state.SetItemsProcessed(static_cast<int64_t>(sink.received));
}
BENCHMARK(UnknownUnicast);

}  // namespace
}  // namespace dualsim::sim
