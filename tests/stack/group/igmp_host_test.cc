#include "stack/group/igmp_host.h"

#include <gtest/gtest.h>

#include <vector>

namespace dualsim::group {
namespace {

constexpr Time At(int64_t milliseconds) { return Time() + Milliseconds(milliseconds); }
const Ipv4Address kGroup = *Ipv4Address::Parse("233.252.0.1");
const Ipv4Address kSource = *Ipv4Address::Parse("192.0.2.9");

class IgmpHostTest : public ::testing::Test, public IgmpHostOutput {
 protected:
  void SendIgmpReport(const wire::IgmpReport& report) override { reports.push_back(report); }
  void SendIgmpMessage(const wire::IgmpGroupMessage& message) override {
    messages.push_back(message);
  }
  void RunUntil(Time until) {
    while (host.deadline() <= until) host.Advance(host.deadline());
  }
  std::optional<DropReason> Query(Time now, const wire::IgmpQuery& query, IgmpContext context) {
    std::vector<uint8_t> bytes(query.size());
    query.Store(bytes.data());
    return host.OnMessage(now, context, wire::IgmpType::kMembershipQuery, bytes);
  }

  std::vector<wire::IgmpReport> reports;
  std::vector<wire::IgmpGroupMessage> messages;
  IgmpHost host{RandomStream(1, "test", "igmp"), *this};
};

TEST_F(IgmpHostTest, AJoinIsReportedTwiceAndALeaveAsWell) {
  host.Join(At(0), kGroup);
  RunUntil(At(5000));
  ASSERT_EQ(reports.size(), 2u) << "the Robustness Variable";
  EXPECT_EQ(reports[0].records[0].type, wire::ListenerRecordType::kChangeToExclude);
  EXPECT_EQ(reports[0].records[0].group, kGroup);
  EXPECT_TRUE(host.Accepts(kGroup, kSource));
  host.Leave(At(5000), kGroup);
  EXPECT_EQ(reports.back().records[0].type, wire::ListenerRecordType::kChangeToInclude);
  EXPECT_FALSE(host.Accepts(kGroup, kSource));
}

TEST_F(IgmpHostTest, AllHostsIsHeardAndNeverReported) {
  EXPECT_TRUE(host.Accepts(IgmpHost::kAllHosts, kSource));
  EXPECT_EQ(Query(At(0), {.maximum_response_time = Seconds(1)}, {IgmpHost::kAllHosts, 1, true}),
            std::nullopt);
  RunUntil(At(5000));
  EXPECT_TRUE(reports.empty());
}

TEST_F(IgmpHostTest, AnOlderQuerierIsAnsweredInItsVersion) {
  host.Join(At(0), kGroup);
  RunUntil(At(5000));
  reports.clear();
  EXPECT_EQ(Query(At(5000), {.version = 2, .maximum_response_time = Seconds(1)},
                  {IgmpHost::kAllHosts, 1, false}),
            std::nullopt);
  RunUntil(At(7000));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].type, wire::IgmpType::kReportV2);
  EXPECT_EQ(Query(At(7000), {.version = 1}, {IgmpHost::kAllHosts, 1, false}), std::nullopt);
  RunUntil(At(20'000));
  EXPECT_EQ(messages.back().type, wire::IgmpType::kReportV1);
  host.Leave(At(20'000), kGroup);
  EXPECT_EQ(messages.back().type, wire::IgmpType::kReportV1) << "version 1 has no Leave";
  EXPECT_TRUE(reports.empty());
}

TEST_F(IgmpHostTest, QueriesFromAfarAreRefused) {
  const wire::IgmpQuery query{.maximum_response_time = Seconds(1)};
  EXPECT_EQ(Query(At(0), query, {IgmpHost::kAllHosts, 2, true}), DropReason::IGMP_TTL);
  EXPECT_EQ(Query(At(0), query, {IgmpHost::kAllHosts, 1, false}), DropReason::IGMP_NO_ROUTER_ALERT);
  EXPECT_EQ(Query(At(0), query, {kSource, 1, true}), DropReason::IGMP_BAD_DESTINATION);
}

}  // namespace
}  // namespace dualsim::group
