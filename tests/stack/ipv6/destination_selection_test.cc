#include "stack/ipv6/destination_selection.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dualsim::ipv6 {
namespace {

struct Row {
  const char* destination;
  const char* source;  // "" for none.
  bool deprecated = false;
  bool encapsulated = false;
  int prefix_length = 64;
};

DestinationCandidate Candidate(const Row& row) {
  return {.destination = *IpAddress::Parse(row.destination),
          .source = IpAddress::Parse(row.source),
          .source_prefix_length = row.prefix_length,
          .source_deprecated = row.deprecated,
          .encapsulated = row.encapsulated};
}

std::vector<std::string> Sorted(const std::vector<Row>& rows) {
  std::vector<DestinationCandidate> candidates;
  for (const Row& row : rows) candidates.push_back(Candidate(row));
  SortDestinations(candidates);
  std::vector<std::string> result;
  for (const DestinationCandidate& c : candidates) result.push_back(c.destination.ToString());
  return result;
}

// The order, whichever comes first.
void ExpectOrder(const Row& first, const Row& second) {
  const std::vector<std::string> order = {first.destination, second.destination};
  EXPECT_EQ(Sorted({first, second}), order);
  EXPECT_EQ(Sorted({second, first}), order);
}

// The examples of RFC 6724 §10.2 in their order, with the sources given there;
// but for that of home addresses.

TEST(DestinationSelection, PrefersMatchingScope) {
  ExpectOrder({"2001:db8:1::1", "2001:db8:1::2"}, {"198.51.100.121", "169.254.13.78"});
  ExpectOrder({"198.51.100.121", "198.51.100.117"}, {"2001:db8:1::1", "fe80::1"});
}

TEST(DestinationSelection, PrefersHigherPrecedence) {
  ExpectOrder({"2001:db8:1::1", "2001:db8:1::2"}, {"10.1.2.3", "10.1.2.4"});
  ExpectOrder({"2001:db8:1::1", "2001:db8:1::2"}, {"2002:c633:6401::1", "2002:c633:6401::2"});
}

TEST(DestinationSelection, PrefersSmallerScope) {
  ExpectOrder({"fe80::1", "fe80::2"}, {"2001:db8:1::1", "2001:db8:1::2"});
}

TEST(DestinationSelection, AvoidsDeprecatedSources) {
  ExpectOrder({"2001:db8:1::1", "2001:db8:1::2"}, {"fe80::1", "fe80::2", true});
}

TEST(DestinationSelection, UsesTheLongestMatchingPrefix) {
  ExpectOrder({"2001:db8:1::1", "2001:db8:1::2"}, {"2001:db8:3ffe::1", "2001:db8:3f44::2"});
}

TEST(DestinationSelection, PrefersMatchingLabel) {
  ExpectOrder({"2002:c633:6401::1", "2002:c633:6401::2"}, {"2001:db8:1::1", "2002:c633:6401::2"});
}

// The rules that the examples do not show.

TEST(DestinationSelection, AvoidsUnusableDestinations) {  // Rule 1
  ExpectOrder({"198.51.100.121", "198.51.100.117"}, {"2001:db8:1::1", ""});
  EXPECT_EQ(Sorted({{"3ffe::1", ""}, {"2001:db8:1::1", ""}}),
            (std::vector<std::string>{"2001:db8:1::1", "3ffe::1"}))
      << "those without a source still have a precedence";
}

TEST(DestinationSelection, PrefersNativeTransport) {  // Rule 7
  ExpectOrder({"2001:db8:2::1", "2001:db8:9::2"}, {"2001:db8:1::1", "2001:db8:1::2", false, true});
}

TEST(DestinationSelection, ThePrefixInCommonEndsWithTheSources) {  // §2.2
  EXPECT_EQ(Sorted({{"2001:db8:1::ff00", "2001:db8:1::2"}, {"2001:db8:1::3", "2001:db8:1::2"}}),
            (std::vector<std::string>{"2001:db8:1::ff00", "2001:db8:1::3"}));
}

TEST(DestinationSelection, OtherwiseTheOrderStays) {  // Rule 10
  EXPECT_EQ(Sorted({{"198.51.100.9", "10.0.0.1"},
                    {"2001:db8::9", "2001:db8::2"},
                    {"10.0.0.3", "10.0.0.1"},
                    {"2001:db8::3", "2001:db8::2"}}),
            (std::vector<std::string>{"2001:db8::9", "2001:db8::3", "198.51.100.9", "10.0.0.3"}))
      << "rule 9 does not compare IPv4 destinations";
}

}  // namespace
}  // namespace dualsim::ipv6
