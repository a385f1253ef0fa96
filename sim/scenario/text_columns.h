#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostics.h"

namespace dualsim::sim {

// From the places of protobuf's tokenizer to those that people see. The
// tokenizer counts lines and columns from 0, columns in bytes, and lets a tab
// reach to the next multiple of eight.
class TextColumns {
 public:
  // `text` outlives it.
  explicit TextColumns(std::string_view text);

  SourceLocation At(int line, int column) const;

  // The word there, as a person sees it: "5us", which is two tokens.
  std::string WordAt(int line, int column) const;

 private:
  std::string_view text_;
  std::vector<size_t> starts_;  // Of each line.
};

}  // namespace dualsim::sim
