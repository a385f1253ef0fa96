#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
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

// Station number n's address: 02:00:00:00:nn:nn.
inline MacAddress Mac(uint64_t n) { return MacAddress::FromInteger(0x0200'0000'0000 | n); }
inline MacAddress GroupMac(uint64_t n) { return MacAddress::FromInteger(0x3333'0000'0000 | n); }

// A frame of `size` bytes, header included, filled with `fill`.
inline std::vector<uint8_t> Frame(MacAddress destination, MacAddress source, size_t size = 100,
                                  uint8_t fill = 0) {
  std::vector<uint8_t> frame(size, fill);
  wire::EthernetHeader{destination, source, wire::EtherType::kIpv6}.Store(frame.data());
  return frame;
}

using Frames = std::vector<std::vector<uint8_t>>;

// Notes what it gets.
class Endpoint final : public Receiver {
 public:
  void Receive(Time now, InterfaceId interface, Packet frame) override {
    times.push_back(now);
    interfaces.push_back(interface);
    const ByteView bytes = frame.bytes();
    frames.emplace_back(bytes.begin(), bytes.end());
  }
  void SetCarrier(Time, InterfaceId, bool up) override { carriers.push_back(up); }

  std::vector<Time> times;
  std::vector<InterfaceId> interfaces;
  Frames frames;
  std::vector<bool> carriers;
};

class RecordingObserver final : public WorldObserver {
 public:
  void OnFrame(Time now, const FrameEvent& event) override {
    frame_times.push_back(now);
    frames.push_back(event);
    bytes.emplace_back(event.frame.begin(), event.frame.end());
  }
  void OnFrameLoss(Time now, const FrameLossEvent& event) override {
    loss_times.push_back(now);
    losses.push_back(event);
  }

  std::vector<Time> frame_times;
  std::vector<FrameEvent> frames;  // Their views are dangling: see `bytes`.
  Frames bytes;
  std::vector<Time> loss_times;
  std::vector<FrameLossEvent> losses;  // Likewise.
};

// A network with an endpoint on every station.
class TestWorld {
 public:
  explicit TestWorld(const NetworkDescription& description, uint64_t seed = 1)
      : network(seed, description, observer), endpoints(network.node_count()) {
    for (size_t i = 0; i < endpoints.size(); ++i) {
      network.station(NodeId{static_cast<uint32_t>(i)}).SetReceiver(&endpoints[i]);
    }
  }

  NodeId node(std::string_view name) const { return network.FindNode(name).value(); }
  LinkId link(std::string_view name) const { return network.FindLink(name).value(); }
  Endpoint& at(std::string_view name) { return endpoints[static_cast<size_t>(node(name))]; }
  Station& station(std::string_view name) { return network.station(node(name)); }
  void Send(std::string_view from, const std::vector<uint8_t>& frame, uint16_t interface = 0) {
    station(from).Transmit(InterfaceId{interface}, network.packets().Copy(frame));
  }
  void Run(Duration duration) { network.simulation().RunUntil(network.now() + duration); }

  RecordingObserver observer;
  Network network;
  std::vector<Endpoint> endpoints;
};

// Stations "a", "b", ... with addresses Mac(1), Mac(2), ... on one link "link".
inline NetworkDescription OneLink(LinkKind kind, size_t stations,
                                  const LinkParameters& parameters = {},
                                  const LinkFaults& faults = {}) {
  NetworkDescription description;
  description.links.push_back({"link", kind, parameters, faults});
  for (size_t i = 0; i < stations; ++i) {
    description.nodes.push_back(
        {std::string(1, static_cast<char>('a' + i)), {{"link", Mac(i + 1)}}});
  }
  return description;
}

constexpr Time At(Duration duration) { return Time() + duration; }

}  // namespace dualsim::sim
