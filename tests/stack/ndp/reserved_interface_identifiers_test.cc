#include "stack/ndp/reserved_interface_identifiers.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

TEST(ReservedInterfaceIdentifiers, TheRangesOfRfc5453) {
  constexpr uint64_t kReserved[] = {0,
                                    0x02005efffe000000,
                                    0x02005efffe005213,
                                    0x02005efffeffffff,
                                    0xfdffffffffffff80,
                                    0xfdffffffffffffff};
  for (const uint64_t reserved : kReserved) {
    EXPECT_TRUE(IsReservedInterfaceIdentifier(reserved)) << std::hex << reserved;
  }
}

TEST(ReservedInterfaceIdentifiers, TheirNeighboursAreFree) {
  constexpr uint64_t kFree[] = {1,
                                0x02005efffdffffff,
                                0x02005effff000000,
                                0xfdffffffffffff7f,
                                0xfe00000000000000,
                                0xffffffffffffffff};
  for (const uint64_t free : kFree) {
    EXPECT_FALSE(IsReservedInterfaceIdentifier(free)) << std::hex << free;
  }
}

}  // namespace
}  // namespace dualsim::ndp
