#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/stack.h"
#include "stack/wire/ethernet.h"

namespace dualsim::host {

// A host with one card, whose address ends in `number`; and its link-local address.
inline StackConfig Host(const std::string& name, uint8_t number) {
  InterfaceConfig interface;
  interface.name = "eth0";
  interface.mac = MacAddress({2, 0, 0, 0, 0, number});
  StackConfig config;
  config.name = name;
  config.interfaces.push_back(interface);
  return config;
}

inline Ipv6Address LinkLocal(uint8_t number) {
  return Ipv6Address::FromIntegers(0xfe80ull << 48, 0x0000'00ff'fe00'0000ull | number);
}

// A link for tests of whole stacks: every frame reaches every other card of the
// link after one microsecond. Runs on virtual time; keeps what it saw.
class TestLink {
 public:
  static constexpr Duration kDelay = Microseconds(1);

  // A stack on the link, with what it said.
  class Station final : public Device, public Observer {
   public:
    Station(TestLink& link, const StackConfig& config, uint64_t seed)
        : link_(link),
          name_(config.name),
          stack(config, {link.packets_, *this, *this, RandomSource(seed, name_)}) {}

    void Transmit(InterfaceId interface, Packet frame) override {
      link_.Send(*this, interface, std::move(frame));
    }
    void JoinGroup(InterfaceId, MacAddress group) override { groups.push_back(group); }
    void LeaveGroup(InterfaceId, MacAddress group) override { std::erase(groups, group); }
    void SetAddress(InterfaceId, MacAddress) override {}  // Unicast reaches every card.
    void OnAddress(Time, const AddressFact& fact) override { addresses.push_back(fact); }
    void OnNeighbor(Time, const NeighborFact& fact) override { neighbors.push_back(fact); }
    void OnDefaultRouter(Time, const DefaultRouterFact& fact) override { routers.push_back(fact); }
    void OnEcho(Time, const EchoFact& fact) override { echoes.push_back(fact); }
    void OnDrop(Time, const DropFact& fact) override { drops.push_back(fact.reason); }
    void OnLog(Time, const LogFact& fact) override { log.emplace_back(fact.text); }

    // The last that was said of the address; kRemoved where nothing was.
    AddressState StateOf(const IpAddress& address) const {
      for (auto fact = addresses.rbegin(); fact != addresses.rend(); ++fact) {
        if (fact->address == address) return fact->state;
      }
      return AddressState::kRemoved;
    }
    bool Dropped(DropReason reason) const {
      return std::find(drops.begin(), drops.end(), reason) != drops.end();
    }

   private:
    TestLink& link_;
    std::string name_;

   public:
    std::vector<MacAddress> groups;
    std::vector<AddressFact> addresses;
    std::vector<NeighborFact> neighbors;
    std::vector<DefaultRouterFact> routers;
    std::vector<EchoFact> echoes;
    std::vector<DropReason> drops;
    std::vector<std::string> log;
    Stack stack;
  };

  struct Seen {
    Time when;
    std::string sender;
    std::vector<uint8_t> frame;
  };

  // Interface 0 of the stack is on this link.
  Station& Add(const StackConfig& config, uint64_t seed = 1) {
    return *stations_.emplace_back(std::make_unique<Station>(*this, config, seed));
  }

  // Puts a frame on the link that no stack made.
  void Inject(const std::vector<uint8_t>& frame) { Deliver(nullptr, packets_.Copy(frame)); }

  // Lets time pass, to `until` inclusive.
  void RunUntil(Time until) {
    for (;;) {
      Time next = Time::Never();
      for (const auto& station : stations_) next = std::min(next, station->stack.deadline());
      if (!in_flight_.empty()) next = std::min(next, in_flight_.front().arrival);
      if (next > until) break;
      now_ = std::max(now_, next);
      Step();
    }
    now_ = until;
  }

  Time now() const { return now_; }
  const std::vector<Seen>& seen() const { return seen_; }
  void ForgetSeen() { seen_.clear(); }
  PacketPool& packets() { return packets_; }
  // Frames for which it is true are lost.
  std::function<bool(ByteView)> lose;

 private:
  struct InFlight {
    Time arrival;
    const Station* sender;
    Packet frame;
  };

  void Send(const Station& sender, InterfaceId, Packet frame) {
    const ByteView bytes = frame.bytes();
    seen_.push_back({now_, "", {bytes.begin(), bytes.end()}});
    if (lose && lose(bytes)) return;
    Deliver(&sender, std::move(frame));
  }

  void Deliver(const Station* sender, Packet frame) {
    in_flight_.push_back({now_ + kDelay, sender, std::move(frame)});
  }

  void Step() {
    while (!in_flight_.empty() && in_flight_.front().arrival <= now_) {
      const InFlight flight = std::move(in_flight_.front());
      in_flight_.erase(in_flight_.begin());
      const MacAddress destination = MacAddress::Load(flight.frame.bytes().data());
      for (const auto& station : stations_) {
        if (station.get() == flight.sender || !station->stack.running()) continue;
        const bool wanted = !destination.is_multicast() || destination.is_broadcast() ||
                            std::find(station->groups.begin(), station->groups.end(),
                                      destination) != station->groups.end();
        if (wanted) station->stack.Receive(now_, InterfaceId{0}, flight.frame);
      }
    }
    for (const auto& station : stations_) {
      if (station->stack.deadline() <= now_) station->stack.Advance(now_);
    }
  }

  PacketPool packets_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<InFlight> in_flight_;
  std::vector<Seen> seen_;
  Time now_;
};

}  // namespace dualsim::host
