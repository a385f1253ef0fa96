#include "sim/scenario/check_context.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "sim/filter/packet_filter.h"
#include "sim/scenario/near_name.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

using google::protobuf::FieldDescriptor;

const FieldDescriptor* FieldOf(const google::protobuf::Message& message, int field) {
  return message.GetDescriptor()->FindFieldByNumber(field);
}

// How the complaints about a text name what it was taken for.
struct FamilyWords {
  const char* name;
  int longest_prefix;
  const char* usual_prefix;
  bool (*is_address)(std::string_view);
};

constexpr FamilyWords kIpv4Words = {"an IPv4 address", 32, "/24", [](std::string_view text) {
                                      return Ipv4Address::Parse(text).has_value();
                                    }};
constexpr FamilyWords kIpv6Words = {"an IPv6 address", 128, "/64", [](std::string_view text) {
                                      return Ipv6Address::Parse(text).has_value();
                                    }};

// Numbers and dots before any slash: whoever wrote this meant IPv4, right or wrong.
bool IsMeantAsIpv4(std::string_view text) {
  const std::string_view address = text.substr(0, text.find('/'));
  return address.find('.') != std::string_view::npos &&
         address.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string Quoted(const std::string& text) { return "'" + text.substr(0, 60) + "'"; }

// What is wrong with "address/length".
std::string CidrComplaint(const std::string& text, const FamilyWords& words,
                          const std::string& example) {
  const size_t slash = text.find('/');
  const std::string quoted = Quoted(text);
  if (!words.is_address(std::string_view(text).substr(0, slash))) {
    return quoted + " is not " + words.name + " with a prefix length, such as '" + example + "'";
  }
  const std::string whole = "/" + std::to_string(words.longest_prefix);
  if (slash == std::string::npos) {
    return quoted + " lacks a prefix length; write '" + text + words.usual_prefix + "' or '" +
           text + whole + "'";
  }
  const std::string length = text.substr(slash + 1);
  const bool digits =
      !length.empty() && length.find_first_not_of("0123456789") == std::string::npos;
  if (digits && length.front() == '0') return quoted + " has a prefix length with a 0 in front";
  if (digits) return quoted + " has a prefix length over " + whole.substr(1);
  return quoted + " has no number as its prefix length; write it such as '" + example + "'";
}

// What is wrong with an address.
std::string AddressComplaint(const std::string& text, const FamilyWords& words) {
  const size_t slash = text.find('/');
  const bool longer =
      slash != std::string::npos && words.is_address(std::string_view(text).substr(0, slash));
  return Quoted(text) + " is not " + words.name +
         (longer ? "; write it without '" + text.substr(slash).substr(0, 60) + "'" : "");
}

}  // namespace

bool MatchesPattern(std::string_view name, std::string_view pattern) {
  size_t n = 0;
  size_t p = 0;
  size_t star = std::string_view::npos;
  size_t star_n = 0;
  while (n < name.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++n;
      ++p;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_n = n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_n;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

void CheckContext::Error(const Message& message, int field, const std::string& complaint,
                         int index) {
  diagnostics_.Add(Where(message, field, index),
                   FieldOf(message, field)->name() + ": " + complaint);
}

void CheckContext::Error(const Message& message, const std::string& complaint) {
  diagnostics_.Add(Where(message), complaint);
}

bool CheckContext::Has(const Message& message, int field) const {
  const FieldDescriptor* descriptor = FieldOf(message, field);
  return descriptor->is_repeated() || message.GetReflection()->HasField(message, descriptor);
}

std::string CheckContext::Text(const Message& message, int field, int index) const {
  const FieldDescriptor* descriptor = FieldOf(message, field);
  return descriptor->is_repeated()
             ? message.GetReflection()->GetRepeatedString(message, descriptor, index)
             : message.GetReflection()->GetString(message, descriptor);
}

bool CheckContext::Require(const Message& message, int field, const std::string& hint) {
  if (Has(message, field)) return true;
  if (locations_.HasMistake(message, field)) return false;
  diagnostics_.Add(Where(message),
                   "'" + FieldOf(message, field)->name() + "' is missing here" + hint);
  return false;
}

bool CheckContext::HasAnyField(const Message& message, int first, int last) const {
  if (locations_.HasMistake(message, TextLocations::kUnknownField)) return true;
  for (int field = first; field <= last; ++field) {
    const FieldDescriptor* descriptor = FieldOf(message, field);
    if (descriptor == nullptr) continue;
    if (locations_.HasMistake(message, field)) return true;
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    if (descriptor->is_repeated() ? reflection.FieldSize(message, descriptor) > 0
                                  : reflection.HasField(message, descriptor)) {
      return true;
    }
  }
  return false;
}

template <typename Value, typename Read>
std::optional<Value> CheckContext::ReadWith(const Message& message, int field, Read read) {
  if (!Has(message, field)) return std::nullopt;
  Reading<Value> reading = read(Text(message, field, 0));
  if (!reading.value) Error(message, field, reading.error);
  return std::move(reading.value);
}

std::optional<Duration> CheckContext::ReadDuration(const Message& message, int field) {
  return ReadWith<Duration>(message, field,
                            [](const std::string& text) { return sim::ReadDuration(text); });
}

std::optional<Time> CheckContext::ReadTime(const Message& message, int field) {
  const std::optional<Duration> duration = ReadDuration(message, field);
  if (!duration) return std::nullopt;
  return Time() + *duration;
}

std::optional<Duration> CheckContext::ReadLifetime(const Message& message, int field) {
  if (Has(message, field) && Text(message, field, 0) == "infinite") return Duration::Infinite();
  const std::optional<Duration> lifetime = ReadDuration(message, field);
  if (!lifetime) return std::nullopt;
  if (lifetime->nanoseconds() % Seconds(1).nanoseconds() != 0) {
    Error(message, field, "lifetimes are whole seconds, not " + DurationText(*lifetime));
    return std::nullopt;
  }
  if (*lifetime >= Seconds(0xffffffff)) {
    Error(message, field, "4294967294s is the most; write 'infinite' for ever");
    return std::nullopt;
  }
  return lifetime;
}

std::optional<std::optional<uint64_t>> CheckContext::ReadRate(const Message& message, int field) {
  return ReadWith<std::optional<uint64_t>>(
      message, field, [](const std::string& text) { return sim::ReadRate(text); });
}

std::optional<uint64_t> CheckContext::ReadSize(const Message& message, int field) {
  return ReadWith<uint64_t>(message, field,
                            [](const std::string& text) { return sim::ReadSize(text); });
}

std::optional<PartsPerBillion> CheckContext::ReadProbability(const Message& message, int field) {
  return ReadWith<PartsPerBillion>(
      message, field, [](const std::string& text) { return sim::ReadProbability(text); });
}

std::optional<uint32_t> CheckContext::ReadNumber(const Message& message, int field, uint32_t least,
                                                 uint32_t most) {
  if (!Has(message, field)) return std::nullopt;
  const uint32_t value = message.GetReflection()->GetUInt32(message, FieldOf(message, field));
  if (value >= least && value <= most) return value;
  Error(message, field,
        std::to_string(value) + " is not between " + std::to_string(least) + " and " +
            std::to_string(most));
  return std::nullopt;
}

std::optional<MacAddress> CheckContext::ReadMac(const Message& message, int field) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, 0);
  const std::optional<MacAddress> mac = MacAddress::Parse(text);
  if (!mac) {
    Error(message, field,
          "'" + text.substr(0, 60) + "' is not a MAC address, such as '02:00:00:00:00:0a'");
  }
  return mac;
}

std::optional<MacAddress> CheckContext::ReadCardMac(const Message& message, int field) {
  const std::optional<MacAddress> mac = ReadMac(message, field);
  if (mac && (mac->is_multicast() || mac->is_zero())) {
    Error(message, field,
          "'" + mac->ToString() + "' can't be the address of a card" +
              (mac->is_multicast() ? "; the lowest bit of its first byte makes it a group" : ""));
  }
  return mac;
}

std::optional<Ipv6Address> CheckContext::ReadAddress(const Message& message, int field, int index) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, index);
  const std::optional<Ipv6Address> address = Ipv6Address::Parse(text);
  if (!address) Error(message, field, AddressComplaint(text, kIpv6Words), index);
  return address;
}

std::optional<Ipv6Prefix> CheckContext::ReadPrefix(const Message& message, int field) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, 0);
  if (const std::optional<Ipv6Prefix> prefix = Ipv6Prefix::Parse(text)) return prefix;
  if (const std::optional<Ipv6Cidr> cidr = Ipv6Cidr::Parse(text)) {
    Error(
        message, field,
        "'" + text + "' has bits set after its length; write '" + cidr->prefix().ToString() + "'");
  } else {
    Error(message, field, CidrComplaint(text, kIpv6Words, "2001:db8::/64"));
  }
  return std::nullopt;
}

std::optional<Ipv6Cidr> CheckContext::ReadCidr(const Message& message, int field, int index) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, index);
  const std::optional<Ipv6Cidr> cidr = Ipv6Cidr::Parse(text);
  if (!cidr) {
    Error(message, field, CidrComplaint(text, kIpv6Words, "2001:db8::1/64"), index);
    return std::nullopt;
  }
  const Ipv6Address& address = cidr->address;
  std::string complaint;
  if (address.is_unspecified() || address.is_loopback() || address.is_multicast() ||
      address.is_ipv4_mapped()) {
    complaint = "can't be the address of an interface";
  } else if (cidr->prefix_length < 127 && cidr->prefix().address() == address) {
    complaint = "is its prefix's Subnet-Router anycast address (RFC 4291 §2.6.1), not a host's";
  }
  if (complaint.empty()) return cidr;
  Error(message, field, "'" + text + "' " + complaint, index);
  return std::nullopt;
}

std::optional<IpAddress> CheckContext::ReadIpAddress(const Message& message, int field, int index) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, index);
  if (const auto address = Ipv4Address::Parse(text)) return *address;
  if (!IsMeantAsIpv4(text)) return ReadAddress(message, field, index);
  Error(message, field, AddressComplaint(text, kIpv4Words), index);
  return std::nullopt;
}

std::optional<IpPrefix> CheckContext::ReadIpPrefix(const Message& message, int field) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, 0);
  if (!IsMeantAsIpv4(text)) return ReadPrefix(message, field);
  if (const auto prefix = Ipv4Prefix::Parse(text)) return *prefix;
  if (const auto cidr = Ipv4Cidr::Parse(text)) {
    Error(
        message, field,
        "'" + text + "' has bits set after its length; write '" + cidr->prefix().ToString() + "'");
  } else {
    Error(message, field, CidrComplaint(text, kIpv4Words, "192.0.2.0/24"));
  }
  return std::nullopt;
}

std::optional<IpCidr> CheckContext::ReadIpCidr(const Message& message, int field, int index) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, index);
  if (!IsMeantAsIpv4(text)) return ReadCidr(message, field, index);
  const auto cidr = Ipv4Cidr::Parse(text);
  if (!cidr) {
    Error(message, field, CidrComplaint(text, kIpv4Words, "192.0.2.1/24"), index);
    return std::nullopt;
  }
  const Ipv4Address& address = cidr->address;
  std::string complaint;
  // RFC 1122 §3.2.1.3; RFC 3021 for prefixes of 31 bits.
  if (address.is_multicast() || address.is_broadcast() || address.is_loopback() ||
      address.bytes()[0] == 0) {
    complaint = "can't be the address of an interface";
  } else if (cidr->prefix_length < 31 && address == cidr->network()) {
    complaint = "is the address of its network, not a host's";
  } else if (cidr->prefix_length < 31 && address == cidr->broadcast()) {
    complaint = "is the broadcast address of its network, not a host's";
  }
  if (complaint.empty()) return *cidr;
  Error(message, field, "'" + text + "' " + complaint, index);
  return std::nullopt;
}

std::optional<std::string> CheckContext::ReadFilter(const Message& message, int field) {
  if (!Has(message, field)) return std::nullopt;
  const std::string text = Text(message, field, 0);
  const std::string error = PacketFilter::Compile(text, nullptr);
  if (error.empty()) return text;
  Error(message, field, error);
  return std::nullopt;
}

void CheckContext::UnknownName(const Message& message, int field, int index,
                               const std::string& name, bool link) {
  std::string hint;
  if (!diagnostics_.many()) {
    std::vector<std::string> names;
    std::vector<std::string> others;
    for (const NodePlan& node : plan_.nodes) (link ? others : names).push_back(node.name);
    for (const LinkPlan& other : plan_.links) (link ? names : others).push_back(other.name);
    hint = DidYouMean(name, names);
    if (std::find(others.begin(), others.end(), name) != others.end()) {
      hint = link ? "; that is a node's name" : "; that is a link's name";
    } else if (hint.empty() && names.empty()) {
      hint = link ? "; there is no link at all" : "; there is no host and no router at all";
    }
  }
  Error(message, field,
        std::string(link ? "no link" : "no host and no router") + " is called '" +
            name.substr(0, 60) + "'" + hint,
        index);
}

std::optional<LinkId> CheckContext::ReadLink(const Message& message, int field) {
  if (!Has(message, field)) return std::nullopt;
  const std::string name = Text(message, field, 0);
  const auto found = std::lower_bound(
      plan_.links.begin(), plan_.links.end(), name,
      [](const LinkPlan& link, const std::string& wanted) { return link.name < wanted; });
  if (found != plan_.links.end() && found->name == name) {
    return LinkId(static_cast<uint32_t>(found - plan_.links.begin()));
  }
  UnknownName(message, field, 0, name, /*link=*/true);
  return std::nullopt;
}

std::optional<NodeId> CheckContext::ReadNode(const Message& message, int field) {
  if (!Has(message, field)) return std::nullopt;
  const std::vector<NodeId> nodes = ReadNodes(message, field);
  if (nodes.size() > 1) {
    Error(message, field,
          "one host is wanted here, and '" + Text(message, field, 0) + "' matches " +
              std::to_string(nodes.size()));
    return std::nullopt;
  }
  return nodes.empty() ? std::nullopt : std::optional(nodes.front());
}

std::optional<NodeId> CheckContext::FindStation(const std::string& name) const {
  const auto found = std::lower_bound(
      plan_.nodes.begin(), plan_.nodes.end(), name,
      [](const NodePlan& node, const std::string& wanted) { return node.name < wanted; });
  if (found == plan_.nodes.end() || found->name != name) return std::nullopt;
  return NodeId(static_cast<uint32_t>(found - plan_.nodes.begin()));
}

std::optional<NodeId> CheckContext::ReadStation(const Message& message, int field) {
  if (!Has(message, field)) return std::nullopt;
  const std::optional<NodeId> station = FindStation(Text(message, field, 0));
  return station ? station : ReadNode(message, field);
}

std::vector<NodeId> CheckContext::ReadNodes(const Message& message, int field, int index) {
  std::vector<NodeId> nodes;
  if (!Has(message, field)) return nodes;
  const std::string name = Text(message, field, index);
  if (name.find_first_of("*?") == std::string::npos) {
    const std::optional<NodeId> found = FindStation(name);
    if (!found) {
      UnknownName(message, field, index, name, /*link=*/false);
    } else if (plan_.node(*found).tester) {
      Error(message, field, "'" + name + "' is a tester; a host or a router is wanted here", index);
    } else {
      nodes.push_back(*found);
    }
    return nodes;
  }
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    if (!plan_.nodes[i].tester && MatchesPattern(plan_.nodes[i].name, name)) {
      nodes.push_back(NodeId(static_cast<uint32_t>(i)));
    }
  }
  if (nodes.empty()) {
    Error(message, field, "'" + name.substr(0, 60) + "' matches no host and no router", index);
  }
  return nodes;
}

std::optional<InterfaceId> CheckContext::ReadInterface(const Message& message, int field,
                                                       NodeId node, bool needed) {
  const std::vector<LinkId>& links = plan_.node(node).links;
  if (!Has(message, field)) {
    if (links.size() == 1) return InterfaceId(0);
    if (needed) {
      const std::string name = FieldOf(message, field)->name();
      Error(message, "'" + NodeName(node) + "' has " + std::to_string(links.size()) +
                         " interfaces; say with '" + name + "' which one is meant");
    }
    return std::nullopt;
  }
  const std::optional<LinkId> link = ReadLink(message, field);
  if (!link) return std::nullopt;
  const auto found = std::find(links.begin(), links.end(), *link);
  if (found == links.end()) {
    Error(message, field, "'" + NodeName(node) + "' has no interface on '" + LinkName(*link) + "'");
    return std::nullopt;
  }
  return InterfaceId(static_cast<uint16_t>(found - links.begin()));
}

}  // namespace dualsim::sim
