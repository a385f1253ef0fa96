#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dualsim::sim {

// A new SQLite file that appears whole or not at all, as OutputFile does, and
// whose bytes depend on what is inserted alone, not on the version of SQLite.
// All of it is one transaction.
class SqliteFile {
 public:
  // Replaces what is at `path` on Commit(). Throws OutputError.
  explicit SqliteFile(const std::string& path);
  ~SqliteFile();
  SqliteFile(const SqliteFile&) = delete;
  SqliteFile& operator=(const SqliteFile&) = delete;

  // Runs statements that take no values and give no rows. After a failure it
  // does nothing, and Commit() tells of the first.
  void Execute(const char* sql);
  bool failed() const { return !error_.empty(); }
  // Throws OutputError. Called at most once, after all statements are gone.
  void Commit();

 private:
  friend class SqliteInsert;
  void Note(int result);

  std::string path_;
  std::string temporary_;
  sqlite3* database_ = nullptr;
  std::string error_;  // The first failure, in SQLite's words.
};

// An INSERT that is prepared once and run often.
class SqliteInsert {
 public:
  // `sql` has a "?" for each value. The file outlives the statement.
  SqliteInsert(SqliteFile& file, const char* sql);
  ~SqliteInsert();
  SqliteInsert(const SqliteInsert&) = delete;
  SqliteInsert& operator=(const SqliteInsert&) = delete;

  // Inserts one row. Integers, flags, text, times (nanoseconds; NULL for
  // Time::Never()) and optional ones of these (NULL where not set).
  template <typename... Values>
  void Run(const Values&... values) {
    if (file_.failed()) return;
    int column = 0;
    (Bind(++column, values), ...);
    Step();
  }

 private:
  void Bind(int column, int64_t value);
  void Bind(int column, uint64_t value);
  void Bind(int column, int value) { Bind(column, int64_t{value}); }
  void Bind(int column, bool value) { Bind(column, int64_t{value}); }
  void Bind(int column, std::string_view value);  // Valid until Step().
  void Bind(int column, const std::string& value) { Bind(column, std::string_view(value)); }
  void Bind(int column, Time value);
  void BindNull(int column);
  template <typename T>
  void Bind(int column, const std::optional<T>& value) {
    value ? Bind(column, *value) : BindNull(column);
  }
  void Step();

  SqliteFile& file_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace dualsim::sim
