#include "stack/wire/mld.h"

#include <gtest/gtest.h>

#include <vector>

#include "stack/wire/ipv6_extension.h"
#include "tests/stack/wire/store.h"
#include "tests/support/hex.h"

namespace dualsim::wire {
namespace {

using dualsim::testing::FromHex;
using dualsim::testing::ToHex;

Ipv6Address Address(const char* text) { return Ipv6Address::Parse(text).value(); }

constexpr char kQuery[] =
    "8200 0000 2710 0000 ff020000000000000000000000000016 0a 7d 0002"
    "20010db8000000000000000000000001 20010db8000000000000000000000002";
constexpr char kReport[] =
    "8f00 0000 0000 0002"
    "04 00 0000 ff02000000000000000000000001ff00"
    "05 00 0001 ff050000000000000000000000000001 20010db8000000000000000000000001";

TEST(ListenerQuery, HasTheFieldsOfRfc3810Section5_1) {
  const auto bytes = FromHex(kQuery);
  const auto query = ListenerQuery::Parse(bytes);
  ASSERT_TRUE(query);
  EXPECT_FALSE(query->version1);
  EXPECT_EQ(query->maximum_response_delay, Seconds(10));
  EXPECT_EQ(query->group, Address("ff02::16"));
  EXPECT_TRUE(query->suppress_router_processing);
  EXPECT_EQ(query->robustness_variable, 2);
  EXPECT_EQ(query->query_interval, Seconds(125));
  ASSERT_EQ(query->sources.size(), 2u);
  EXPECT_EQ(query->sources[1], Address("2001:db8::2"));
  EXPECT_EQ(ToHex(Stored(*query)), ToHex(bytes));
}

TEST(ListenerQuery, Of24BytesIsOneOfVersion1) {  // RFC 3810 §8.1
  const auto bytes = FromHex("8200 0000 ffff 0000 ff020000000000000000000000000016");
  const auto query = ListenerQuery::Parse(bytes);
  ASSERT_TRUE(query);
  EXPECT_TRUE(query->version1);
  EXPECT_EQ(query->maximum_response_delay, Milliseconds(0xffff))
      << "no floating point in version 1";
  EXPECT_EQ(ToHex(Stored(*query)), ToHex(bytes));
}

TEST(ListenerQuery, IsRefusedWhereItIsCutOff) {
  const auto bytes = FromHex(kQuery);
  for (size_t size = 0; size < bytes.size(); ++size) {
    if (size == 24) continue;  // Version 1.
    const auto query = ListenerQuery::Parse(ByteView(bytes).first(size));
    ASSERT_FALSE(query) << size;
    EXPECT_EQ(query.reason(), DropReason::MLD_TRUNCATED);
  }
}

TEST(ListenerQuery, EveryMaximumResponseCodeSurvives) {  // RFC 3810 §5.1.3
  auto bytes = FromHex("8200 0000 0000 0000 00000000000000000000000000000000 00 00 0000");
  Duration before = Milliseconds(-1);
  for (uint32_t code = 0; code <= 0xffff; ++code) {
    StoreBig16(bytes.data() + 4, static_cast<uint16_t>(code));
    const auto query = ListenerQuery::Parse(bytes);
    ASSERT_GT(query->maximum_response_delay, before) << code;
    before = query->maximum_response_delay;
    ASSERT_EQ(ToHex(Stored(*query)), ToHex(bytes)) << code;
  }
  EXPECT_EQ(before, Milliseconds(0x1fff << 10));
}

TEST(ListenerQuery, EveryQueryIntervalCodeSurvives) {  // RFC 3810 §5.1.9
  auto bytes = FromHex("8200 0000 0000 0000 00000000000000000000000000000000 00 00 0000");
  for (uint32_t code = 0; code <= 0xff; ++code) {
    bytes[25] = static_cast<uint8_t>(code);
    const auto query = ListenerQuery::Parse(bytes);
    ASSERT_EQ(ToHex(Stored(*query)), ToHex(bytes)) << code;
  }
  EXPECT_EQ(ListenerQuery::Parse(bytes)->query_interval, Seconds(0x1f << 10));
}

TEST(ListenerQuery, WhatDoesNotFitIsRoundedDownOrLeftUnsaid) {
  ListenerQuery query;
  query.maximum_response_delay = Milliseconds(32'775);
  query.robustness_variable = 8;
  query.query_interval = Duration::Infinite();
  const auto parsed = ListenerQuery::Parse(Stored(query));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->maximum_response_delay, Milliseconds(32'768));
  EXPECT_EQ(parsed->robustness_variable, 0);
  EXPECT_EQ(parsed->query_interval, Seconds(31'744));
}

TEST(ListenerReport, HasTheFieldsOfRfc3810Section5_2) {
  const auto bytes = FromHex(kReport);
  const auto report = ListenerReport::Parse(bytes);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->records.size(), 2u);
  EXPECT_EQ(report->records[0].type, ListenerRecordType::kChangeToExclude);
  EXPECT_TRUE(report->records[0].sources.empty());
  EXPECT_EQ(report->records[1].type, ListenerRecordType::kAllowNewSources);
  EXPECT_EQ(report->records[1].group, Address("ff05::1"));
  ASSERT_EQ(report->records[1].sources.size(), 1u);
  EXPECT_EQ(report->records[1].sources[0], Address("2001:db8::1"));
  EXPECT_EQ(ToHex(Stored(*report)), ToHex(bytes));
}

TEST(ListenerReport, IsRefusedWhereItIsCutOff) {
  const auto bytes = FromHex(kReport);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto report = ListenerReport::Parse(ByteView(bytes).first(size));
    ASSERT_FALSE(report) << size;
    EXPECT_EQ(report.reason(), DropReason::MLD_TRUNCATED);
  }
}

TEST(ListenerReport, ACountThatNoMessageCanHoldIsRefused) {
  EXPECT_EQ(ListenerReport::Parse(FromHex("8f00 0000 0000 ffff")).reason(),
            DropReason::MLD_TRUNCATED);
  EXPECT_EQ(ListenerReport::Parse(
                FromHex("8f00 0000 0000 0001 0400 ffff ff020000000000000000000000000001"))
                .reason(),
            DropReason::MLD_TRUNCATED);
}

TEST(ListenerReport, UnknownRecordsAndAuxiliaryDataArePassedOver) {  // RFC 3810 §5.2.12, §5.2.11
  const auto report = ListenerReport::Parse(
      FromHex("8f00 0000 0000 0003"
              "07 00 0001 ff050000000000000000000000000001 20010db8000000000000000000000001"
              "02 01 0000 ff050000000000000000000000000002 deadbeef"
              "01 00 0000 ff050000000000000000000000000003"));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->records.size(), 2u);
  EXPECT_EQ(report->records[0].group, Address("ff05::2"));
  EXPECT_EQ(report->records[1].group, Address("ff05::3"));
}

TEST(ListenerMessageV1, HasTheFieldsOfRfc2710Section3) {
  for (const char* drawn : {"8300 0000 0000 0000 ff050000000000000000000000000001",
                            "8400 0000 0000 0000 ff050000000000000000000000000001"}) {
    const auto bytes = FromHex(drawn);
    const auto message = ListenerMessageV1::Parse(bytes);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->group, Address("ff05::1"));
    EXPECT_EQ(ToHex(Stored(*message)), ToHex(bytes));
    for (size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(ListenerMessageV1::Parse(ByteView(bytes).first(size)).reason(),
                DropReason::MLD_TRUNCATED);
    }
    auto longer = bytes;
    longer.push_back(1);
    EXPECT_TRUE(ListenerMessageV1::Parse(longer)) << "RFC 2710 §3.7: what follows is ignored";
  }
  EXPECT_EQ(ListenerMessageV1::Parse(FromHex(kQuery)).reason(), DropReason::ICMPV6_UNKNOWN_TYPE);
}

TEST(RouterAlertHeader, IsTheOneOfRfc2711ForMld) {
  std::vector<uint8_t> bytes(kRouterAlertHeaderSize, 0xa5);
  StoreRouterAlertHeader(bytes.data());
  EXPECT_EQ(ToHex(bytes), "3a00 0502 0000 0100");
  Ipv6OptionReader reader(bytes);
  EXPECT_EQ(reader.Next()->type, kOptionRouterAlert);
  EXPECT_FALSE(reader.Next());
}

}  // namespace
}  // namespace dualsim::wire
