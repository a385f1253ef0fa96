#include "sim/record/pcapng_writer.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/record/capture_recorder.h"
#include "tests/sim/record/events.h"

namespace dualsim::sim {
namespace {

class PcapngTest : public testing::Test {
 protected:
  std::string path_ = testing::TempDir() + "/" +
                      testing::UnitTest::GetInstance()->current_test_info()->name() + ".pcapng";

  std::vector<uint8_t> Bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

// Every block of a file, checked for its form: a length that is a multiple of
// four and stands at both ends.
std::vector<std::pair<uint32_t, std::vector<uint8_t>>> Blocks(const std::vector<uint8_t>& file) {
  const auto load = [&](size_t at) {
    return uint32_t{file[at]} | uint32_t{file[at + 1]} << 8 | uint32_t{file[at + 2]} << 16 |
           uint32_t{file[at + 3]} << 24;
  };
  std::vector<std::pair<uint32_t, std::vector<uint8_t>>> blocks;
  for (size_t at = 0; at < file.size();) {
    const uint32_t length = load(at + 4);
    if (length < 12 || length % 4 != 0 || at + length > file.size() ||
        load(at + length - 4) != length) {
      ADD_FAILURE() << "a broken block at " << at;
      break;
    }
    blocks.emplace_back(load(at), std::vector<uint8_t>(&file[at + 8], &file[at + length - 4]));
    at += length;
  }
  return blocks;
}

bool Contains(const std::vector<uint8_t>& bytes, std::string_view text) {
  return std::search(bytes.begin(), bytes.end(), text.begin(), text.end()) != bytes.end();
}

TEST_F(PcapngTest, LibpcapReadsFramesAndNanosecondsBack) {
  OutputFile file(path_);
  PcapngWriter writer(file);
  writer.AddInterface("lan");
  writer.AddInterface("a longer name");
  std::vector<std::vector<uint8_t>> frames;
  for (size_t size = 14; size < 30; ++size) {
    frames.push_back(std::vector<uint8_t>(size, static_cast<uint8_t>(size)));
    writer.AddPacket(size % 2,
                     Time::FromNanoseconds(1) + Seconds(3600) * static_cast<int64_t>(size),
                     frames.back(), size % 3 == 0 ? "a comment" : "");
  }
  file.Commit();

  char error[PCAP_ERRBUF_SIZE];
  pcap_t* capture =
      pcap_open_offline_with_tstamp_precision(path_.c_str(), PCAP_TSTAMP_PRECISION_NANO, error);
  ASSERT_NE(capture, nullptr) << error;
  EXPECT_EQ(pcap_datalink(capture), DLT_EN10MB);
  pcap_pkthdr* header = nullptr;
  const uint8_t* data = nullptr;
  for (const auto& frame : frames) {
    ASSERT_EQ(pcap_next_ex(capture, &header, &data), 1);
    EXPECT_EQ(std::vector<uint8_t>(data, data + header->caplen), frame);
    EXPECT_EQ(header->len, frame.size());
    EXPECT_EQ(header->ts.tv_sec, 3600 * static_cast<int64_t>(frame.size()));
    EXPECT_EQ(header->ts.tv_usec, 1);
  }
  EXPECT_EQ(pcap_next_ex(capture, &header, &data), PCAP_ERROR_BREAK);
  pcap_close(capture);
}

TEST_F(PcapngTest, HasAnInterfacePerLinkAndCommentsOnlyWhereThereIsSomethingToSay) {
  const WorldNames names = SmallWorld();
  const FrameNotes notes(names);
  CaptureRecorder recorder(path_, names, notes);
  const std::vector<uint8_t> frame(60);
  recorder.OnFrame(Time(), EventOf(frame, kLan, kA));
  FrameEvent lost = EventOf(frame, kWan, kR);
  lost.dropped = true;
  lost.reason = DropReason::LINK_LOSS;
  recorder.OnFrame(Time(), lost);
  recorder.Commit();

  const auto blocks = Blocks(Bytes());
  ASSERT_EQ(blocks.size(), 5u);
  EXPECT_TRUE(Contains(blocks[1].second, "lan"));
  EXPECT_TRUE(Contains(blocks[2].second, "wan"));
  EXPECT_EQ(blocks[3].second.size(), 20u + 60u) << "no options";
  EXPECT_TRUE(Contains(blocks[4].second, "lost: LINK_LOSS"));
  EXPECT_EQ(blocks[4].second[0], 1) << "the interface of the second link";
}

TEST_F(PcapngTest, AnOverlongCommentIsCutOff) {
  OutputFile file(path_);
  PcapngWriter writer(file);
  writer.AddInterface("lan");
  writer.AddPacket(0, Time(), std::vector<uint8_t>(14), std::string(100'000, 'x'));
  file.Commit();
  const auto blocks = Blocks(Bytes());
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_LT(blocks[2].second.size(), PcapngWriter::kMaximumComment + 100);
}

}  // namespace
}  // namespace dualsim::sim
