#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.h"

namespace dualsim::wire {

// A domain name, RFC 1035 §3.1: labels of 1 to 63 bytes, 255 bytes in all with
// their lengths and the root's. Case is kept, and does not tell names apart
// (RFC 4343). The default is the root.
class DnsName {
 public:
  static constexpr size_t kMaximumSize = 255;
  static constexpr size_t kMaximumLabel = 63;

  DnsName() = default;

  // "www.example.com", with or without a final dot; "." is the root. "\." and
  // "\092" stand for the bytes that they name (RFC 1035 §5.1). nullopt for what
  // is no name.
  static std::optional<DnsName> Parse(std::string_view text);
  // A host's name, RFC 1123 §2.1: as Parse(), of letters, digits and '-' ('_'
  // too, which services have).
  static std::optional<DnsName> ParseHostName(std::string_view text);
  // Without the final dot; "." for the root. What is not printable, '.' and '\'
  // within a label come out escaped.
  std::string ToString() const;

  // Reads the name at `*position` in `message` and moves behind it; compressed or
  // not (RFC 1035 §4.1.4). A pointer leads strictly backwards from where the name,
  // or the part of it that a pointer led to, begins: so reading ends. nullopt, and
  // `*position` anywhere, where there is no name.
  static std::optional<DnsName> Read(ByteView message, size_t* position);

  // Bytes on the wire without compression.
  size_t size() const { return labels_.size() + 1; }
  // Writes size() bytes.
  void Store(uint8_t* out) const;

  bool is_root() const { return labels_.empty(); }
  size_t label_count() const;
  // The name without its first label; the root's parent is the root.
  DnsName Parent() const;
  // The first label with its length in front; empty for the root.
  std::string_view FirstLabel() const;
  // Whether it is `ancestor`, or below it.
  bool IsWithin(const DnsName& ancestor) const;
  // This name with `suffix` behind; nullopt where that is too long.
  std::optional<DnsName> Append(const DnsName& suffix) const;

  // Without regard to case, ASCII's only. The order is that of the labels from the
  // first on, and nothing but stable.
  friend bool operator==(const DnsName& a, const DnsName& b) { return (a <=> b) == 0; }
  friend std::weak_ordering operator<=>(const DnsName& a, const DnsName& b);

 private:
  std::string labels_;  // Each with its length in front, without the root's.
};

}  // namespace dualsim::wire
