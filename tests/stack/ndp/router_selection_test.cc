#include "stack/ndp/router_selection.h"

#include <gtest/gtest.h>

#include <vector>

namespace dualsim::ndp {
namespace {

using enum RouterReachability;

Ipv6Address Router(uint64_t n) { return Ipv6Address::FromIntegers(0xfe80ull << 48, n); }

std::optional<Ipv6Address> Select(const std::vector<RouterCandidate>& candidates,
                                  std::optional<Ipv6Address> last = std::nullopt) {
  RouterSelection selection(last);
  for (const RouterCandidate& candidate : candidates) selection.Offer(candidate);
  const auto best = selection.best();
  if (!best) return std::nullopt;
  return best->router;
}

TEST(RouterSelection, OfNoneThereIsNone) { EXPECT_EQ(Select({}), std::nullopt); }

TEST(RouterSelection, TheOrderOfWhatCounts) {  // RFC 4191 §3.2, RFC 4861 §6.3.6
  const std::vector<RouterCandidate> kBestFirst = {
      {Router(1), 64, -1, kUnknown},
      {Router(2), 48, 1, kProbablyReachable},
      {Router(3), 48, 1, kUnknown},
      {Router(4), 48, 0, kProbablyReachable},
      {Router(5), 0, 2, kUnknown},
      {Router(6), 0, 1, kProbablyReachable},
      {Router(7), 0, 0, kProbablyReachable},
      {Router(8), 0, 0, kUnknown},
      {Router(9), 0, -1, kProbablyReachable},
      {Router(10), 128, 1, kUnreachable},
      {Router(11), 128, 0, kUnreachable},
      {Router(12), 0, 2, kUnreachable},
  };
  for (size_t a = 0; a < kBestFirst.size(); ++a) {
    for (size_t b = a + 1; b < kBestFirst.size(); ++b) {
      EXPECT_EQ(Select({kBestFirst[a], kBestFirst[b]}), kBestFirst[a].router) << a << " " << b;
      EXPECT_EQ(Select({kBestFirst[b], kBestFirst[a]}), kBestFirst[a].router) << a << " " << b;
    }
  }
}

TEST(RouterSelection, OfTwoOneIsPassedOverThatWouldGoFirstIfItWereReachable) {  // RFC 4191 §3.5
  const RouterCandidate chosen{Router(1), 48, 0, kProbablyReachable};
  for (const bool earlier : {true, false}) {
    EXPECT_TRUE(RouterSelection::WasPassedOver({Router(2), 48, 1, kUnreachable}, chosen, earlier));
    EXPECT_TRUE(RouterSelection::WasPassedOver({Router(2), 64, -1, kUnreachable}, chosen, earlier));
    EXPECT_EQ(RouterSelection::WasPassedOver({Router(2), 48, 0, kUnreachable}, chosen, earlier),
              earlier);
    EXPECT_FALSE(
        RouterSelection::WasPassedOver({Router(2), 48, -1, kUnreachable}, chosen, earlier));
    EXPECT_FALSE(RouterSelection::WasPassedOver({Router(2), 48, 0, kUnknown}, chosen, earlier));
  }
}

TEST(RouterSelection, OfReachableEqualsTheFirstIsKept) {
  const std::vector<RouterCandidate> candidates = {{Router(1), 0, 0, kProbablyReachable},
                                                   {Router(2), 0, 0, kProbablyReachable}};
  EXPECT_EQ(Select(candidates), Router(1));
  EXPECT_EQ(Select(candidates, Router(1)), Router(1));
  EXPECT_EQ(Select(candidates, Router(2)), Router(1));
}

TEST(RouterSelection, EqualsOfWhichNothingIsKnownTakeTurns) {  // RFC 4861 §6.3.6
  for (const RouterReachability reachability : {kUnknown, kUnreachable}) {
    const std::vector<RouterCandidate> candidates = {{Router(1), 0, 0, reachability},
                                                     {Router(9), 0, -1, reachability},
                                                     {Router(2), 0, 0, reachability},
                                                     {Router(3), 0, 0, reachability}};
    EXPECT_EQ(Select(candidates), Router(1));
    EXPECT_EQ(Select(candidates, Router(1)), Router(2));
    EXPECT_EQ(Select(candidates, Router(2)), Router(3));
    EXPECT_EQ(Select(candidates, Router(3)), Router(1));
    EXPECT_EQ(Select(candidates, Router(9)), Router(2)) << "whoever comes after it";
    EXPECT_EQ(Select(candidates, Router(77)), Router(1)) << "it left the list";
  }
}

TEST(RouterSelection, ABetterOneThatIsUnreachableWasPassedOver) {  // RFC 4191 §3.5
  const RouterCandidate better{Router(1), 48, 0, kUnreachable};
  const RouterCandidate preferred{Router(2), 0, 1, kUnreachable};
  const RouterCandidate chosen{Router(3), 0, 0, kProbablyReachable};
  const RouterCandidate equal{Router(4), 0, 0, kUnreachable};
  const RouterCandidate worse{Router(5), 0, -1, kUnreachable};
  RouterSelection selection(std::nullopt);
  for (const auto& candidate : {better, preferred, chosen, equal, worse}) {
    selection.Offer(candidate);
  }
  EXPECT_EQ(selection.best()->router, Router(3));
  EXPECT_TRUE(selection.WasPassedOver(better));
  EXPECT_TRUE(selection.WasPassedOver(preferred));
  EXPECT_FALSE(selection.WasPassedOver(chosen));
  EXPECT_FALSE(selection.WasPassedOver(equal));
  EXPECT_FALSE(selection.WasPassedOver(worse));
}

TEST(RouterSelection, WhereNoneIsReachableTheBestIsUsedAndTheOthersProbed) {  // §3.6
  const RouterCandidate best{Router(1), 48, 0, kUnreachable};
  const RouterCandidate other{Router(2), 0, 1, kUnreachable};
  RouterSelection selection(std::nullopt);
  selection.Offer(other);
  selection.Offer(best);
  EXPECT_EQ(selection.best()->router, Router(1));
  EXPECT_FALSE(selection.WasPassedOver(best));
  EXPECT_TRUE(selection.WasPassedOver(other));
}

}  // namespace
}  // namespace dualsim::ndp
