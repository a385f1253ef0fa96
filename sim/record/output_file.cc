#include "sim/record/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace dualsim::sim {
namespace {

// Small enough to stay in a core's second cache until the kernel has copied it:
// with 1 MiB a full capture takes twice the time.
constexpr size_t kBufferSize = 1 << 16;

[[noreturn]] void Fail(const std::string& path, int error) {
  throw OutputError(path + ": " + std::generic_category().message(error));
}

// The file that a chain of symbolic links ends at, whether or not it exists yet.
std::string FollowLinks(std::string path) {
  constexpr int kMaximumLinks = 40;  // As the kernel has it.
  std::error_code error;
  for (int i = 0; i < kMaximumLinks && std::filesystem::is_symlink(path, error); ++i) {
    const auto next = std::filesystem::read_symlink(path, error);
    if (error) break;
    path = (std::filesystem::path(path).parent_path() / next).string();
  }
  return path;
}

}  // namespace

std::string TemporaryName(const std::string& target) {
  return target + "." + std::to_string(::getpid()) + ".tmp";
}

void MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw OutputError(path + ": " + error.message());
  if (!std::filesystem::is_directory(path)) Fail(path, ENOTDIR);
}

OutputFile::OutputFile(const std::string& path, Appearance appearance)
    : path_(path), target_(FollowLinks(path)) {
  struct stat status {};
  const bool exists = ::stat(target_.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) Fail(path_, EISDIR);
  const bool in_place = exists && !S_ISREG(status.st_mode);
  if (!in_place && appearance == Appearance::kWhole) temporary_ = TemporaryName(target_);
  const int flags = O_WRONLY | O_CLOEXEC | (in_place ? 0 : O_CREAT | O_TRUNC | O_NOFOLLOW);
  fd_ = ::open(temporary_.empty() ? target_.c_str() : temporary_.c_str(), flags, 0666);
  if (fd_ < 0) Fail(path_, errno);
  buffer_.resize(kBufferSize);
}

OutputFile::~OutputFile() {
  if (fd_ >= 0 && temporary_.empty()) Flush();
  Discard();
}

void OutputFile::Append(ByteView bytes) {
  if (!bytes.empty()) std::memcpy(Reserve(bytes.size()), bytes.data(), bytes.size());
}

void OutputFile::Append(std::string_view text) {
  if (!text.empty()) std::memcpy(Reserve(text.size()), text.data(), text.size());
}

void OutputFile::MakeRoom(size_t size) {
  Flush();
  if (size > buffer_.size()) buffer_.resize(size);
}

void OutputFile::Flush() {
  size_t done = 0;
  while (done < used_ && error_ == 0) {
    const ssize_t n = ::write(fd_, buffer_.data() + done, used_ - done);
    if (n >= 0) {
      done += static_cast<size_t>(n);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  used_ = 0;
}

void OutputFile::Commit() {
  Flush();
  // Some systems tell of a full disk only on closing.
  if (::close(fd_) != 0 && error_ == 0) error_ = errno;
  fd_ = -1;
  if (error_ == 0 && !temporary_.empty()) {
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
      error_ = errno;
    } else {
      temporary_.clear();
    }
  }
  if (error_ != 0) Fail(path_, error_);
}

void OutputFile::Discard() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

}  // namespace dualsim::sim
