#include "stack/ipv6/flow_label.h"

#include <gtest/gtest.h>

#include <set>

namespace dualsim::ipv6 {
namespace {

const FlowKey kFlow{.source = *Ipv6Address::Parse("2001:db8::1"),
                    .destination = *Ipv6Address::Parse("2001:db8::2"),
                    .next_header = wire::NextHeader::kIcmpv6,
                    .source_port = 7};

TEST(FlowLabel, IsTheSameForEveryPacketOfAFlow) {
  EXPECT_EQ(FlowLabel(kFlow, 42), FlowLabel(kFlow, 42));
}

TEST(FlowLabel, CantBeToldWithoutTheSecret) {
  EXPECT_NE(FlowLabel(kFlow, 42), FlowLabel(kFlow, 43));
}

TEST(FlowLabel, DiffersBetweenFlowsHasTwentyBitsAndIsNeverZero) {
  std::set<uint32_t> labels;
  FlowKey key = kFlow;
  for (uint16_t port = 0; port < 1000; ++port) {
    key.destination_port = port;
    const uint32_t label = FlowLabel(key, 42);
    EXPECT_GT(label, 0u);
    EXPECT_LT(label, 1u << 20);
    labels.insert(label);
  }
  EXPECT_GT(labels.size(), 990u) << "of 2^20 labels a thousand draws meet now and then";
}

}  // namespace
}  // namespace dualsim::ipv6
