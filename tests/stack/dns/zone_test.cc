#include "stack/dns/zone.h"

#include <gtest/gtest.h>

#include <string>

#include "stack/dns/authority.h"

namespace dualsim::dns {
namespace {

using wire::DnsMessage;
using wire::DnsName;
using wire::DnsResponseCode;
using wire::DnsType;

DnsName Name(const char* text) { return DnsName::Parse(text).value(); }
ParsedZone Parse(std::string_view text) { return ParseZone(text, Name("example.com")); }

constexpr char kZone[] =
    "$TTL 1h\n"
    "@   IN SOA ns1 admin.example.com. ( 7 1d 2h ; refresh and retry\n"
    "        4w 90 )\n"
    "    NS ns1\n"
    "    MX 10 mail\n"
    "ns1 A 192.0.2.53\n"
    "www 300 IN AAAA 2001:db8::80\n"
    "    IN 60 A 192.0.2.80\n"
    "ftp CNAME www\n"
    "out CNAME www.elsewhere.org.\n"
    "mail A 192.0.2.25\n"
    "_sip._tcp SRV 1 2 5060 www\n"
    "text TXT \"a b\" c \"\\101\\\"\"\n"
    "*.wild A 192.0.2.99\n"
    "a.b.deep A 192.0.2.3\n"
    "sub NS ns.sub\n"
    "ns.sub A 192.0.2.66\n";

TEST(ZoneText, ReadsAMasterFile) {
  const ParsedZone parsed = Parse(kZone);
  for (const ZoneError& error : parsed.errors) ADD_FAILURE() << error.line << ": " << error.text;
  const auto address = parsed.zone.Find(Name("www.example.com"), DnsType::kA);
  ASSERT_EQ(address.records.size(), 1u);
  EXPECT_EQ(address.records[0].ttl, 60u) << "the class and the TTL in either order";
  EXPECT_EQ(parsed.zone.Find(Name("mail.example.com"), DnsType::kA).records.at(0).ttl, 3600u);
  const auto soa = std::get<wire::DnsSoa>(parsed.zone.Soa().data);
  EXPECT_EQ(soa.serial, 7u);
  EXPECT_EQ(soa.refresh, 86'400u);
  EXPECT_EQ(soa.minimum, 90u);
  EXPECT_EQ(soa.mailbox, Name("admin.example.com"));
  EXPECT_EQ(parsed.zone.Soa().ttl, 90u) << "RFC 2308 section 3";
  const auto text = parsed.zone.Find(Name("text.example.com"), DnsType::kTxt);
  EXPECT_EQ(std::get<wire::DnsTexts>(text.records.at(0).data).texts,
            (std::vector<std::string>{"a b", "c", "e\""}));
}

TEST(ZoneText, SaysWhereItIsWrong) {
  struct Case {
    const char* text;
    ZoneError error;
  };
  const Case cases[] = {
      {"www AAAA 192.0.2.1\n", {1, 10, "'192.0.2.1' is not an IPv6 address"}},
      {"www\n", {1, 1, "it ends before its type"}},
      {"a A 192.0.2.1\nb MX 70000 a", {2, 6, "'70000' is no preference: a number up to 65535"}},
      {"www HINFO x",
       {1, 5, "'HINFO' is no type; there are A, AAAA, NS, CNAME, PTR, MX, TXT, SRV, SOA"}},
      {"www A 192.0.2.1 extra", {1, 17, "'extra' is more than belongs here"}},
      {" A 192.0.2.1", {1, 2, "no name stands before it"}},
      {"a..b A 192.0.2.1", {1, 1, "'a..b' is no name"}},
      {"www.other.org. A 192.0.2.1", {1, 16, "'www.other.org' is not in the zone 'example.com'"}},
      {"a CNAME b\na A 192.0.2.1", {2, 3, "'a.example.com' has a CNAME, and then nothing else"}},
      {"a A 192.0.2.1\na A 192.0.2.1", {2, 3, "it is there already"}},
      {"$INCLUDE x", {1, 1, "'$INCLUDE' is not known; there are $ORIGIN and $TTL"}},
      {"www 99999999999 A 192.0.2.1", {1, 5, "'99999999999' is no time, as 3600 or 1h"}},
      {"t TXT \"open", {1, 7, "the quote is not closed on its line"}},
  };
  for (const Case& c : cases) {
    const ParsedZone parsed = Parse(c.text);
    ASSERT_FALSE(parsed.errors.empty()) << c.text;
    EXPECT_EQ(parsed.errors[0].line, c.error.line) << c.text;
    EXPECT_EQ(parsed.errors[0].column, c.error.column) << c.text;
    EXPECT_EQ(parsed.errors[0].text, c.error.text) << c.text;
  }
  EXPECT_EQ(Parse("( A").errors.at(0).text, "a '(' is not closed");
  EXPECT_EQ(Parse(") a A 192.0.2.1").errors.at(0).text, "there is no '(' that this ')' closes");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "x\n";
  EXPECT_EQ(Parse(many).errors.size(), kMaximumZoneErrors);
}

class AuthorityTest : public ::testing::Test {
 protected:
  DnsMessage Ask(const char* name, DnsType type) {
    const DnsMessage query{.id = 9, .questions = {{.name = Name(name), .type = type}}};
    return authority.Answer(query);
  }
  Authority authority{{Parse(kZone).zone}};
};

TEST_F(AuthorityTest, AnswersWithAuthorityAndTheId) {
  const DnsMessage response = Ask("WWW.example.com", DnsType::kAaaa);
  EXPECT_TRUE(response.response);
  EXPECT_TRUE(response.authoritative);
  EXPECT_EQ(response.id, 9);
  ASSERT_EQ(response.answers.size(), 1u);
  EXPECT_EQ(std::get<Ipv6Address>(response.answers[0].data).ToString(), "2001:db8::80");
}

TEST_F(AuthorityTest, TellsANameThatIsNotThereFromOneWithoutData) {
  const DnsMessage missing = Ask("nobody.example.com", DnsType::kA);
  EXPECT_EQ(missing.code, DnsResponseCode::kNameError);
  ASSERT_EQ(missing.authorities.size(), 1u);
  EXPECT_EQ(missing.authorities[0].type, DnsType::kSoa);
  const DnsMessage empty = Ask("mail.example.com", DnsType::kAaaa);
  EXPECT_EQ(empty.code, DnsResponseCode::kNoError);
  EXPECT_TRUE(empty.answers.empty());
  EXPECT_EQ(empty.authorities.size(), 1u);
  // RFC 8020: a name between others is there.
  EXPECT_EQ(Ask("b.deep.example.com", DnsType::kA).code, DnsResponseCode::kNoError);
}

TEST_F(AuthorityTest, FollowsAliasesWithinItsZones) {
  const DnsMessage response = Ask("ftp.example.com", DnsType::kA);
  ASSERT_EQ(response.answers.size(), 2u);
  EXPECT_EQ(response.answers[0].type, DnsType::kCname);
  EXPECT_EQ(response.answers[1].type, DnsType::kA);
  EXPECT_EQ(Ask("out.example.com", DnsType::kA).answers.size(), 1u);
  EXPECT_EQ(Ask("ftp.example.com", DnsType::kCname).answers.size(), 1u);
}

TEST_F(AuthorityTest, AnswersFromWildcardsUnderTheNameThatWasAsked) {  // RFC 4592
  const DnsMessage response = Ask("x.y.wild.example.com", DnsType::kA);
  ASSERT_EQ(response.answers.size(), 1u);
  EXPECT_EQ(response.answers[0].name, Name("x.y.wild.example.com"));
  EXPECT_EQ(Ask("x.deep.example.com", DnsType::kA).code, DnsResponseCode::kNameError);
}

TEST_F(AuthorityTest, RefersToWhomItDelegatedWithTheirAddresses) {
  const DnsMessage response = Ask("host.sub.example.com", DnsType::kA);
  EXPECT_FALSE(response.authoritative);
  EXPECT_TRUE(response.answers.empty());
  ASSERT_EQ(response.authorities.size(), 1u);
  EXPECT_EQ(response.authorities[0].type, DnsType::kNs);
  ASSERT_EQ(response.additionals.size(), 1u);
  EXPECT_EQ(std::get<Ipv4Address>(response.additionals[0].data).ToString(), "192.0.2.66");
}

TEST_F(AuthorityTest, AddsTheAddressesOfMailServers) {
  const DnsMessage response = Ask("example.com", DnsType::kMx);
  ASSERT_EQ(response.additionals.size(), 1u);
  EXPECT_EQ(response.additionals[0].name, Name("mail.example.com"));
}

TEST(Authority, RefusesWhatIsNoQuestionForIt) {
  DnsMessage query{.id = 1, .questions = {{.name = Name("a"), .type = DnsType::kA}}};
  EXPECT_FALSE(Authority::Refuse(query));
  DnsMessage other = query;
  other.opcode = 5;
  EXPECT_EQ(Authority::Refuse(other)->code, DnsResponseCode::kNotImplemented);
  other = query;
  other.questions.clear();
  EXPECT_EQ(Authority::Refuse(other)->code, DnsResponseCode::kFormatError);
  other = query;
  other.questions[0].record_class = 3;
  EXPECT_EQ(Authority::Refuse(other)->code, DnsResponseCode::kRefused);
  other = query;
  other.edns = wire::DnsEdns{.version = 1};
  EXPECT_EQ(Authority::Refuse(other)->code, DnsResponseCode::kBadVersion);
}

TEST(Authority, AnswersOverUdpAsLargeAsWasOffered) {
  DnsMessage query;
  EXPECT_EQ(UdpLimitOf(query), 512u);
  query.edns = wire::DnsEdns{.udp_size = 4096};
  EXPECT_EQ(UdpLimitOf(query), kMaximumUdpResponse);
  query.edns->udp_size = 100;
  EXPECT_EQ(UdpLimitOf(query), 512u);
}

}  // namespace
}  // namespace dualsim::dns
