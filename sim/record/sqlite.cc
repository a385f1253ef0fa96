#include "sim/record/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <system_error>

#include "sim/record/output_file.h"

namespace dualsim::sim {
namespace {

// The file format (§1.3) keeps the version number of the library that wrote last
// in the header; it tells nothing that we want to tell.
bool ClearLibraryVersion(const std::string& path) {
  constexpr off_t kVersionNumber = 96;
  const uint8_t zeros[4] = {};
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = ::pwrite(fd, zeros, sizeof zeros, kVersionNumber) == sizeof zeros;
  return ::close(fd) == 0 && written;
}

// SQLite only says "unable to open database file"; this finds out why. The errno,
// or 0.
int CreateEmpty(const std::string& temporary, const std::string& target) {
  if (std::filesystem::is_directory(target)) return EISDIR;
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return errno;
  ::close(fd);
  return 0;
}

}  // namespace

SqliteFile::SqliteFile(const std::string& path) : path_(path), temporary_(TemporaryName(path)) {
  if (const int error = CreateEmpty(temporary_, path_); error != 0) {
    throw OutputError(path_ + ": " + std::generic_category().message(error));
  }
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(temporary_.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
    const std::string reason = sqlite3_errmsg(database_);
    sqlite3_close(database_);
    throw OutputError(path_ + ": " + reason);
  }
  Execute("PRAGMA page_size = 4096");
  // Nothing is ever rolled back: a run that fails leaves no file.
  Execute("PRAGMA journal_mode = OFF");
  Execute("PRAGMA synchronous = OFF");
  Execute("PRAGMA locking_mode = EXCLUSIVE");
  Execute("PRAGMA cache_size = -16384");
  Execute("BEGIN");
}

SqliteFile::~SqliteFile() {
  if (database_ != nullptr) sqlite3_close(database_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void SqliteFile::Note(int result) {
  const bool fine = result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW;
  if (!fine && error_.empty()) error_ = sqlite3_errmsg(database_);
}

void SqliteFile::Execute(const char* sql) {
  if (!failed()) Note(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr));
}

void SqliteFile::Commit() {
  Execute("COMMIT");
  const int closed = sqlite3_close(database_);
  if (closed != SQLITE_OK && error_.empty()) error_ = sqlite3_errstr(closed);
  database_ = nullptr;
  const bool moved = error_.empty() && ClearLibraryVersion(temporary_) &&
                     ::rename(temporary_.c_str(), path_.c_str()) == 0;
  if (!moved) {
    throw OutputError(path_ + ": " +
                      (error_.empty() ? std::generic_category().message(errno) : error_));
  }
  temporary_.clear();
}

SqliteInsert::SqliteInsert(SqliteFile& file, const char* sql) : file_(file) {
  if (!file_.failed()) {
    file_.Note(sqlite3_prepare_v3(file_.database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_,
                                  nullptr));
  }
}

SqliteInsert::~SqliteInsert() { sqlite3_finalize(statement_); }

void SqliteInsert::Bind(int column, int64_t value) {
  sqlite3_bind_int64(statement_, column, value);
}

void SqliteInsert::Bind(int column, uint64_t value) {
  // SQLite's integers are signed: what they can't hold is kept as its digits.
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    Bind(column, static_cast<int64_t>(value));
  } else {
    const std::string digits = std::to_string(value);
    sqlite3_bind_text(statement_, column, digits.data(), static_cast<int>(digits.size()),
                      SQLITE_TRANSIENT);
  }
}

void SqliteInsert::Bind(int column, std::string_view value) {
  const char* text = value.empty() ? "" : value.data();  // A null pointer would mean NULL.
  sqlite3_bind_text(statement_, column, text, static_cast<int>(value.size()), SQLITE_STATIC);
}

void SqliteInsert::Bind(int column, Time value) {
  value.is_never() ? BindNull(column) : Bind(column, value.nanoseconds());
}

void SqliteInsert::BindNull(int column) { sqlite3_bind_null(statement_, column); }

void SqliteInsert::Step() {
  file_.Note(sqlite3_step(statement_));
  sqlite3_reset(statement_);
}

}  // namespace dualsim::sim
