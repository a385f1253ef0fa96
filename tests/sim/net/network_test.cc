#include "sim/net/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <new>
#include <string>
#include <utility>

#include "sim/engine/invariant.h"
#include "stack/base/random_stream.h"
#include "tests/sim/net/test_world.h"

namespace {
// Counts what the program takes from the heap.
size_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace dualsim::sim {
namespace {

// Sends each frame on by another card, to the next station, so that a frame goes
// round for ever. Writes every arrival into `log`.
class Forwarder final : public Receiver {
 public:
  Forwarder(Station& station, std::vector<std::string>* log) : station_(station), log_(log) {
    station.SetReceiver(this);
  }
  void Route(InterfaceId in, InterfaceId out, MacAddress to) { routes_.push_back({in, out, to}); }
  void Receive(Time now, InterfaceId interface, Packet frame) override {
    ++received;
    if (log_ != nullptr) {
      log_->push_back(std::to_string(now.nanoseconds()) + " " + station_.name() + " " +
                      std::to_string(frame.size()));
    }
    for (const Hop& route : routes_) {
      if (route.in != interface) continue;
      frame.MakeUnique();
      wire::EthernetHeader{route.to, station_.mac(route.out), wire::EtherType::kIpv6}.Store(
          frame.mutable_bytes().data());
      station_.Transmit(route.out, std::move(frame));
      return;
    }
  }
  uint64_t received = 0;

 private:
  struct Hop {
    InterfaceId in;
    InterfaceId out;
    MacAddress to;
  };
  Station& station_;
  std::vector<std::string>* log_;
  std::vector<Hop> routes_;
};

// A ring: a - p2p "wire" - b - LAN "lan" - a. With `others`, stations and links
// that have nothing to do with it.
NetworkDescription Ring(const LinkFaults& faults, bool others) {
  NetworkDescription description;
  description.links = {{"wire", LinkKind::kPointToPoint, {}, faults},
                       {"lan", LinkKind::kSwitched, {}, faults}};
  description.nodes = {{"a", {{"wire", Mac(1)}, {"lan", Mac(2)}}},
                       {"b", {{"wire", Mac(3)}, {"lan", Mac(4)}}}};
  if (others) {
    for (const char* name : {"0", "aa", "c", "zz"}) {
      description.nodes.push_back({name,
                                   {{"lan", Mac(100 + description.nodes.size())},
                                    {std::string("link of ") + name, Mac(200)}}});
      description.links.push_back({std::string("link of ") + name, LinkKind::kSwitched, {}, {}});
    }
  }
  return description;
}

struct RingWorld {
  RingWorld(const NetworkDescription& description, std::vector<std::string>* log)
      : network(9, description, observer),
        a(network.station(*network.FindNode("a")), log),
        b(network.station(*network.FindNode("b")), log) {
    b.Route(InterfaceId{0}, InterfaceId{1}, Mac(2));
    a.Route(InterfaceId{1}, InterfaceId{0}, Mac(3));
  }
  void Start(size_t frames) {
    for (size_t i = 0; i < frames; ++i) {
      network.InjectFromNode(*network.FindNode("a"), InterfaceId{0},
                             Frame(Mac(3), Mac(1), 100 + i));
    }
  }

  WorldObserver observer;
  Network network;
  Forwarder a;
  Forwarder b;
};

const LinkFaults kFaults{.loss = 1'000'000,
                         .duplicate = 1'100'000,
                         .reorder = 50'000'000,
                         .reorder_delay = Microseconds(30),
                         .jitter = Microseconds(10)};

std::vector<std::string> Arrivals(const NetworkDescription& description) {
  std::vector<std::string> log;
  RingWorld world(description, &log);
  world.Start(20);
  world.network.simulation().RunUntil(At(Milliseconds(5)));
  return log;
}

TEST(Network, TheOrderOfTheDescriptionChangesNothing) {
  NetworkDescription description = Ring(kFaults, true);
  const std::vector<std::string> expected = Arrivals(description);
  ASSERT_GT(expected.size(), 1000u);
  RandomStream random(1, "shuffle", "");
  for (int round = 0; round < 5; ++round) {
    for (size_t i = 1; i < description.nodes.size(); ++i) {
      std::swap(description.nodes[i], description.nodes[random.Below(i + 1)]);
    }
    for (size_t i = 1; i < description.links.size(); ++i) {
      std::swap(description.links[i], description.links[random.Below(i + 1)]);
    }
    EXPECT_EQ(Arrivals(description), expected);
  }
}

TEST(Network, StationsAndLinksThatDoNothingChangeNothingForTheOthers) {
  EXPECT_EQ(Arrivals(Ring(kFaults, true)), Arrivals(Ring(kFaults, false)));
}

TEST(Network, TheSeedDecidesWhatChanceDoes) {
  std::vector<std::vector<std::string>> logs;
  for (const uint64_t seed : {1, 1, 2}) {
    TestWorld world(OneLink(LinkKind::kPointToPoint, 2, {}, {.loss = 500'000'000}), seed);
    for (size_t i = 0; i < 64; ++i) world.Send("a", Frame(Mac(2), Mac(1), 100 + i));
    world.Run(Seconds(1));
    std::vector<std::string>& log = logs.emplace_back();
    for (const auto& frame : world.at("b").frames) log.push_back(std::to_string(frame.size()));
  }
  EXPECT_EQ(logs[0], logs[1]);
  EXPECT_NE(logs[0], logs[2]);
}

TEST(Network, NothingIsAllocatedPerFrame) {
  RingWorld world(Ring({}, true), nullptr);
  world.Start(100);
  world.network.simulation().RunUntil(At(Milliseconds(10)));
  const uint64_t received = world.a.received + world.b.received;
  const size_t buffers = world.network.packets().allocated();
  const size_t before = allocations;
  world.network.simulation().RunUntil(At(Milliseconds(200)));
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(world.network.packets().allocated(), buffers);
  EXPECT_GT(world.a.received + world.b.received, received + 200'000);
}

TEST(Network, NothingIsAllocatedPerFrameWithFaultsEither) {
  RingWorld world(Ring({.duplicate = 0,
                        .reorder = 50'000'000,
                        .reorder_delay = Microseconds(30),
                        .jitter = Microseconds(10),
                        .corrupt = 1,
                        .corrupted_bits = 4},
                       true),
                  nullptr);
  world.Start(50);
  world.network.simulation().RunUntil(At(Milliseconds(10)));
  const size_t before = allocations;
  world.network.simulation().RunUntil(At(Milliseconds(50)));
  EXPECT_EQ(allocations, before);
  EXPECT_GT(world.a.received, 5'000u);
}

TEST(Network, IdsFollowTheNames) {
  TestWorld world(Ring({}, true));
  EXPECT_EQ(world.network.node_count(), 6u);
  EXPECT_EQ(world.network.node_name(NodeId{0}), "0");
  EXPECT_EQ(world.network.node_name(NodeId{1}), "a");
  EXPECT_EQ(world.network.node_name(NodeId{5}), "zz");
  EXPECT_EQ(world.network.link_name(LinkId{0}), "lan");
  EXPECT_EQ(world.network.link_name(LinkId{5}), "wire");
  EXPECT_EQ(world.network.FindNode("lan"), std::nullopt);
  EXPECT_EQ(world.network.FindLink("a"), std::nullopt);
}

TEST(Network, FramesOnTheWayAtTheEndOfTheWorldAreGivenBack) {
  // The leak check of the sanitised build is what fails here.
  RingWorld world(Ring({}, false), nullptr);
  world.Start(3);
  world.network.simulation().RunUntil(At(Nanoseconds(1)));
  EXPECT_EQ(world.network.packets().in_use(), 3u);
}

TEST(Network, ADescriptionThatContradictsItselfIsAFaultOfOurs) {
  NetworkDescription twice = Ring({}, false);
  twice.nodes[1].name = "a";
  EXPECT_THROW(TestWorld{twice}, InvariantViolation);
  NetworkDescription shared = Ring({}, false);
  shared.nodes[1].name = "lan";
  EXPECT_THROW(TestWorld{shared}, InvariantViolation);
  NetworkDescription missing = Ring({}, false);
  missing.nodes[1].cards[0].link = "nothing";
  EXPECT_THROW(TestWorld{missing}, InvariantViolation);
}

TEST(Network, OnlyALanCanBeDivided) {
  TestWorld world(Ring({}, false));
  EXPECT_THROW(world.network.Partition(world.link("wire"), {{world.node("a")}}),
               InvariantViolation);
  world.network.Heal(world.link("wire"));
}

}  // namespace
}  // namespace dualsim::sim
