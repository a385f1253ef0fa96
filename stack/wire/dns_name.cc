#include "stack/wire/dns_name.h"

#include <algorithm>
#include <cstring>

namespace dualsim::wire {
namespace {

constexpr uint8_t kPointer = 0xc0;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A length is below 64 and so never a letter: folding all bytes is right.
uint8_t Fold(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte + 32) : byte;
}

// The byte that stands at the front of `text`, an escape or not; takes it away.
std::optional<char> TakeCharacter(std::string_view& text) {
  char c = text[0];
  text.remove_prefix(1);
  if (c != '\\') return c;
  if (text.empty()) return std::nullopt;
  if (!IsDigit(text[0])) {
    c = text[0];
    text.remove_prefix(1);
    return c;
  }
  if (text.size() < 3 || !IsDigit(text[1]) || !IsDigit(text[2])) return std::nullopt;
  const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  text.remove_prefix(3);
  return value > 255 ? std::nullopt : std::optional(static_cast<char>(value));
}

bool AppendLabel(std::string& labels, std::string_view label) {
  if (label.empty() || label.size() > DnsName::kMaximumLabel) return false;
  if (labels.size() + 1 + label.size() + 1 > DnsName::kMaximumSize) return false;
  labels += static_cast<char>(label.size());
  labels += label;
  return true;
}

void AppendEscaped(std::string& out, std::string_view label) {
  for (const char c : label) {
    if (c == '.' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c > ' ' && c <= '~') {
      out += c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      out += '\\';
      for (const int place : {100, 10, 1}) out += static_cast<char>('0' + byte / place % 10);
    }
  }
}

}  // namespace

std::optional<DnsName> DnsName::Parse(std::string_view text) {
  DnsName name;
  if (text == ".") return name;
  if (text.empty()) return std::nullopt;
  std::string label;
  while (!text.empty()) {
    if (text[0] == '.') {
      if (!AppendLabel(name.labels_, label)) return std::nullopt;
      label.clear();
      text.remove_prefix(1);
      if (text.empty()) return name;
      continue;
    }
    const std::optional<char> c = TakeCharacter(text);
    if (!c) return std::nullopt;
    label += *c;
  }
  if (!AppendLabel(name.labels_, label)) return std::nullopt;
  return name;
}

std::optional<DnsName> DnsName::ParseHostName(std::string_view text) {
  const bool allowed = std::all_of(text.begin(), text.end(), [](char c) {
    const uint8_t folded = Fold(c);
    return (folded >= 'a' && folded <= 'z') || IsDigit(c) || c == '-' || c == '_' || c == '.';
  });
  return allowed ? Parse(text) : std::nullopt;
}

std::string DnsName::ToString() const {
  if (is_root()) return ".";
  std::string text;
  for (size_t i = 0; i < labels_.size();) {
    const auto size = static_cast<uint8_t>(labels_[i]);
    if (i > 0) text += '.';
    AppendEscaped(text, std::string_view(labels_).substr(i + 1, size));
    i += 1 + size;
  }
  return text;
}

std::optional<DnsName> DnsName::Read(ByteView message, size_t* position) {
  DnsName name;
  size_t at = *position;
  size_t begin = at;  // Of the part of the name that is being read.
  bool jumped = false;
  while (at < message.size()) {
    const uint8_t first = message[at];
    if (first == 0) {
      if (!jumped) *position = at + 1;
      return name;
    }
    if ((first & kPointer) == kPointer) {
      if (at + 1 >= message.size()) return std::nullopt;
      if (!jumped) *position = at + 2;
      jumped = true;
      at = static_cast<size_t>(first & ~kPointer) << 8 | message[at + 1];
      if (at >= begin) return std::nullopt;
      begin = at;
      continue;
    }
    if ((first & kPointer) != 0 || message.size() - at - 1 < first) return std::nullopt;
    const auto* label = reinterpret_cast<const char*>(message.data()) + at + 1;
    if (!AppendLabel(name.labels_, {label, first})) return std::nullopt;
    at += 1 + size_t{first};
  }
  return std::nullopt;
}

void DnsName::Store(uint8_t* out) const {
  std::memcpy(out, labels_.data(), labels_.size());
  out[labels_.size()] = 0;
}

size_t DnsName::label_count() const {
  size_t count = 0;
  for (size_t i = 0; i < labels_.size(); i += 1 + static_cast<uint8_t>(labels_[i])) ++count;
  return count;
}

DnsName DnsName::Parent() const {
  DnsName parent;
  if (!is_root()) parent.labels_ = labels_.substr(1 + static_cast<uint8_t>(labels_[0]));
  return parent;
}

std::string_view DnsName::FirstLabel() const {
  if (is_root()) return {};
  return std::string_view(labels_).substr(0, 1 + static_cast<uint8_t>(labels_[0]));
}

bool DnsName::IsWithin(const DnsName& ancestor) const {
  DnsName name = *this;
  while (name.size() > ancestor.size()) name = name.Parent();
  return name == ancestor;
}

std::optional<DnsName> DnsName::Append(const DnsName& suffix) const {
  if (size() + suffix.size() - 1 > kMaximumSize) return std::nullopt;
  DnsName whole = *this;
  whole.labels_ += suffix.labels_;
  return whole;
}

std::weak_ordering operator<=>(const DnsName& a, const DnsName& b) {
  return std::lexicographical_compare_three_way(
      a.labels_.begin(), a.labels_.end(), b.labels_.begin(), b.labels_.end(),
      [](char x, char y) { return std::weak_ordering(Fold(x) <=> Fold(y)); });
}

}  // namespace dualsim::wire
