#include "sim/scenario/text_columns.h"

#include <cstdint>

namespace dualsim::sim {
namespace {

constexpr int kTabWidth = 8;
constexpr std::string_view kEndsWord = " \t\r\n{}<>[],;#\"'";

// The tokenizer's column after a byte at `column`.
int After(char byte, int column) {
  return byte == '\t' ? (column / kTabWidth + 1) * kTabWidth : column + 1;
}

}  // namespace

TextColumns::TextColumns(std::string_view text) : text_(text), starts_{0} {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

SourceLocation TextColumns::At(int line, int column) const {
  const size_t row = static_cast<size_t>(line);
  if (row >= starts_.size()) return {line + 1, column + 1};
  int reached = 0;
  int characters = 0;
  for (size_t i = starts_[row]; i < text_.size() && text_[i] != '\n' && reached < column; ++i) {
    reached = After(text_[i], reached);
    // Continuation bytes of UTF-8 begin no character.
    if ((static_cast<uint8_t>(text_[i]) & 0xc0) != 0x80) ++characters;
  }
  return {line + 1, characters + 1};
}

std::string TextColumns::WordAt(int line, int column) const {
  const size_t row = static_cast<size_t>(line);
  if (row >= starts_.size()) return "";
  size_t begin = starts_[row];
  for (int reached = 0; begin < text_.size() && reached < column; ++begin) {
    reached = After(text_[begin], reached);
  }
  size_t end = begin + 1;
  while (end < text_.size() && kEndsWord.find(text_[end]) == std::string_view::npos) ++end;
  return std::string(text_.substr(begin, end - begin));
}

}  // namespace dualsim::sim
