#include "sim/record/golden.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/record/trace_file.h"

namespace dualsim::sim {
namespace {

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

void AppendLines(const std::vector<std::string_view>& lines, size_t begin, size_t end,
                 std::string_view mark, std::string& out) {
  for (size_t i = begin; i < std::min(end, lines.size()); ++i) {
    out.append("  ").append(mark).append(lines[i]).append("\n");
  }
}

}  // namespace

GoldenText::GoldenText(bool digest, std::string_view scenario, uint64_t seed)
    : digest_(digest), text_(TraceHeader(scenario, seed)) {}

void GoldenText::OnLine(Time time, LineKind kind, std::string_view line) {
  if (digest_) {
    in_figures_.OnLine(time, kind, line);
  } else {
    text_.append(line).append("\n");
  }
}

std::string GoldenText::Finish(Time end) {
  if (digest_) text_ += in_figures_.Finish();
  return std::move(text_) + TraceFooter(end);
}

std::optional<std::string> DescribeDifference(std::string_view expected, std::string_view seen) {
  if (expected == seen) return std::nullopt;
  constexpr size_t kBefore = 3;
  constexpr size_t kAfter = 5;
  const auto expected_lines = SplitLines(expected);
  const auto seen_lines = SplitLines(seen);
  const auto [e, s] = std::mismatch(expected_lines.begin(), expected_lines.end(),
                                    seen_lines.begin(), seen_lines.end());
  const auto first = static_cast<size_t>(e - expected_lines.begin());
  if (e == expected_lines.end() && s == seen_lines.end()) {
    return "the lines are the same, their ends are not\n";
  }
  std::string text = "line " + std::to_string(first + 1) + " differs:\n";
  AppendLines(expected_lines, first - std::min(first, kBefore), first, "  ", text);
  AppendLines(expected_lines, first, first + kAfter, "- ", text);
  AppendLines(seen_lines, first, first + kAfter, "+ ", text);
  return text;
}

}  // namespace dualsim::sim
