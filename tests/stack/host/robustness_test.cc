// Whole stacks under frames that no honest peer sends: bytes changed, cut off,
// put together anew. Whatever comes, a stack goes on and serves its neighbours.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/host/stack.h"
#include "stack/wire/ethernet.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/ndp.h"
#include "tests/stack/host/icmpv6_frame.h"
#include "tests/stack/host/test_link.h"

namespace dualsim::host {
namespace {

constexpr Time At(int64_t seconds) { return Time() + Seconds(seconds); }
constexpr size_t kIpv6 = 14;
constexpr size_t kUpper = 54;

StackConfig Member(const std::string& name, uint8_t number, bool router) {
  InterfaceConfig interface;
  interface.name = "eth0";
  interface.mac = MacAddress({2, 0, 0, 0, 0, number});
  if (router) {
    const auto cidr = *Ipv6Cidr::Parse("2001:db8:1::1/64");
    interface.ipv6_addresses.push_back(cidr);
    interface.advertise.emplace();
    interface.advertise->prefixes.push_back({.prefix = cidr.prefix()});
  }
  StackConfig config;
  config.name = name;
  config.forwarding = router;
  config.interfaces.push_back(interface);
  return config;
}

using Frame = std::vector<uint8_t>;

// What honest nodes sent, to be made dishonest.
class Mutator {
 public:
  Mutator(const std::vector<TestLink::Seen>& corpus, uint64_t seed)
      : corpus_(corpus), random_(seed, "mutator", "") {}

  Frame Next() {
    Frame frame = corpus_[random_.Below(corpus_.size())].frame;
    for (uint64_t i = random_.Below(6); i > 0; --i) Mutate(frame);
    if (random_.Below(4) != 0) MendChecksum(frame);
    return frame;
  }

 private:
  void Mutate(Frame& frame) {
    if (frame.empty()) return;
    const size_t at = random_.Below(frame.size());
    switch (random_.Below(5)) {
      case 0:
        frame[at] = static_cast<uint8_t>(random_());
        break;
      case 1:
        frame[at] ^= static_cast<uint8_t>(1u << random_.Below(8));
        break;
      case 2:
        frame.resize(at);
        break;
      case 3: {  // Repeats a part of itself: options, headers.
        const size_t length = random_.Below(frame.size() - at + 1);
        const Frame part(frame.begin() + static_cast<ptrdiff_t>(at),
                         frame.begin() + static_cast<ptrdiff_t>(at + length));
        frame.insert(frame.end(), part.begin(), part.end());
        break;
      }
      default:  // Another header first.
        if (frame.size() > kIpv6 + 6) {
          constexpr uint8_t kHeaders[] = {0, 43, 44, 58, 59, 60};
          frame[kIpv6 + 6] = kHeaders[random_.Below(6)];
        }
        break;
    }
  }

  // So that mutants get past the checks that stop most of them.
  static void MendChecksum(Frame& frame) {
    if (frame.size() < kUpper + 4) return;
    const size_t payload = std::min<size_t>(frame.size() - kUpper, 0xffff);
    StoreBig16(frame.data() + kIpv6 + 4, static_cast<uint16_t>(payload));
    if (frame[kIpv6 + 6] != 58) return;
    StoreBig16(frame.data() + kUpper + 2, 0);
    wire::StoreIcmpv6Checksum(MutableByteView(frame).subspan(kUpper, payload),
                              Ipv6Address::Load(frame.data() + kIpv6 + 8),
                              Ipv6Address::Load(frame.data() + kIpv6 + 24));
  }

  const std::vector<TestLink::Seen>& corpus_;
  RandomStream random_;
};

class Robustness : public testing::TestWithParam<uint64_t> {};

TEST_P(Robustness, AStackOutlivesFramesThatNoHonestPeerSends) {
  TestLink honest;
  honest.Add(Member("router", 1, true)).stack.Boot(At(0));
  auto& pinger = honest.Add(Member("a", 10, false));
  pinger.stack.Boot(At(0));
  honest.RunUntil(At(5));
  pinger.stack.SendEchoRequest(At(5), {.destination = *Ipv6Address::Parse("2001:db8:1::1")});
  pinger.stack.SendEchoRequest(At(5), {.destination = *Ipv6Address::Parse("2001:db8:9::1")});
  honest.RunUntil(At(6));
  pinger.stack.SendEchoRequest(
      At(6), {.destination = *Ipv6Address::Parse("2001:db8:1::1"), .data_size = 3000});
  honest.RunUntil(At(7));

  TestLink link;
  auto& router = link.Add(Member("router", 1, true), GetParam());
  auto& host = link.Add(Member("a", 10, false), GetParam());
  router.stack.Boot(At(0));
  host.stack.Boot(At(0));
  link.RunUntil(At(3));  // Before that a forged probe rightly takes an address away.
  Mutator mutator(honest.seen(), GetParam());
  for (int i = 0; i < 5000; ++i) {
    link.Inject(mutator.Next());
    link.RunUntil(link.now() + Milliseconds(2));
    link.ForgetSeen();
  }
  // Packets that wait for neighbours and fragments that wait for others are few.
  EXPECT_LT(link.packets().in_use(), 2000u);

  // The network settles, and an honest newcomer is served.
  link.RunUntil(link.now() + Seconds(120));
  auto& newcomer = link.Add(Member("b", 11, false), GetParam());
  newcomer.stack.Boot(link.now());
  link.RunUntil(link.now() + Seconds(5));
  newcomer.stack.SendEchoRequest(
      link.now(), {.destination = *Ipv6Address::Parse("fe80::ff:fe00:1"), .identifier = 99});
  link.RunUntil(link.now() + Seconds(2));
  ASSERT_FALSE(newcomer.echoes.empty());
  EXPECT_TRUE(newcomer.echoes.back().reply);
}

// Of a thousand such frames within a second the log tells some, and goes on to.
void ExpectFewLines(const Frame& frame) {
  TestLink link;
  auto& host = link.Add(Host("a", 1));
  host.stack.Boot(At(0));
  link.RunUntil(At(3));
  for (int i = 0; i < 1000; ++i) {
    link.Inject(frame);
    link.RunUntil(link.now() + Milliseconds(1));
  }
  EXPECT_GE(host.log.size(), 20u);
  EXPECT_LE(host.log.size(), 21u);
  link.RunUntil(link.now() + Seconds(2));
  link.Inject(frame);
  link.RunUntil(link.now() + Seconds(1));
  EXPECT_GE(host.log.size(), 21u) << "and it goes on to be told";
}

TEST(RobustnessOfTheLog, AFloodOfConflictsIsNoneOfLines) {
  const MacAddress forger({2, 0, 0, 0, 0, 9});
  Icmpv6Route route{.from = forger,
                    .to = MacAddress::ForGroup(Ipv6Address::AllNodes()),
                    .source = LinkLocal(9),
                    .destination = Ipv6Address::AllNodes()};
  wire::NeighborAdvertisement claim{.override_flag = true, .target = LinkLocal(1), .options = {}};
  claim.options.target_link_layer_address = forger;
  ExpectFewLines(Icmpv6Frame(route, claim));
  route.source = LinkLocal(1);
  ExpectFewLines(Icmpv6Frame(
      route, wire::RouterAdvertisement{.router_lifetime = Seconds(1800), .options = {}}));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Robustness, testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace dualsim::host
