#include "stack/wire/dns.h"

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

DnsName Name(const char* text) { return DnsName::Parse(text).value(); }

// RFC 1035 §4.1.4's example: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA, the root.
constexpr char kNames[] = "01 46 03 495349 04 41525041 00 03 464f4f c000 c006 00";

TEST(DnsName, FollowsThePointersOfRfc1035Section4_1_4) {
  const auto bytes = FromHex(kNames);
  size_t at = 0;
  EXPECT_EQ(DnsName::Read(bytes, &at)->ToString(), "F.ISI.ARPA");
  EXPECT_EQ(DnsName::Read(bytes, &at)->ToString(), "FOO.F.ISI.ARPA");
  EXPECT_EQ(DnsName::Read(bytes, &at)->ToString(), "ARPA");
  EXPECT_TRUE(DnsName::Read(bytes, &at)->is_root());
  EXPECT_EQ(at, bytes.size());
}

TEST(DnsName, NeverFollowsAPointerForwardsOrInACircle) {
  for (const char* wrong : {"c000", "01 61 c000", "c002 c000", "c003 00 01 61 00", "01 61 c0", "41",
                            "80 00", "05 61", "01 61"}) {
    size_t at = 0;
    EXPECT_FALSE(DnsName::Read(FromHex(wrong), &at)) << wrong;
  }
}

TEST(DnsName, HasLimits) {
  const std::string label(63, 'a');
  EXPECT_TRUE(DnsName::Parse(label));
  EXPECT_FALSE(DnsName::Parse(label + "a"));
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_TRUE(DnsName::Parse(longest));
  EXPECT_EQ(DnsName::Parse(longest)->size(), DnsName::kMaximumSize);
  EXPECT_FALSE(DnsName::Parse(longest + "b"));
  EXPECT_FALSE(DnsName::Parse(longest)->Append(Name("c")));
  for (const char* wrong : {"", "..", ".a", "a..b", "a\\", "a\\25", "a\\256"}) {
    EXPECT_FALSE(DnsName::Parse(wrong)) << wrong;
  }
}

TEST(DnsName, ComparesWithoutCaseAndKeepsIt) {  // RFC 4343
  EXPECT_EQ(Name("WWW.Example.com"), Name("www.example.COM."));
  EXPECT_EQ(Name("WWW.Example.com").ToString(), "WWW.Example.com");
  EXPECT_NE(Name("a.b"), Name("a\\.b"));
  EXPECT_EQ(Name("a\\.b\\000").ToString(), "a\\.b\\000");
  EXPECT_TRUE(Name("a.Example.com").IsWithin(Name("example.com")));
  EXPECT_FALSE(Name("aexample.com").IsWithin(Name("example.com")));
  EXPECT_TRUE(Name("a").IsWithin(DnsName()));
  EXPECT_EQ(Name("a.b.c").label_count(), 3u);
  EXPECT_FALSE(DnsName::ParseHostName("a b"));
  EXPECT_TRUE(DnsName::ParseHostName("_dns.example"));
}

DnsMessage Answer() {
  DnsMessage message{.id = 0x1234, .response = true, .authoritative = true};
  message.recursion_desired = message.recursion_available = true;
  message.questions = {{Name("www.example.com"), DnsType::kAaaa}};
  const auto add = [](auto& section, const char* name, DnsType type, auto data) {
    section.push_back({Name(name), type, kDnsClassInternet, 300, data});
  };
  add(message.answers, "www.example.com", DnsType::kCname, Name("host.example.com"));
  add(message.answers, "host.example.com", DnsType::kAaaa,
      Ipv6Address::Parse("2001:db8::1").value());
  add(message.answers, "host.example.com", DnsType::kA, Ipv4Address::Parse("192.0.2.1").value());
  add(message.answers, "example.com", DnsType::kMx, DnsMx{10, Name("mail.example.com")});
  add(message.answers, "_http._tcp.example.com", DnsType::kSrv,
      DnsSrv{1, 2, 80, Name("www.example.com")});
  add(message.answers, "example.com", DnsType::kTxt, DnsTexts{{"one", "", "three"}});
  add(message.answers, "example.com", static_cast<DnsType>(99), DnsOpaque{{1, 2, 3}});
  add(message.authorities, "example.com", DnsType::kNs, Name("ns.example.com"));
  add(message.authorities, "example.com", DnsType::kSoa,
      DnsSoa{Name("ns.example.com"), Name("admin.example.com"), 1, 2, 3, 4, 5});
  add(message.additionals, "ns.example.com", DnsType::kA, Ipv4Address::Parse("192.0.2.53").value());
  message.edns = DnsEdns{.udp_size = 1232, .dnssec_ok = true, .options = {0, 10, 0, 0}};
  message.code = DnsResponseCode::kBadVersion;
  return message;
}

TEST(DnsMessage, SurvivesTheWire) {
  const DnsMessage sent = Answer();
  const auto bytes = sent.Encode();
  const auto read = DnsMessage::Parse(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, sent.id);
  EXPECT_TRUE(read->response && read->authoritative && !read->truncated);
  EXPECT_EQ(read->code, DnsResponseCode::kBadVersion) << "12 bits, RFC 6891 §6.1.3";
  EXPECT_EQ(read->questions, sent.questions);
  EXPECT_EQ(read->answers, sent.answers);
  EXPECT_EQ(read->authorities, sent.authorities);
  EXPECT_EQ(read->additionals, sent.additionals);
  ASSERT_TRUE(read->edns);
  EXPECT_EQ(read->edns->udp_size, 1232);
  EXPECT_TRUE(read->edns->dnssec_ok);
  EXPECT_EQ(read->edns->options.size(), 4u);
  EXPECT_EQ(ToHex(read->Encode()), ToHex(bytes));
}

TEST(DnsMessage, CompressesNames) {
  DnsMessage message{.id = 1};
  message.questions = {{Name("www.example.com"), DnsType::kA}};
  message.answers = {
      {Name("WWW.example.com"), DnsType::kCname, kDnsClassInternet, 1, Name("a.example.com")}};
  EXPECT_EQ(ToHex(message.Encode()),
            ToHex(FromHex("0001 0000 0001 0001 0000 0000"
                          "03 777777 07 6578616d706c65 03 636f6d 00 0001 0001"
                          "c00c 0005 0001 00000001 0004 01 61 c010")));
}

TEST(DnsMessage, IsRefusedWhereItIsCutOff) {
  const auto bytes = Answer().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DnsMessage::Parse(ByteView(bytes).first(size))) << size;
  }
}

TEST(DnsMessage, ThatDoesNotFitSaysSo) {
  DnsMessage message = Answer();
  for (int i = 0; i < 40; ++i) {
    message.answers.push_back({Name("host.example.com"), DnsType::kA, kDnsClassInternet, 1,
                               Ipv4Address::FromInteger(static_cast<uint32_t>(i))});
  }
  const auto bytes = message.Encode(DnsMessage::kMaximumUdpSize);
  EXPECT_LE(bytes.size(), DnsMessage::kMaximumUdpSize);
  const auto read = DnsMessage::Parse(bytes);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->truncated);
  EXPECT_LT(read->answers.size(), message.answers.size());
  EXPECT_TRUE(read->edns) << "RFC 6891 §7";
}

TEST(DnsMessage, HasLimitsAndRules) {
  EXPECT_EQ(DnsMessage::Parse(FromHex("0001 0000 0000 ffff 0000 0000")).reason(),
            DropReason::DNS_LIMIT);
  EXPECT_EQ(DnsMessage::Parse(FromHex("0001 0000 ffff 0000 0000 0000")).reason(),
            DropReason::DNS_LIMIT);
  EXPECT_EQ(DnsMessage::Parse(FromHex("0001 0000 0000 0001 0000 0000")).reason(),
            DropReason::DNS_TRUNCATED);
  // An A record of 5 bytes; an OPT record as an answer; two of them.
  EXPECT_EQ(DnsMessage::Parse(FromHex("0001 8000 0000 0001 0000 0000"
                                      "00 0001 0001 00000001 0005 0102030405"))
                .reason(),
            DropReason::DNS_BAD_RECORD);
  EXPECT_EQ(DnsMessage::Parse(FromHex("0001 8000 0000 0001 0000 0000 00 0029 0200 00000000 0000"))
                .reason(),
            DropReason::DNS_BAD_RECORD);
  EXPECT_EQ(DnsMessage::Parse(FromHex("0001 8000 0000 0000 0000 0002 00 0029 0200 00000000 0000"
                                      "00 0029 0200 00000000 0000"))
                .reason(),
            DropReason::DNS_BAD_RECORD);
}

}  // namespace
}  // namespace dualsim::wire
