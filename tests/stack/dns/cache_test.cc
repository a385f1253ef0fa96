#include "stack/dns/cache.h"

#include <gtest/gtest.h>

namespace dualsim::dns {
namespace {

using wire::DnsMessage;
using wire::DnsName;
using wire::DnsQuestion;
using wire::DnsRecord;
using wire::DnsResponseCode;
using wire::DnsType;

constexpr Time kStart = Time() + Seconds(100);

DnsName Name(const char* text) { return DnsName::Parse(text).value(); }
DnsRecord Address(const char* name, uint32_t ttl, const char* address = "192.0.2.1") {
  return {.name = Name(name),
          .type = DnsType::kA,
          .ttl = ttl,
          .data = Ipv4Address::Parse(address).value()};
}
DnsRecord Alias(const char* name, uint32_t ttl, const char* target) {
  return {.name = Name(name), .type = DnsType::kCname, .ttl = ttl, .data = Name(target)};
}
DnsRecord Soa(const char* name, uint32_t ttl, uint32_t minimum) {
  return {.name = Name(name),
          .type = DnsType::kSoa,
          .ttl = ttl,
          .data = wire::DnsSoa{.minimum = minimum}};
}

const DnsQuestion kQuestion{.name = Name("www.example.com"), .type = DnsType::kA};

TEST(ReadAnswer, FollowsAliasesAndHasTheLeastOfTheirTtls) {
  const DnsMessage response{
      .answers = {Address("c.example.com", 300), Alias("b.example.com", 40, "c.example.com"),
                  Alias("www.example.com", 60, "b.example.com"), Address("other.example.com", 1)}};
  const Answer answer = ReadAnswer(kQuestion, response);
  EXPECT_EQ(answer.records.size(), 3u) << "what answers no question is passed over";
  EXPECT_TRUE(answer.has(DnsType::kA));
  EXPECT_EQ(answer.ttl, Seconds(40));
}

TEST(ReadAnswer, EndsWhereAliasesLeadInACircle) {
  const DnsMessage response{.answers = {Alias("www.example.com", 60, "b.example.com"),
                                        Alias("b.example.com", 60, "www.example.com")}};
  const Answer answer = ReadAnswer(kQuestion, response);
  EXPECT_FALSE(answer.has(DnsType::kA));
  EXPECT_LE(answer.records.size(), size_t{kMaximumAliases} + 1);
}

TEST(ReadAnswer, HasTheTtlOfANegativeAnswerFromItsSoaRecord) {  // RFC 2308 §5
  DnsMessage response{.code = DnsResponseCode::kNameError,
                      .authorities = {Soa("example.com", 600, 30)}};
  EXPECT_EQ(ReadAnswer(kQuestion, response).ttl, Seconds(30));
  response.authorities = {Soa("elsewhere.org", 600, 30)};
  EXPECT_EQ(ReadAnswer(kQuestion, response).ttl, Duration()) << "not of a zone of the name";
}

TEST(IsAnswerTo, AsksForTheIdTheOpcodeAndTheQuestion) {  // RFC 5452 §9.1
  const DnsMessage query{.id = 7, .questions = {kQuestion}};
  DnsMessage response{.id = 7, .response = true, .questions = {kQuestion}};
  EXPECT_TRUE(IsAnswerTo(query, response));
  response.questions[0].name = Name("WWW.EXAMPLE.COM");
  EXPECT_TRUE(IsAnswerTo(query, response));
  response.questions[0].type = DnsType::kAaaa;
  EXPECT_FALSE(IsAnswerTo(query, response));
  response = {.id = 8, .response = true, .questions = {kQuestion}};
  EXPECT_FALSE(IsAnswerTo(query, response));
  response = {.id = 7, .response = false, .questions = {kQuestion}};
  EXPECT_FALSE(IsAnswerTo(query, response));
  response = {.id = 7, .response = true, .code = DnsResponseCode::kFormatError};
  EXPECT_TRUE(IsAnswerTo(query, response)) << "of a server that knows no EDNS, RFC 6891 §7";
}

TEST(Cache, KeepsAnAnswerUntilItsTtlEndsAndCountsItsRecordsDown) {
  Cache cache;
  cache.Put(kStart, kQuestion, {.records = {Address("www.example.com", 60)}, .ttl = Seconds(60)});
  const auto later = cache.Find(kStart + Seconds(45), kQuestion);
  ASSERT_TRUE(later);
  EXPECT_EQ(later->ttl, Seconds(15));
  EXPECT_EQ(later->records[0].ttl, 15u);
  EXPECT_TRUE(cache.Find(kStart + Seconds(60) - Nanoseconds(1), kQuestion));
  EXPECT_FALSE(cache.Find(kStart + Seconds(60), kQuestion));
}

TEST(Cache, TellsTypesAndNamesApartAndCasesNot) {
  Cache cache;
  cache.Put(kStart, kQuestion, {.records = {Address("www.example.com", 60)}, .ttl = Seconds(60)});
  DnsQuestion other = kQuestion;
  other.name = Name("WWW.example.COM");
  EXPECT_TRUE(cache.Find(kStart, other));
  other.type = DnsType::kAaaa;
  EXPECT_FALSE(cache.Find(kStart, other));
}

TEST(Cache, KeepsNothingThatIsInconclusiveOrOfTtl0) {
  Cache cache;
  cache.Put(kStart, kQuestion, {.code = DnsResponseCode::kServerFailure, .ttl = Seconds(60)});
  cache.Put(kStart, kQuestion, {.records = {Address("www.example.com", 0)}});
  EXPECT_EQ(cache.size(), 0u);
}

TEST(Cache, KeepsNegativeAnswersThreeHoursAtMost) {  // RFC 2308 §5
  Cache cache;
  cache.Put(kStart, kQuestion, {.code = DnsResponseCode::kNameError, .ttl = Seconds(100'000)});
  EXPECT_TRUE(cache.Find(kStart + Seconds(3 * 3600 - 1), kQuestion));
  EXPECT_FALSE(cache.Find(kStart + Seconds(3 * 3600), kQuestion));
}

TEST(Cache, MakesRoomByWhatEndsFirst) {
  Cache cache(2);
  const auto put = [&](const char* name, int64_t ttl) {
    cache.Put(kStart, {.name = Name(name), .type = DnsType::kA}, {.ttl = Seconds(ttl)});
  };
  put("a", 100);
  put("b", 50);
  put("c", 200);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_FALSE(cache.Find(kStart, {.name = Name("b"), .type = DnsType::kA}));
  EXPECT_TRUE(cache.Find(kStart, {.name = Name("a"), .type = DnsType::kA}));
  Cache none(0);
  none.Put(kStart, kQuestion, {.ttl = Seconds(1)});
  EXPECT_EQ(none.size(), 0u);
}

}  // namespace
}  // namespace dualsim::dns
