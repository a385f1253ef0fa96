#include "sim/craft/field_comparison.h"

#include <algorithm>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/craft/packet_fields.h"
#include "sim/craft/packet_matcher.h"
#include "sim/craft/tcp_reference.h"
#include "stack/wire/dns.h"

namespace dualsim::craft {
namespace {

std::string HexText(ByteView bytes) {
  constexpr size_t kShown = 32;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < bytes.size() && i < kShown; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  if (bytes.empty()) return "empty";
  return bytes.size() > kShown ? text + "... (" + std::to_string(bytes.size()) + " bytes)" : text;
}

std::string IsExpected(std::string_view name, const std::string& is, const std::string& expected) {
  return std::string(name) + " is " + is + ", expected " + expected;
}

// Compares field by field and stops at the first difference, which is reason().
class Comparison {
 public:
  explicit Comparison(const Surroundings& surroundings) : surroundings_(surroundings) {}

  const std::string& reason() const { return reason_; }

  // All that both list as fields.
  template <typename L>
  void Fields(const L& pattern, const L& seen) {
    L::Fields([&](const FieldInfo& info, auto member) {
      if (reason_.empty()) Compare(info, pattern.*member, seen.*member);
    });
  }

  void Layers(const Ipv6Layer& pattern, const Ipv6Layer& seen) { Fields(pattern, seen); }
  void Layers(const OptionsLayer& pattern, const OptionsLayer& seen) {
    OptionsLayer wanted = pattern;
    wanted.no_padding.reset();  // Says how to make a header, not what it is like.
    Fields(wanted, seen);
    Among("option", pattern.options, seen.options);
  }
  void Layers(const RoutingLayer& pattern, const RoutingLayer& seen) {
    Fields(pattern, seen);
    Sources("address", pattern.addresses, seen.addresses);
  }
  void Layers(const Icmpv6Layer& pattern, const DissectedLayer& dissected) {
    const auto& seen = std::get<Icmpv6Layer>(dissected.layer);
    Fields(pattern, seen);
    Checksum(pattern.checksum, pattern.bad_checksum, seen.bad_checksum);
    if (const auto* raw = std::get_if<RawBody>(&pattern.body)) {
      const ByteView body = dissected.bytes.subspan(4);
      if (reason_.empty()) Compare({"body"}, raw->body, Bytes({body.begin(), body.end()}));
    } else if (reason_.empty()) {
      std::visit([&](const auto& wanted) { Body(wanted, seen.body); }, pattern.body);
    }
    Options(pattern, seen);
  }
  void Layers(const PayloadLayer& pattern, const PayloadLayer& seen) {
    Fields(pattern, seen);
    if (!pattern.dns_name || !reason_.empty()) return;
    const auto message = wire::DnsMessage::Parse(seen.hex.value_or(std::vector<uint8_t>()));
    if (!message || message->questions.empty()) {
      reason_ = "it is no DNS message with a question";
    } else if (message->questions[0].name != *pattern.dns_name) {
      reason_ = IsExpected("dns_name", message->questions[0].name.ToString(),
                           pattern.dns_name->ToString());
    }
  }
  void Layers(const TcpLayer& pattern, const TcpLayer& seen) {
    TcpLayer wanted = pattern;
    reason_ = ResolveTcpReference(surroundings_, &wanted);
    Fields(wanted, seen);
    Checksum(wanted.checksum, wanted.bad_checksum, seen.bad_checksum);
  }
  template <typename L>
  void Layers(const L& pattern, const L& seen) {
    Fields(pattern, seen);
    if constexpr (requires { pattern.bad_checksum; }) {
      Checksum(pattern.checksum, pattern.bad_checksum, seen.bad_checksum);
    }
  }

 private:
  void Compare(const FieldInfo& info, const Number& wanted, const Number& seen) {
    if (!wanted || wanted == seen) return;
    reason_ = IsExpected(info.name, seen ? NumberText(info, *seen) : "missing",
                         NumberText(info, *wanted));
  }
  void Compare(const FieldInfo& info, const Flag& wanted, const Flag& seen) {
    if (!wanted || wanted == seen) return;
    reason_ = IsExpected(info.name,
                         !seen   ? "unknown"
                         : *seen ? "true"
                                 : "false",
                         *wanted ? "true" : "false");
  }
  void Compare(const FieldInfo& info, const Bytes& wanted, const Bytes& seen) {
    if (!wanted || wanted == seen) return;
    reason_ = IsExpected(info.name, seen ? HexText(*seen) : "missing", HexText(*wanted));
  }
  void Compare(const FieldInfo& info, const Ipv4& wanted, const Ipv4& seen) {
    if (!wanted || wanted == seen) return;
    reason_ = IsExpected(info.name, seen ? seen->ToString() : "missing", wanted->ToString());
  }
  void Compare(const FieldInfo& info, const Mac& wanted, const Mac& seen) {
    if (!wanted) return;
    const Resolution<MacAddress> mac = Resolve(*wanted, surroundings_);
    if (!seen || !mac.value) {
      reason_ = mac.value ? std::string(info.name) + " is missing" : mac.error;
    } else if (*mac.value != seen->literal) {
      reason_ = IsExpected(info.name, seen->literal.ToString(), Shown(*wanted, *mac.value));
    }
  }
  void Compare(const FieldInfo& info, const Address& wanted, const Address& seen) {
    if (!wanted) return;
    reason_ = seen ? Difference(info.name, *wanted, seen->literal)
                   : std::string(info.name) + " is missing";
  }

  // "fe80::1 ($nut.link_local)": what it means and how it is written.
  template <typename Term, typename Value>
  static std::string Shown(const Term& term, const Value& value) {
    const std::string text = value.ToString();
    const std::string written = term.ToString();
    return text == written ? text : text + " (" + written + ")";
  }

  std::string Difference(std::string_view name, const AddressTerm& wanted,
                         const Ipv6Address& seen) const {
    if (wanted.kind == AddressTerm::Kind::kUnicast) {
      if (surroundings_.Has(wanted.node, seen)) return "";
      return IsExpected(name, seen.ToString(), "an address of " + wanted.node.node);
    }
    const Resolution<Ipv6Address> address = Resolve(wanted, surroundings_);
    if (!address.value) return address.error;
    if (*address.value == seen) return "";
    return IsExpected(name, seen.ToString(), Shown(wanted, *address.value));
  }

  // A checksum that the pattern leaves open must be right.
  void Checksum(const Number& checksum, const Flag& wanted, const Flag& seen) {
    if (checksum || wanted || !reason_.empty()) return;
    if (seen.value_or(false)) reason_ = "its checksum is wrong";
  }

  // Each that the pattern has must be among those of the frame.
  template <typename Item>
  void Among(std::string_view what, const std::vector<Item>& pattern,
             const std::vector<Item>& seen) {
    for (const Item& wanted : pattern) {
      if (!reason_.empty()) return;
      std::string nearest;
      const bool found = std::any_of(seen.begin(), seen.end(), [&](const Item& item) {
        Comparison comparison(surroundings_);
        comparison.Items(wanted, item);
        if (!comparison.reason().empty()) nearest = comparison.reason();
        return comparison.reason().empty();
      });
      if (!found) {
        reason_ = nearest.empty() ? "it has no " + std::string(what)
                                  : "no " + std::string(what) + " is as expected: " + nearest;
      }
    }
  }
  void Items(const OptionSpec& wanted, const OptionSpec& seen) { Fields(wanted, seen); }
  void Items(const ListenerRecordSpec& wanted, const ListenerRecordSpec& seen) {
    Fields(wanted, seen);
    Sources("source", wanted.sources, seen.sources);
  }

  void Sources(std::string_view what, const std::vector<AddressTerm>& pattern,
               const std::vector<AddressTerm>& seen) {
    for (const AddressTerm& wanted : pattern) {
      if (!reason_.empty()) return;
      const bool found = std::any_of(seen.begin(), seen.end(), [&](const AddressTerm& address) {
        return Difference(what, wanted, address.literal).empty();
      });
      if (!found) reason_ = "it has no " + std::string(what) + " " + wanted.ToString();
    }
  }

  template <typename B, typename Variant>
  void Body(const B& wanted, const Variant& variant) {
    const B& seen = std::get<B>(variant);
    if constexpr (std::is_same_v<B, EchoBody>) {
      Fields(wanted, seen);
      // So many bytes means those bytes: an answer carries what was asked.
      if (reason_.empty() && wanted.data_size && !wanted.data) {
        Compare({"data"}, Bytes(PatternBytes(*wanted.data_size)), seen.data);
      }
      return;
    } else {
      Fields(wanted, seen);
    }
    if constexpr (requires { wanted.quote; }) QuoteOf(wanted.quote, seen.quote);
    if constexpr (requires { wanted.sources; }) Sources("source", wanted.sources, seen.sources);
    if constexpr (requires { wanted.records; }) Among("record", wanted.records, seen.records);
    if constexpr (requires { wanted.addresses; }) {
      Sources("address", wanted.addresses, seen.addresses);
    }
    if constexpr (requires { wanted.domains; }) {
      if (reason_.empty() && !wanted.domains.empty() && wanted.domains != seen.domains) {
        reason_ = "its domains are others";
      }
    }
  }

  void QuoteOf(const std::optional<Quote>& wanted, const std::optional<Quote>& seen) {
    if (!wanted || !reason_.empty()) return;
    const std::vector<uint8_t> quoted = seen && seen->hex ? *seen->hex : std::vector<uint8_t>();
    if (wanted->size && *wanted->size != quoted.size()) {
      reason_ = IsExpected("the quote", std::to_string(quoted.size()) + " bytes long",
                           std::to_string(*wanted->size));
    } else if (wanted->frame != nullptr) {
      const MatchResult result = Match(*wanted->frame, DissectPacket(quoted), surroundings_);
      if (!result.matches) reason_ = "in the quote, " + result.reason;
    } else if (!wanted->packet.empty()) {
      const auto packet = surroundings_.FindPacket(wanted->packet);
      if (!packet) {
        reason_ = "there was no packet '" + wanted->packet + "' yet";
      } else {
        BeginsWith(quoted, *packet, "packet '" + wanted->packet + "'");
      }
    } else if (wanted->hex) {
      BeginsWith(quoted, *wanted->hex, HexText(*wanted->hex));
    }
  }
  void BeginsWith(ByteView quoted, ByteView packet, const std::string& name) {
    const size_t common = std::min(quoted.size(), packet.size());
    const size_t same = static_cast<size_t>(
        std::mismatch(quoted.begin(), quoted.begin() + static_cast<std::ptrdiff_t>(common),
                      packet.begin())
            .first -
        quoted.begin());
    if (quoted.empty()) {
      reason_ = "it quotes nothing, expected " + name;
    } else if (same < common) {
      reason_ = "the quote is not " + name + ": they differ at byte " + std::to_string(same);
    }
  }

  void Options(const Icmpv6Layer& pattern, const Icmpv6Layer& seen) {
    for (const NdpOptionSpec& wanted : pattern.options) {
      if (!reason_.empty()) return;
      const std::string name(NdpOptionName(wanted.type));
      std::string nearest =
          "it has no " + name + (name == "option" ? " of type " + std::to_string(wanted.type) : "");
      bool found = false;
      for (const NdpOptionSpec& option : seen.options) {
        if (option.type != wanted.type || found) continue;
        Comparison comparison(surroundings_);
        comparison.Option(wanted, option);
        found = comparison.reason().empty();
        nearest = name + ": " + comparison.reason();
      }
      if (!found) reason_ = nearest;
    }
    for (uint8_t type : pattern.without) {
      if (!reason_.empty()) return;
      const bool there = std::any_of(seen.options.begin(), seen.options.end(),
                                     [&](const auto& option) { return option.type == type; });
      if (there) reason_ = "it has a " + std::string(NdpOptionName(type)) + ", expected none";
    }
  }
  void Option(const NdpOptionSpec& wanted, const NdpOptionSpec& seen) {
    Fields(wanted, seen);
    if (!reason_.empty()) return;
    if (const auto* raw = std::get_if<RawNdpOption>(&wanted.body); raw && !raw->data) return;
    if (wanted.body.index() != seen.body.index()) {
      reason_ = "it is malformed";
      return;
    }
    std::visit([&](const auto& body) { Body(body, seen.body); }, wanted.body);
  }

  const Surroundings& surroundings_;
  std::string reason_;
};

}  // namespace

std::string CompareLayers(const Layer& pattern, const DissectedLayer& seen,
                          const Surroundings& surroundings) {
  Comparison comparison(surroundings);
  std::visit(
      [&](const auto& wanted) {
        using L = std::decay_t<decltype(wanted)>;
        if constexpr (std::is_same_v<L, Icmpv6Layer>) {
          comparison.Layers(wanted, seen);
        } else {
          comparison.Layers(wanted, std::get<L>(seen.layer));
        }
      },
      pattern);
  return comparison.reason();
}

}  // namespace dualsim::craft
