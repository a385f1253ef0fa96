#include "sim/net/node.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "sim/net/network.h"
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

using std::to_string;

// Writes what nodes tell into lines: "1.5s 0 LINK_LOCAL PREFERRED".
class Log final : public WorldObserver {
 public:
  void OnFrame(Time, const FrameEvent&) override { ++frames; }
  void OnFrameLoss(Time, const FrameLossEvent& event) override { losses.push_back(event.reason); }
  void OnLifecycle(Time now, NodeId node, Lifecycle what) override {
    static constexpr const char* kNames[] = {"boot", "shut down", "crash"};
    Add(now, node, kNames[static_cast<size_t>(what)]);
  }
  void OnAddress(Time now, NodeId node, const AddressFact& fact) override {
    Add(now, node,
        std::string(AddressOriginName(fact.origin)) + " " +
            std::string(AddressStateName(fact.state)));
  }
  void OnEcho(Time, NodeId node, const EchoFact& fact) override {
    if (node == NodeId{0} && fact.reply) ++replies;
  }

  bool Has(NodeId node, std::string_view what) const {
    const std::string end = to_string(static_cast<uint32_t>(node)) + " " + std::string(what);
    for (const std::string& line : lines) {
      if (line.ends_with(end)) return true;
    }
    return false;
  }

  std::vector<std::string> lines;
  std::vector<DropReason> losses;
  size_t frames = 0;
  size_t replies = 0;

 private:
  void Add(Time now, NodeId node, const std::string& what) {
    lines.push_back(to_string(now.nanoseconds()) + " " + to_string(static_cast<uint32_t>(node)) +
                    " " + what);
  }
};

// Hosts "a", "b" and so on with real stacks on one LAN "link".
class Hosts {
 public:
  explicit Hosts(size_t count) : network(1, OneLink(LinkKind::kSwitched, count), log) {
    for (size_t i = 0; i < count; ++i) {
      host::StackConfig config;
      config.name = std::string(1, static_cast<char>('a' + i));
      config.interfaces.push_back({.name = "lan0", .mac = Mac(i + 1)});
      nodes.push_back(
          std::make_unique<Node>(network, NodeId{static_cast<uint32_t>(i)}, std::move(config)));
    }
  }
  void Run(Duration duration) { network.simulation().RunUntil(network.now() + duration); }
  void Ping(size_t from, size_t to, uint16_t sequence) {
    nodes[from]->WithStack([&](host::Stack& stack, Time now) {
      host::Stack::EchoRequest request;
      request.destination =
          Ipv6Address::FromIntegers(0xfe80'0000'0000'0000, Eui64InterfaceIdentifier(Mac(to + 1)));
      request.interface = InterfaceId{0};
      request.sequence = sequence;
      EXPECT_EQ(stack.SendEchoRequest(now, request), std::nullopt);
    });
  }
  LinkId link() const { return LinkId{0}; }

  Log log;
  Network network;
  std::vector<std::unique_ptr<Node>> nodes;
};

TEST(Node, IsOffUntilItBootsAndThenFindsItsAddress) {
  Hosts hosts(2);
  hosts.Run(Seconds(5));
  EXPECT_TRUE(hosts.log.lines.empty());
  EXPECT_EQ(hosts.log.frames, 0u);
  EXPECT_TRUE(hosts.nodes[1]->Boot());
  EXPECT_TRUE(hosts.nodes[1]->running());
  hosts.Run(Seconds(5));
  EXPECT_EQ(hosts.log.lines.front(), "5000000000 1 boot");
  EXPECT_TRUE(hosts.log.Has(NodeId{1}, "LINK_LOCAL PREFERRED"));
  EXPECT_FALSE(hosts.nodes[0]->running());
}

TEST(Node, TellsEachChangeOfItsLifeOnce) {
  Hosts hosts(1);
  Node& node = *hosts.nodes[0];
  EXPECT_FALSE(node.ShutDown());
  EXPECT_FALSE(node.Crash());
  EXPECT_TRUE(node.Boot());
  EXPECT_FALSE(node.Boot());
  EXPECT_TRUE(node.ShutDown());
  EXPECT_TRUE(node.Boot());
  EXPECT_TRUE(node.Crash());
  std::vector<std::string> lifecycle;
  for (const std::string& line : hosts.log.lines) {
    if (line.find("LINK_LOCAL") == std::string::npos) lifecycle.push_back(line);
  }
  EXPECT_EQ(lifecycle,
            (std::vector<std::string>{"0 0 boot", "0 0 shut down", "0 0 boot", "0 0 crash"}));
}

TEST(Node, ANodeThatCrashedAnswersNothingAndAsksForNoTime) {
  Hosts hosts(2);
  for (auto& node : hosts.nodes) node->Boot();
  hosts.Run(Seconds(5));
  hosts.Ping(0, 1, 1);
  hosts.Run(Seconds(1));
  EXPECT_EQ(hosts.log.replies, 1u);
  hosts.nodes[1]->Crash();
  hosts.Ping(0, 1, 2);
  hosts.Run(Seconds(1));
  EXPECT_EQ(hosts.log.replies, 1u);
  ASSERT_FALSE(hosts.log.losses.empty());
  EXPECT_EQ(hosts.log.losses.front(), DropReason::RECEIVER_OFF);
  hosts.nodes[0]->Crash();
  EXPECT_TRUE(hosts.network.simulation().quiet());
}

TEST(Node, ACarrierThatReturnsStartsDuplicateAddressDetectionAnew) {
  Hosts hosts(1);
  hosts.nodes[0]->Boot();
  hosts.Run(Seconds(5));
  hosts.log.lines.clear();
  hosts.network.SetLinkUp(hosts.link(), false);
  hosts.Run(Seconds(5));
  EXPECT_FALSE(hosts.log.Has(NodeId{0}, "LINK_LOCAL PREFERRED"));
  hosts.network.SetLinkUp(hosts.link(), true);
  hosts.Run(Seconds(5));
  EXPECT_TRUE(hosts.log.Has(NodeId{0}, "LINK_LOCAL TENTATIVE"));
  EXPECT_TRUE(hosts.log.Has(NodeId{0}, "LINK_LOCAL PREFERRED"));
}

TEST(Node, BootedOnALinkThatIsDownItWaitsForTheCarrier) {
  Hosts hosts(1);
  hosts.network.SetLinkUp(hosts.link(), false);
  hosts.nodes[0]->Boot();
  hosts.Run(Seconds(5));
  EXPECT_FALSE(hosts.log.Has(NodeId{0}, "LINK_LOCAL PREFERRED"));
  hosts.network.SetLinkUp(hosts.link(), true);
  hosts.Run(Seconds(5));
  EXPECT_TRUE(hosts.log.Has(NodeId{0}, "LINK_LOCAL PREFERRED"));
}

TEST(Node, ANodeThatIsNeverBootedChangesNothingForTheOthers) {
  const auto run = [](size_t count) {
    Hosts hosts(count);
    for (size_t i = 0; i < 3; ++i) hosts.nodes[i]->Boot();
    hosts.Run(Seconds(20));
    return hosts.log.lines;
  };
  EXPECT_EQ(run(3), run(5));
}

TEST(Node, APingBetweenStacksAllocatesNothing) {
  Hosts hosts(2);
  for (auto& node : hosts.nodes) node->Boot();
  hosts.Run(Seconds(5));
  uint16_t sequence = 0;
  const auto ping = [&](int count) {
    for (int i = 0; i < count; ++i) {
      hosts.Ping(0, 1, ++sequence);
      hosts.Run(Milliseconds(1));
    }
  };
  ping(1000);
  const size_t before = allocations;
  ping(5000);
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(hosts.log.replies, 6000u);
}

}  // namespace
}  // namespace dualsim::sim
