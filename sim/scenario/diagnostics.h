#pragma once

#include <compare>
#include <string>
#include <vector>

namespace dualsim::sim {

// A place in a scenario's text, counted from 1; line 0 is the file as a whole.
// Columns count characters (UTF-8), as editors do.
struct SourceLocation {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const SourceLocation&, const SourceLocation&) = default;
};

// One thing that is wrong with a scenario, and its cure where one is known.
struct Diagnostic {
  SourceLocation where;
  std::string message;  // "unknown field 'delai' in link; did you mean 'delay'?"
};

// All that is wrong with one file.
class Diagnostics {
 public:
  // `file` is the name to print, as the user gave it.
  explicit Diagnostics(std::string file) : file_(std::move(file)) {}

  void Add(SourceLocation where, std::string message);

  bool empty() const { return items_.empty(); }
  // There are more than will be printed: hints that cost time are not worth it.
  bool many() const { return items_.size() >= kMaximumPrinted; }
  const std::string& file() const { return file_; }
  // In the order of the text; the same complaint at the same place only once.
  std::vector<Diagnostic> Sorted() const;
  // One line each, "file:line:column: message", every line ended. Of very many
  // the first kMaximumPrinted, and a line that says how many follow.
  std::string ToString() const;

  static constexpr size_t kMaximumPrinted = 100;
  // Later ones are counted and forgotten.
  static constexpr size_t kMaximumKept = 1000;

 private:
  std::string file_;
  std::vector<Diagnostic> items_;
  size_t forgotten_ = 0;
};

}  // namespace dualsim::sim
