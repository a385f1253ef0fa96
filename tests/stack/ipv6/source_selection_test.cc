#include "stack/ipv6/source_selection.h"

#include <gtest/gtest.h>

namespace dualsim::ipv6 {
namespace {

constexpr InterfaceId kOut{0};
constexpr InterfaceId kOther{1};

Ipv6Address A(std::string_view text) { return *Ipv6Address::Parse(text); }

struct Candidate {
  const char* address;
  bool deprecated = false;
  InterfaceId interface = kOut;
  int prefix_length = 64;
};

std::optional<Ipv6Address> Select(const char* destination,
                                  const std::vector<Candidate>& candidates) {
  SourceSelection selection(A(destination), kOut);
  for (const Candidate& candidate : candidates) {
    selection.Offer({.address = A(candidate.address),
                     .prefix_length = candidate.prefix_length,
                     .interface = candidate.interface,
                     .deprecated = candidate.deprecated});
  }
  return selection.best();
}

// The choice, whichever is offered first.
void ExpectChoice(const char* destination, const Candidate& chosen, const Candidate& other) {
  SCOPED_TRACE(destination);
  EXPECT_EQ(Select(destination, {chosen, other}), A(chosen.address));
  EXPECT_EQ(Select(destination, {other, chosen}), A(chosen.address));
}

// The examples of RFC 6724 §10.1, but for those of home and temporary addresses.
TEST(SourceSelection, TheExamplesOfTheRfc) {
  ExpectChoice("2001:db8:1::1", {"2001:db8:3::1"}, {"fe80::1"});
  ExpectChoice("ff05::1", {"2001:db8:3::1"}, {"fe80::1"});
  ExpectChoice("2001:db8:1::1", {"2001:db8:1::1", true}, {"2001:db8:2::1"});
  ExpectChoice("fe80::1", {"fe80::2", true}, {"2001:db8:1::1"});
  ExpectChoice("2001:db8:1::1", {"2001:db8:1::2"}, {"2001:db8:3::2"});
  ExpectChoice("2002:c633:6401::1", {"2002:c633:6401::d5e3:7953:13eb:22e8"}, {"2001:db8:1::2"});
}

TEST(SourceSelection, WithoutACandidateThereIsNone) {
  EXPECT_EQ(Select("2001:db8::1", {}), std::nullopt);
}

TEST(SourceSelection, GroupsAndLinkLocalDestinationsTakeAddressesOfTheirLink) {  // §4
  for (const char* destination : {"fe80::1", "ff02::1", "ff05::1", "ff0e::1"}) {
    EXPECT_EQ(Select(destination, {{"2001:db8::2", false, kOther}}), std::nullopt) << destination;
    EXPECT_EQ(Select(destination, {{"2001:db8::2", false, kOther}, {"2001:db8:1::2"}}),
              A("2001:db8:1::2"));
  }
}

TEST(SourceSelection, ALinkLocalSourceStaysOnItsLink) {
  EXPECT_EQ(Select("2001:db8::1", {{"fe80::2", false, kOther}}), std::nullopt);
  EXPECT_EQ(Select("2001:db8::1", {{"fe80::2"}}), A("fe80::2"));
  EXPECT_EQ(Select("2001:db8::1", {{"2001:db8:9::2", false, kOther}}), A("2001:db8:9::2"));
}

TEST(SourceSelection, GroupsAndNobodyAreNoCandidates) {  // §4
  EXPECT_EQ(Select("2001:db8::1", {{"::"}, {"ff02::1"}}), std::nullopt);
}

TEST(SourceSelection, Rule2PrefersTheSmallestScopeThatSuffices) {
  ExpectChoice("fec0::1", {"fec0::2"}, {"fe80::2"});
  ExpectChoice("fec0::1", {"fec0::2"}, {"2001:db8::2"});
  ExpectChoice("fe80::1", {"fe80::2"}, {"fec0::2"});
  ExpectChoice("2001:db8::1", {"2001:db8:9::2"}, {"fec0::2"});
  ExpectChoice("ff02::1", {"fe80::2"}, {"2001:db8::2"});
  ExpectChoice("ff0e::1", {"2001:db8::2"}, {"fe80::2"});
  ExpectChoice("ff01::1", {"fe80::2"}, {"2001:db8::2"});
}

TEST(SourceSelection, Rule3AvoidsDeprecatedAddresses) {
  ExpectChoice("2001:db8:1::1", {"2001:db8:2::2"}, {"2001:db8:1::2", true});
}

TEST(SourceSelection, Rule5PrefersTheOutgoingInterface) {
  ExpectChoice("2001:db8:1::1", {"2001:db8:2::2"}, {"2001:db8:1::2", false, kOther});
}

TEST(SourceSelection, Rule6PrefersTheSameLabel) {
  ExpectChoice("2001:db8:1::1", {"2001:db8:9::2"}, {"2002:c633:6401::2"});
  ExpectChoice("fc00::1", {"fd00::2"}, {"2001:db8::2"});
  ExpectChoice("2001::1", {"2001:0:1::2"}, {"2001:db8::2"});
}

TEST(SourceSelection, Rule8LooksNoFurtherThanTheCandidatesPrefix) {  // §2.2
  // 126 bits in common with one and 64 with the other, of which 64 count.
  EXPECT_EQ(Select("2001:db8:1::1", {{"2001:db8:1::100"}, {"2001:db8:1::2"}}), A("2001:db8:1::100"))
      << "of equals the first";
  ExpectChoice("2001:db8:1::1", {"2001:db8:1::2", false, kOut, 128}, {"2001:db8:1::100"});
}

TEST(SourceSelection, Rule55PrefersPrefixesOfTheNextHop) {
  const SourceCandidate ours{.address = A("2001:db8:1::2"), .advertised_by_next_hop = true};
  const SourceCandidate other{.address = A("2001:db8:2::2")};
  for (const bool ours_first : {true, false}) {
    SourceSelection selection(A("2001:db8:2::1"), kOut);
    selection.Offer(ours_first ? ours : other);
    selection.Offer(ours_first ? other : ours);
    EXPECT_EQ(selection.best(), ours.address) << "before the longest prefix in common";
  }
}

TEST(SourceSelection, Rule7PrefersTemporaryAddresses) {  // The last example of §10.1.
  const SourceCandidate temporary{.address = A("2001:db8:1::d5e3:0:0:1"), .temporary = true};
  const SourceCandidate stable{.address = A("2001:db8:1::2")};
  const SourceCandidate deprecated{
      .address = A("2001:db8:1::3"), .deprecated = true, .temporary = true};
  SourceSelection selection(A("2001:db8:1::3fff"), kOut);
  selection.Offer(deprecated);
  selection.Offer(stable);
  EXPECT_EQ(selection.best(), stable.address) << "rule 3 comes first";
  selection.Offer(temporary);
  EXPECT_EQ(selection.best(), temporary.address);
}

}  // namespace
}  // namespace dualsim::ipv6
