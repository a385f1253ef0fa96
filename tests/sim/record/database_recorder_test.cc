#include "sim/record/database_recorder.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/record/output_file.h"
#include "tests/sim/record/events.h"

namespace dualsim::sim {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest()
      : path_(testing::TempDir() + "/" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + ".db") {}

  // A run in which something of every kind happens.
  void Record(const std::string& path, bool frames = true) {
    FrameNotes notes(names_);
    DatabaseRecorder recorder(path, names_, notes, frames);
    const auto probe = ClaimFrame(135, Ipv6Address(), Address("fe80::1"));
    recorder.OnAction(Time(), "link lan up");
    recorder.OnLifecycle(Time(), kA, Lifecycle::kBoot);
    recorder.OnFrame(Time() + Seconds(1), EventOf(probe, kLan, kA));
    FrameEvent lost = EventOf(probe, kWan, kR);
    lost.interface = InterfaceId{1};
    lost.dropped = true;
    lost.reason = DropReason::LINK_LOSS;
    recorder.OnFrame(Time() + Seconds(2), lost);
    recorder.OnFrameLoss(Time() + Seconds(2), {kLan, kB, DropReason::RECEIVER_OFF, probe});
    recorder.OnAddress(Time() + Seconds(2), kA,
                       {.address = Address("fe80::1"),
                        .state = AddressState::kPreferred,
                        .valid_until = Time() + Seconds(9)});
    recorder.OnNeighbor(Time(), kA, NeighborFact());
    recorder.OnDefaultRouter(Time(), kA, {.router = Address("fe80::3"), .present = true});
    recorder.OnPrefix(Time(), kA, {});
    recorder.OnRoute(Time(), kR, RouteFact());
    EchoFact echo;
    echo.error_type = 1;
    echo.error_code = 3;
    recorder.OnEcho(Time(), kA, echo);
    recorder.OnDrop(Time(), kB, {.reason = DropReason::NDP_HOP_LIMIT, .packet = probe});
    recorder.OnLog(Time(), kB, {"it's; a 'log'"});
    const tcp::Flow flow{*IpAddress::Parse("2001:db8::1"), *IpAddress::Parse("2001:db8::2"),
                         Port{40000}, Port{80}};
    recorder.OnConnection(Time(), kB,
                          {flow, tcp::State::kSynSent, tcp::State::kClosed, tcp::Error::kRefused});
    recorder.OnRetransmission(Time(), kB, {flow, SeqNum(7), 100, 1});
    recorder.OnPath(
        Time(), kB,
        {.flow = flow,
         .round_trip = PathFact::RoundTrip{Milliseconds(20), Milliseconds(25), Milliseconds(225)}});
    recorder.OnPath(Time(), kB, {.flow = flow, .window = PathFact::Window{14'280, 65'535}});
    recorder.OnApplication(Time(), kB, {"connect", true});
    recorder.OnQuery(Time(), kB,
                     {.name = "a.example",
                      .type = "AAAA",
                      .outcome = QueryOutcome::kNoData,
                      .took = Milliseconds(3),
                      .application = "resolve"});
    recorder.OnLease(Time(), kB,
                     {.state = LeaseState::kInitReboot,
                      .address = Ipv4Address::FromInteger(0xc0000201),
                      .until = Time() + Seconds(9)});
    RunSummary summary;
    summary.scenario = "small";
    summary.seed = ~uint64_t{0};
    summary.expectations.push_back({.text = "by 2s: all is well",
                                    .verdict = RunSummary::Verdict::kFailed,
                                    .seen = "nothing is"});
    recorder.Commit(summary);
  }

  // The first column of the first row, "NULL" for one; what went wrong where none.
  std::string Ask(const std::string& sql) {
    sqlite3* database = nullptr;
    sqlite3_open_v2(path_.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_stmt* statement = nullptr;
    std::string answer = "no row";
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      answer = sqlite3_errmsg(database);
    } else if (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      answer = text != nullptr ? text : "NULL";
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return answer;
  }

  static std::string Bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const WorldNames names_ = SmallWorld();
  const std::string path_;
};

TEST_F(DatabaseTest, EveryTableHoldsWhatHappened) {
  Record(path_);
  EXPECT_EQ(Ask("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(Ask("SELECT scenario || ' ' || verdict FROM run"), "small FAILED");
  EXPECT_EQ(Ask("SELECT seed FROM run"), "18446744073709551615");
  EXPECT_EQ(Ask("SELECT group_concat(node || '.' || name || '=' || link, ' ') FROM interface"),
            "a.lan0=lan b.lan0=lan r.lan0=lan r.wan0=wan");
  EXPECT_EQ(Ask("SELECT number || ' ' || link || ' ' || sender || ' ' || lost FROM frame "
                "WHERE lost IS NOT NULL"),
            "2 wan r LINK_LOSS");
  EXPECT_EQ(Ask("SELECT note FROM frame WHERE number = 1"), "DAD probe for fe80::1");
  EXPECT_EQ(Ask("SELECT group_concat(reason || ' ' || ifnull(link, '-') || ' ' || "
                "ifnull(node, '-') || ' ' || ifnull(frame, '-'), ', ') FROM \"drop\""),
            "LINK_LOSS wan - 2, RECEIVER_OFF lan b -, NDP_HOP_LIMIT - b -");
  EXPECT_EQ(Ask("SELECT state FROM address WHERE valid_until = 9000000000 "
                "AND preferred_until IS NULL"),
            "PREFERRED");
  EXPECT_EQ(Ask("SELECT state FROM neighbor WHERE mac IS NULL"), "NONE");
  EXPECT_EQ(Ask("SELECT until FROM default_router"), "NULL");
  EXPECT_EQ(Ask("SELECT prefix FROM prefix WHERE present = 0"), "::/0");
  EXPECT_EQ(Ask("SELECT next_hop FROM route"), "NULL");
  EXPECT_EQ(Ask("SELECT error_code FROM echo"), "3");
  EXPECT_EQ(Ask("SELECT text FROM log WHERE application IS NULL"), "it's; a 'log'");
  EXPECT_EQ(Ask("SELECT local || local_port || remote || remote_port || previous || state || error "
                "FROM connection"),
            "2001:db8::1400002001:db8::280SYN-SENTCLOSEDrefused");
  EXPECT_EQ(Ask("SELECT sequence || ',' || size || ',' || timeouts FROM retransmission"),
            "7,100,1");
  EXPECT_EQ(Ask("SELECT rtt || ',' || srtt || ',' || rto FROM path WHERE cwnd IS NULL"),
            "20000000,25000000,225000000");
  EXPECT_EQ(Ask("SELECT cwnd || ',' || ssthresh FROM path WHERE rtt IS NULL"), "14280,65535");
  EXPECT_EQ(Ask("SELECT name || running FROM application"), "connect1");
  EXPECT_EQ(Ask("SELECT application || name || type || outcome || cached || took FROM query "
                "WHERE answer IS NULL"),
            "resolvea.exampleAAAANO_DATA03000000");
  EXPECT_EQ(Ask("SELECT state || interface || address || valid_until FROM lease "
                "WHERE server IS NULL AND renewal_until IS NULL"),
            "INIT-REBOOTlan0192.0.2.19000000000");
  EXPECT_EQ(Ask("SELECT text FROM action"), "link lan up");
  EXPECT_EQ(Ask("SELECT change FROM lifecycle"), "BOOT");
  EXPECT_EQ(Ask("SELECT verdict || ': ' || seen FROM expectation"), "FAILED: nothing is");
}

TEST_F(DatabaseTest, WithoutTheTableOfFramesNumbersStillMatchTheCapture) {
  Record(path_, false);
  EXPECT_EQ(Ask("SELECT count(*) FROM frame"), "0");
  EXPECT_EQ(Ask("SELECT frame FROM \"drop\" WHERE reason = 'LINK_LOSS'"), "2");
}

TEST_F(DatabaseTest, TheSameRunGivesTheSameBytesAndNoLibraryVersion) {
  Record(path_);
  Record(path_ + "2");
  const std::string bytes = Bytes(path_);
  EXPECT_EQ(bytes, Bytes(path_ + "2"));
  EXPECT_EQ(bytes.substr(96, 4), std::string(4, '\0'));
}

TEST_F(DatabaseTest, LeavesNothingBehindWithoutACommit) {
  const std::string folder = path_ + ".d";
  MakeFolder(folder);
  const FrameNotes notes(names_);
  { DatabaseRecorder recorder(folder + "/run.db", names_, notes, true); }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(DatabaseTest, SaysInTheSystemsWordsWhyItCanNotBeCreated) {
  const FrameNotes notes(names_);
  try {
    DatabaseRecorder recorder("/no/such/run.db", names_, notes, true);
    FAIL() << "it was created";
  } catch (const OutputError& error) {
    EXPECT_STREQ(error.what(), "/no/such/run.db: No such file or directory");
  }
}

}  // namespace
}  // namespace dualsim::sim
