#include "sim/record/output_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace dualsim::sim {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest()
      : folder_(testing::TempDir() + "/" +
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    MakeFolder(folder_);
  }
  ~OutputFileTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  static std::string Read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  size_t Files() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  // What an OutputError says, or "" where there is none.
  template <typename F>
  static std::string ErrorOf(F action) {
    try {
      action();
    } catch (const OutputError& error) {
      return error.what();
    }
    return "";
  }

  const std::string folder_;
};

TEST_F(OutputFileTest, AppearsUnderItsNameOnlyWhenCommitted) {
  OutputFile file(Path("a"));
  file.Append("hello");
  EXPECT_FALSE(fs::exists(Path("a")));
  file.Commit();
  EXPECT_EQ(Read(Path("a")), "hello");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, WithoutCommitLeavesWhatWasThereBefore) {
  std::ofstream(Path("a")) << "before";
  { OutputFile(Path("a")).Append("after"); }
  EXPECT_EQ(Read(Path("a")), "before");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, KeepsTheOrderOfPiecesSmallerAndLargerThanItsBuffer) {
  std::string expected;
  OutputFile file(Path("a"));
  for (size_t size : {1u, 700'000u, 700'000u, 3'000'000u, 5u}) {
    const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    expected += piece;
    file.Append(piece);
  }
  file.Commit();
  EXPECT_EQ(Read(Path("a")), expected);
}

TEST_F(OutputFileTest, AFullDiskIsReportedWithThePath) {
  OutputFile file("/dev/full");
  for (int i = 0; i < 3; ++i) file.Append(std::string(1'000'000, 'x'));
  EXPECT_TRUE(file.failed()) << "whoever drives the run can give up early";
  EXPECT_EQ(ErrorOf([&] { file.Commit(); }), "/dev/full: No space left on device");
  struct stat status {};
  ASSERT_EQ(::stat("/dev/full", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode)) << "a device is written in place, never replaced";
}

TEST_F(OutputFileTest, AFullDiskIsReportedEvenWhenEverythingWasBuffered) {
  OutputFile file("/dev/full");
  file.Append("x");
  EXPECT_FALSE(file.failed());
  EXPECT_NE(ErrorOf([&] { file.Commit(); }), "");
}

TEST_F(OutputFileTest, SaysWhyItCanNotBeCreated) {
  EXPECT_EQ(ErrorOf([&] { OutputFile file(folder_); }), folder_ + ": Is a directory");
  EXPECT_EQ(ErrorOf([&] { OutputFile file(Path("no/such")); }),
            Path("no/such") + ": No such file or directory");
  std::ofstream(Path("file")) << "x";
  EXPECT_EQ(ErrorOf([&] { MakeFolder(Path("file")); }), Path("file") + ": Not a directory");
  EXPECT_EQ(ErrorOf([&] { MakeFolder(Path("file/below")); }),
            Path("file/below") + ": Not a directory");
}

TEST_F(OutputFileTest, ReplacesWhatASymbolicLinkPointsTo) {
  MakeFolder(Path("elsewhere"));
  std::ofstream(Path("elsewhere/real")) << "before";
  fs::create_symlink("elsewhere/real", Path("link"));
  OutputFile file(Path("link"));
  file.Append("after");
  file.Commit();
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Read(Path("elsewhere/real")), "after");
}

TEST_F(OutputFileTest, OneThatGrowsHasItsNameFromTheStartAndStaysWithoutACommit) {
  {
    OutputFile file(Path("a"), Appearance::kGrowing);
    file.Append("hello");
    EXPECT_EQ(Read(Path("a")), "");
    file.Flush();
    EXPECT_EQ(Read(Path("a")), "hello");
    file.Append(", world");
  }
  EXPECT_EQ(Read(Path("a")), "hello, world");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, AReaderOfOneThatGrowsFindsNoHalfOfWhatWasGivenAtOnce) {
  const std::string block(999, 'x');
  OutputFile file(Path("a"), Appearance::kGrowing);
  for (int i = 0; i < 200; ++i) {
    file.Append(block);
    EXPECT_EQ(Read(Path("a")).size() % block.size(), 0u);
  }
}

}  // namespace
}  // namespace dualsim::sim
