// Neighbour discovery under long random sequences of whatever may happen to it.

#include <gtest/gtest.h>

#include "stack/base/random_stream.h"
#include "stack/ndp/neighbor_discovery.h"
#include "tests/stack/ndp/discovery_for_test.h"

namespace dualsim::ndp {
namespace {

// Few values of each kind, so that what happens meets what happened before.
class Monkey {
 public:
  explicit Monkey(uint64_t seed)
      : random_(seed, "monkey", "test"),
        test_(
            {
                .dup_addr_detect_transmits = static_cast<int>(random_.Below(4)),
                .addresses = {{A("2001:db8::42"), 64}},
                .gateway = random_.Below(2) == 0 ? std::optional(kRouter) : std::nullopt,
            },
            seed) {
    test_.discovery.Start(test_.now);
  }

  void Step() {
    switch (random_.Below(20)) {
      case 0:
        if (!test_.discovery.disabled() && random_.Below(10) > 0) break;
        test_.discovery.Start(test_.now);
        started_ = true;
        break;
      case 1:
        if (random_.Below(10) > 0) break;
        test_.discovery.Stop(test_.now);
        started_ = false;
        break;
      case 2:
        test_.discovery.AddStaticAddress(test_.now, {Address(), Length()});
        break;
      case 3:
        test_.discovery.RemoveAddress(test_.now, Address());
        break;
      case 4:
      case 5:
        Advertise();
        break;
      case 6:
      case 7:
        Solicit();
        break;
      case 8:
      case 9:
        Answer();
        break;
      case 10:
        Redirect();
        break;
      case 11:
      case 12:
        test_.SendTo(Address(), 1);
        break;
      case 13:
        test_.discovery.SelectRouter(test_.now, Address());
        break;
      case 14:
        test_.discovery.neighbors().ConfirmReachability(test_.now, Address());
        break;
      default:
        test_.Run(random_.Below(3) == 0 ? Seconds(static_cast<int64_t>(random_.Below(100)))
                                        : Milliseconds(static_cast<int64_t>(random_.Below(2000))));
    }
    Check();
  }

 private:
  Ipv6Address Address() {
    const uint64_t low = random_.Below(12) == 0 ? 0x00ff'fe00'000a : random_.Below(8);
    switch (random_.Below(3)) {
      case 0:
        return Ipv6Address::FromIntegers(0xfe80ull << 48, low);
      case 1:
        return Ipv6Address::FromIntegers(0x2001'0db8'0000'0000, low);
      default:
        return Ipv6Address::FromIntegers(0x2001'0db8'0000'0000 + random_.Below(40), low);
    }
  }
  Ipv6Address LinkLocal() { return Ipv6Address::FromIntegers(0xfe80ull << 48, random_.Below(24)); }
  MacAddress Mac() { return MacAddress::FromInteger(0x02'00'00'00'00'00 + random_.Below(4)); }
  std::optional<MacAddress> MaybeMac() {
    if (random_.Below(2) == 0) return std::nullopt;
    return Mac();
  }
  int Length() { return static_cast<int>(random_.Below(4) == 0 ? random_.Below(129) : 64); }
  Duration Lifetime() {
    switch (random_.Below(5)) {
      case 0:
        return Duration();
      case 1:
        return Duration::Infinite();
      case 2:
        return Seconds(7200);
      default:
        return Seconds(static_cast<int64_t>(random_.Below(200)));
    }
  }
  bool Coin() { return random_.Below(2) == 0; }

  void Advertise() {
    wire::RouterAdvertisement message{.options = {}};
    message.cur_hop_limit = static_cast<uint8_t>(random_.Below(256));
    message.preference =
        static_cast<wire::RouterPreference>(static_cast<int>(random_.Below(3)) - 1);
    message.router_lifetime = Seconds(static_cast<int64_t>(random_.Below(3) * random_.Below(200)));
    message.reachable_time = Milliseconds(static_cast<int64_t>(random_.Below(3) * 10'000));
    message.retrans_timer = Milliseconds(static_cast<int64_t>(random_.Below(3) * 700));
    message.options.source_link_layer_address = MaybeMac();
    if (Coin()) message.options.mtu = static_cast<uint32_t>(random_.Below(3000));
    for (uint64_t i = random_.Below(4); i > 0; --i) {
      message.options.prefixes.push_back(
          {.prefix = Address(),
           .prefix_length = static_cast<uint8_t>(random_.Below(8) == 0 ? random_.Below(256) : 64),
           .on_link = Coin(),
           .autonomous = Coin(),
           .valid_lifetime = Lifetime(),
           .preferred_lifetime = Lifetime()});
    }
    for (uint64_t i = random_.Below(3); i > 0; --i) {
      message.options.routes.push_back({.prefix = Ipv6Prefix(Address(), Length()),
                                        .preference = message.preference,
                                        .lifetime = Lifetime()});
    }
    if (Coin()) {
      message.options.dns_servers.push_back({.lifetime = Lifetime(), .addresses = {Address()}});
      message.options.pref64s.push_back(
          {.prefix = Ipv6Prefix(Address(), 96), .lifetime = Lifetime()});
    }
    test_.Receive(message, {LinkLocal(), Coin() ? Ipv6Address::AllNodes() : kOurLinkLocal});
  }

  void Solicit() {
    wire::NeighborSolicitation message{.target = Address(), .options = {}};
    if (Coin()) {
      if (Coin() && !test_.sent.empty()) {
        message.options.nonce = test_.sent.back().solicitation.options.nonce;
      }
      test_.Receive(message, {Ipv6Address(), message.target.SolicitedNode()});
    } else {
      message.options.source_link_layer_address = MaybeMac();
      test_.Receive(message, {Address(), message.target.SolicitedNode()});
    }
  }

  void Answer() {
    wire::NeighborAdvertisement message{.router = Coin(),
                                        .solicited = Coin(),
                                        .override_flag = Coin(),
                                        .target = Address(),
                                        .options = {}};
    message.options.target_link_layer_address = MaybeMac();
    test_.Receive(message);
  }

  void Redirect() {
    wire::Redirect message{.target = LinkLocal(), .destination = Address(), .options = {}};
    if (Coin()) message.target = message.destination;
    message.options.target_link_layer_address = MaybeMac();
    const Ipv6Address from = LinkLocal();
    const auto result = test_.discovery.OnRedirect(test_.now, {from, kOurLinkLocal}, message, from);
    if (result) {
      EXPECT_EQ(*result, message.target);
    }
  }

  void Check() {
    const NeighborDiscovery& discovery = test_.discovery;
    ASSERT_GE(discovery.deadline(), test_.now);
    if (!started_) {
      ASSERT_EQ(discovery.deadline(), Time::Never());
      ASSERT_EQ(test_.packets.in_use(), 0u);
    }
    // What was told is what is.
    ASSERT_EQ(test_.default_routers.size(), discovery.default_routers().entries().size());
    for (const auto& entry : discovery.default_routers().entries()) {
      ASSERT_EQ(test_.default_routers.at(entry.address), entry.until);
    }
    ASSERT_EQ(test_.prefixes.size(), discovery.prefixes().entries().size());
    for (const auto& entry : discovery.prefixes().entries()) {
      ASSERT_EQ(test_.prefixes.at(entry.prefix), entry.until());
    }
    std::map<Ipv6Address, int> groups;
    for (const InterfaceAddress& address : discovery.addresses().entries()) {
      ASSERT_EQ(test_.told.at(address.address).back().second, address.state);
      ASSERT_EQ(address.dad != nullptr, address.state == AddressState::kTentative);
      if (address.state != AddressState::kDuplicate) ++groups[address.address.SolicitedNode()];
      ASSERT_GT(address.valid_until, test_.now - Nanoseconds(1));
    }
    if (started_) groups[Ipv6Address::AllNodes()] = 1;
    ASSERT_EQ(test_.heard_groups, groups);
    test_.sent.resize(std::min<size_t>(test_.sent.size(), 1));
    test_.transmitted.clear();
    test_.lost.clear();
    test_.logs.clear();
    for (auto& [address, told] : test_.told) told.erase(told.begin(), told.end() - 1);
  }

  RandomStream random_;
  DiscoveryForTest test_;
  bool started_ = true;
};

TEST(DiscoveryRandom, WhatIsToldIsWhatIs) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    Monkey monkey(seed);
    for (int step = 0; step < 1500; ++step) {
      monkey.Step();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace dualsim::ndp
