#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/bytes.h"

namespace dualsim::sim {

// An output could not be written: "out/x/x.pcapng: No space left on device".
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// How an output comes to be under its name.
enum class Appearance : uint8_t { kWhole, kGrowing };

// A file that appears whole or not at all: it grows beside its final name, under
// TemporaryName(), and takes the final name on Commit(). Without a commit the
// destructor removes it.
//
// One that grows has its name from the start, and what Reserve() or Append() gave
// at once comes there at once, with Flush() at the latest: a reader finds no half
// of it. Without a commit it stays.
//
// What exists and is no regular file (a terminal, a pipe, /dev/full) is written
// in place; a symbolic link is followed, and what it points to replaced.
class OutputFile {
 public:
  // Creates the temporary file; throws OutputError.
  explicit OutputFile(const std::string& path, Appearance appearance = Appearance::kWhole);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Room for `size` more bytes, unset, all of which the caller fills in before
  // the next call.
  uint8_t* Reserve(size_t size) {
    if (size > buffer_.size() - used_) MakeRoom(size);
    uint8_t* p = buffer_.data() + used_;
    used_ += size;
    return p;
  }
  void Append(ByteView bytes);
  void Append(std::string_view text);

  // Writing goes on in silence after a failure, so that an observer need not
  // care; whoever drives a long run looks here now and then and gives up early.
  bool failed() const { return error_ != 0; }

  // Writes all that was given so far.
  void Flush();

  // Writes what is left and moves the file to its name; throws OutputError with
  // the first failure. Called at most once.
  void Commit();

 private:
  void MakeRoom(size_t size);
  void Discard();

  std::string path_;       // As given, for messages.
  std::string target_;     // Where it goes, links followed.
  std::string temporary_;  // "" where it is written in place.
  int fd_ = -1;
  int error_ = 0;  // The first errno of a write.
  std::vector<uint8_t> buffer_;
  size_t used_ = 0;
};

// Where an output grows until it is whole: beside `target`, so that a rename
// suffices; no two processes share one.
std::string TemporaryName(const std::string& target);

// Creates a folder and those above it; throws OutputError.
void MakeFolder(const std::string& path);

}  // namespace dualsim::sim
