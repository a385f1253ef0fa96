#include "stack/ndp/redirect.h"

#include <gtest/gtest.h>

namespace dualsim::ndp {
namespace {

const Ipv6Address kRouter = *Ipv6Address::Parse("fe80::1");
const Ipv6Address kBetter = *Ipv6Address::Parse("fe80::2");
const Ipv6Address kFar = *Ipv6Address::Parse("2001:db8::1");
const wire::NdpContext kContext{kRouter, *Ipv6Address::Parse("fe80::a")};

wire::Redirect To(const Ipv6Address& target, const Ipv6Address& destination = kFar) {
  return {.target = target, .destination = destination, .options = {}};
}

TEST(Redirect, IsBelievedFromTheCurrentFirstHopAlone) {  // RFC 4861 §8.1
  EXPECT_EQ(CheckRedirect(kContext, To(kBetter), kRouter), std::nullopt);
  EXPECT_EQ(CheckRedirect(kContext, To(kFar), kRouter), std::nullopt);
  EXPECT_EQ(CheckRedirect(kContext, To(kBetter), kBetter), DropReason::REDIRECT_NOT_FIRST_HOP);
  EXPECT_EQ(CheckRedirect(kContext, To(kBetter), kFar), DropReason::REDIRECT_NOT_FIRST_HOP);
  EXPECT_EQ(CheckRedirect(kContext, To(kBetter), std::nullopt), DropReason::REDIRECT_NOT_FIRST_HOP);
}

TEST(Redirect, ANeighborIsNoRouterToItself) {  // RFC 4861 §8.1
  EXPECT_EQ(CheckRedirect(kContext, To(kBetter, kRouter), kRouter),
            DropReason::REDIRECT_NOT_FIRST_HOP);
  EXPECT_EQ(CheckRedirect(kContext, To(kRouter, kRouter), kRouter),
            DropReason::REDIRECT_NOT_FIRST_HOP);
}

TEST(Redirect, ATargetThatNobodyCanHaveIsRefused) {
  for (const Ipv6Address& nobody : {Ipv6Address(), Ipv6Address::Loopback()}) {
    EXPECT_EQ(CheckRedirect(kContext, To(nobody, nobody), kRouter),
              DropReason::REDIRECT_BAD_TARGET);
  }
}

TEST(Redirect, ATargetOtherThanTheDestinationIsARouter) {  // RFC 4861 §8.3
  EXPECT_EQ(IsRouterByRedirect(To(kBetter)), true);
  EXPECT_EQ(IsRouterByRedirect(To(kFar)), std::nullopt);
}

}  // namespace
}  // namespace dualsim::ndp
