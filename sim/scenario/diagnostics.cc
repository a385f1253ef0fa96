#include "sim/scenario/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace dualsim::sim {
namespace {

bool ComesBefore(const Diagnostic& a, const Diagnostic& b) {
  return std::tie(a.where, a.message) < std::tie(b.where, b.message);
}

bool Same(const Diagnostic& a, const Diagnostic& b) {
  return a.where == b.where && a.message == b.message;
}

}  // namespace

void Diagnostics::Add(SourceLocation where, std::string message) {
  if (items_.size() == kMaximumKept) {
    ++forgotten_;
    return;
  }
  items_.push_back({where, std::move(message)});
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = items_;
  std::stable_sort(sorted.begin(), sorted.end(), ComesBefore);
  sorted.erase(std::unique(sorted.begin(), sorted.end(), Same), sorted.end());
  return sorted;
}

std::string Diagnostics::ToString() const {
  const std::vector<Diagnostic> sorted = Sorted();
  std::string text;
  for (size_t i = 0; i < sorted.size() && i < kMaximumPrinted; ++i) {
    text += file_ + ":";
    if (sorted[i].where.line > 0) {
      text +=
          std::to_string(sorted[i].where.line) + ":" + std::to_string(sorted[i].where.column) + ":";
    }
    text += " " + sorted[i].message + "\n";
  }
  if (sorted.size() > kMaximumPrinted) {
    text +=
        file_ + ": and " + std::to_string(sorted.size() - kMaximumPrinted + forgotten_) + " more\n";
  }
  return text;
}

}  // namespace dualsim::sim
