#include "sim/craft/address_term.h"

#include <utility>

namespace dualsim::craft {
namespace {

constexpr std::string_view kAddressHint =
    "; an address is '2001:db8::1', '$NODE.link_local', '$NODE.global', '$NODE.global(PREFIX)', "
    "'$NODE.eui64(PREFIX)', '$NODE.unicast', 'all_nodes', 'all_routers', 'all_mldv2_routers', "
    "'solicited_node(ADDRESS)', 'subnet_router(PREFIX)', 'counted(ADDRESS)', 'source(PACKET)', "
    "'destination(PACKET)' or 'target(PACKET)'";
constexpr std::string_view kMacHint =
    "; a MAC address is '02:00:00:00:00:0a', '$NODE.mac', 'broadcast', "
    "'group_mac(ADDRESS)' or 'counted(MAC)'";

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// Of "function(argument)" the argument; nullopt for anything else.
std::optional<std::string_view> Argument(std::string_view text, std::string_view function) {
  if (!text.starts_with(function) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(function.size());
  if (!text.starts_with('(')) return std::nullopt;
  return text.substr(1, text.size() - 2);
}

// "$NODE@LINK.what" apart. Names may hold dots, so that the last dot before a
// parenthesis counts.
struct NodePart {
  NodeTerm node;
  std::string_view what;
};
std::optional<NodePart> SplitNode(std::string_view text) {
  if (!text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);
  const size_t dot = text.substr(0, text.find('(')).rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  NodePart split;
  std::string_view name = text.substr(0, dot);
  split.what = text.substr(dot + 1);
  if (const size_t at = name.find('@'); at != std::string_view::npos) {
    split.node.link = std::string(name.substr(at + 1));
    name = name.substr(0, at);
    if (name.empty() || split.node.link.empty()) return std::nullopt;
  }
  split.node.node = std::string(name);
  return split;
}

TermReading<AddressTerm> ReadNodeAddress(std::string_view text) {
  using Kind = AddressTerm::Kind;
  const std::optional<NodePart> split = SplitNode(text);
  if (!split) return {std::nullopt, Quoted(text) + " names no address" + std::string(kAddressHint)};
  AddressTerm term;
  term.node = split->node;
  const std::string_view what = split->what;
  if (what == "link_local") {
    term.kind = Kind::kLinkLocal;
  } else if (what == "global") {
    term.kind = Kind::kGlobal;
  } else if (what == "unicast") {
    term.kind = Kind::kUnicast;
  } else {
    std::optional<std::string_view> prefix = Argument(what, "global");
    term.kind = prefix ? Kind::kWithin : Kind::kEui64;
    if (!prefix) prefix = Argument(what, "eui64");
    if (!prefix) {
      return {std::nullopt, "a node has no " + Quoted(what) + std::string(kAddressHint)};
    }
    const auto parsed = Ipv6Prefix::Parse(*prefix);
    if (!parsed) return {std::nullopt, Quoted(*prefix) + " is no prefix like 2001:db8::/64"};
    if (term.kind == Kind::kEui64 && parsed->length() > 64) {
      return {std::nullopt, "an EUI-64 identifier has 64 bits; " + Quoted(*prefix) + " is longer"};
    }
    term.prefix = *parsed;
  }
  return {term, ""};
}

// "source(PACKET)" and the like; nullopt for anything else.
std::optional<AddressTerm> ReadPacketAddress(std::string_view text) {
  using Kind = AddressTerm::Kind;
  constexpr std::pair<std::string_view, Kind> kFields[] = {
      {"source", Kind::kSource}, {"destination", Kind::kDestination}, {"target", Kind::kTarget}};
  for (const auto& [function, kind] : kFields) {
    const auto packet = Argument(text, function);
    if (!packet || packet->empty()) continue;
    AddressTerm term;
    term.kind = kind;
    term.packet = std::string(*packet);
    return term;
  }
  return std::nullopt;
}

std::string NodeText(const NodeTerm& node) {
  return "$" + node.node + (node.link.empty() ? "" : "@" + node.link);
}

std::string WithoutGroup(const AddressTerm& term) {
  using Kind = AddressTerm::Kind;
  switch (term.kind) {
    case Kind::kLiteral:
      break;
    case Kind::kLinkLocal:
      return NodeText(term.node) + ".link_local";
    case Kind::kGlobal:
      return NodeText(term.node) + ".global";
    case Kind::kWithin:
      return NodeText(term.node) + ".global(" + term.prefix.ToString() + ")";
    case Kind::kEui64:
      return NodeText(term.node) + ".eui64(" + term.prefix.ToString() + ")";
    case Kind::kUnicast:
      return NodeText(term.node) + ".unicast";
    case Kind::kCounted:
      return "counted(" + term.literal.ToString() + ")";
    case Kind::kSource:
      return "source(" + term.packet + ")";
    case Kind::kDestination:
      return "destination(" + term.packet + ")";
    case Kind::kTarget:
      return "target(" + term.packet + ")";
  }
  return term.literal.ToString();
}

}  // namespace

std::string AddressTerm::ToString() const {
  return solicited_node ? "solicited_node(" + WithoutGroup(*this) + ")" : WithoutGroup(*this);
}

std::string MacTerm::ToString() const {
  switch (kind) {
    case Kind::kLiteral:
      break;
    case Kind::kNode:
      return NodeText(node) + ".mac";
    case Kind::kGroup:
      return "group_mac(" + group.ToString() + ")";
    case Kind::kCounted:
      return "counted(" + literal.ToString() + ")";
  }
  return literal.ToString();
}

TermReading<AddressTerm> ReadAddressTerm(std::string_view text) {
  if (text == "all_nodes") return {Ipv6Address::AllNodes(), ""};
  if (text == "all_routers") return {Ipv6Address::AllRouters(), ""};
  if (text == "all_mldv2_routers") return {Ipv6Address::AllMldv2Routers(), ""};
  if (const auto of = Argument(text, "solicited_node")) {
    if (of->starts_with("solicited_node")) {
      return {std::nullopt, Quoted(text) + " asks for the group of a group"};
    }
    TermReading<AddressTerm> inner = ReadAddressTerm(*of);
    if (!inner.term) return inner;
    if (inner.term->kind == AddressTerm::Kind::kUnicast) {
      return {std::nullopt, Quoted(*of) + " is not one address that has a solicited-node group"};
    }
    inner.term->solicited_node = true;
    if (inner.term->kind == AddressTerm::Kind::kLiteral) {
      return {inner.term->literal.SolicitedNode(), ""};
    }
    return inner;
  }
  if (const auto of = Argument(text, "subnet_router")) {
    const auto prefix = Ipv6Prefix::Parse(*of);
    if (!prefix) return {std::nullopt, Quoted(*of) + " is no prefix like 2001:db8::/64"};
    return {prefix->address(), ""};
  }
  if (const auto of = Argument(text, "counted")) {
    const auto first = Ipv6Address::Parse(*of);
    if (!first) return {std::nullopt, Quoted(*of) + " is no address like 2001:db8::1"};
    AddressTerm term(*first);
    term.kind = AddressTerm::Kind::kCounted;
    return {term, ""};
  }
  if (auto of_packet = ReadPacketAddress(text)) return {std::move(of_packet), ""};
  if (text.starts_with('$')) return ReadNodeAddress(text);
  if (const auto literal = Ipv6Address::Parse(text)) return {*literal, ""};
  return {std::nullopt, Quoted(text) + " is no address" + std::string(kAddressHint)};
}

TermReading<MacTerm> ReadMacTerm(std::string_view text) {
  if (text == "broadcast") return {MacAddress::Broadcast(), ""};
  if (const auto of = Argument(text, "group_mac")) {
    TermReading<AddressTerm> group = ReadAddressTerm(*of);
    if (!group.term) return {std::nullopt, group.error};
    if (group.term->kind == AddressTerm::Kind::kLiteral) {
      return {MacAddress::ForGroup(group.term->literal), ""};
    }
    MacTerm term;
    term.kind = MacTerm::Kind::kGroup;
    term.group = std::move(*group.term);
    return {std::move(term), ""};
  }
  if (const auto of = Argument(text, "counted")) {
    const auto first = MacAddress::Parse(*of);
    if (!first) return {std::nullopt, Quoted(*of) + " is no MAC address like 02:00:00:00:00:0a"};
    MacTerm term(*first);
    term.kind = MacTerm::Kind::kCounted;
    return {term, ""};
  }
  if (const auto split = SplitNode(text); split && split->what == "mac") {
    MacTerm term;
    term.kind = MacTerm::Kind::kNode;
    term.node = split->node;
    return {std::move(term), ""};
  }
  if (const auto literal = MacAddress::Parse(text)) return {*literal, ""};
  return {std::nullopt, Quoted(text) + " is no MAC address" + std::string(kMacHint)};
}

}  // namespace dualsim::craft
