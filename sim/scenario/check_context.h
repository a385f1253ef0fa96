#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/link_config.h"
#include "sim/net/world_observer.h"
#include "sim/scenario/diagnostics.h"
#include "sim/scenario/plan.h"
#include "sim/scenario/text_reader.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::sim {

// What every check needs: the values of fields, read and judged, and the names
// of the plan so far. Whatever is wrong is reported at its field; the caller
// gets nullopt then, as for a field that is not set, and goes on with a default.
//
// Fields are given by message and field number (Link::kDelayFieldNumber).
class CheckContext {
 public:
  using Message = google::protobuf::Message;

  CheckContext(const TextLocations& locations, Diagnostics* diagnostics, Plan* plan)
      : locations_(locations), diagnostics_(*diagnostics), plan_(*plan) {}

  Plan& plan() { return plan_; }
  const Plan& plan() const { return plan_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  const TextLocations& locations() const { return locations_; }
  SourceLocation Where(const Message& message) const { return locations_.Of(message); }
  SourceLocation Where(const Message& message, int field, int index = 0) const {
    return locations_.Of(message, field, index);
  }
  // "field: complaint", at the field's place.
  void Error(const Message& message, int field, const std::string& complaint, int index = 0);
  // At the message's own place, as it stands.
  void Error(const Message& message, const std::string& complaint);
  // Reports that the field is missing, unless it is set; `hint` says what to do.
  bool Require(const Message& message, int field, const std::string& hint = "");
  // Whether the text has, rightly or wrongly, a field with a number from `first`
  // to `last`, or one that does not exist.
  bool HasAnyField(const Message& message, int first, int last) const;

  std::optional<Duration> ReadDuration(const Message& message, int field);
  // A duration since the start of the run.
  std::optional<Time> ReadTime(const Message& message, int field);
  // Whole seconds that fit 32 bits, or "infinite".
  std::optional<Duration> ReadLifetime(const Message& message, int field);
  std::optional<std::optional<uint64_t>> ReadRate(const Message& message, int field);
  std::optional<uint64_t> ReadSize(const Message& message, int field);
  std::optional<PartsPerBillion> ReadProbability(const Message& message, int field);
  std::optional<uint32_t> ReadNumber(const Message& message, int field, uint32_t least,
                                     uint32_t most);
  std::optional<MacAddress> ReadMac(const Message& message, int field);
  // One that a card can have; another is reported and returned.
  std::optional<MacAddress> ReadCardMac(const Message& message, int field);
  std::optional<Ipv6Address> ReadAddress(const Message& message, int field, int index = 0);
  std::optional<Ipv6Prefix> ReadPrefix(const Message& message, int field);
  std::optional<Ipv6Cidr> ReadCidr(const Message& message, int field, int index = 0);
  // Of either family.
  std::optional<IpAddress> ReadIpAddress(const Message& message, int field, int index = 0);
  std::optional<IpPrefix> ReadIpPrefix(const Message& message, int field);
  std::optional<IpCidr> ReadIpCidr(const Message& message, int field, int index = 0);
  // A filter that compiles; nullopt where it is not set or does not.
  std::optional<std::string> ReadFilter(const Message& message, int field);

  // Names, once the plan has its links and nodes.
  std::optional<LinkId> ReadLink(const Message& message, int field);
  std::optional<NodeId> ReadNode(const Message& message, int field);
  // Every node that the pattern matches, at least one; empty where not set.
  std::vector<NodeId> ReadNodes(const Message& message, int field, int index = 0);
  // A host, a router or a tester: whatever can send.
  std::optional<NodeId> ReadStation(const Message& message, int field);
  // The node's interface on the link that the field names; where the field is
  // not set, the node's only one: `needed` reports that it has several.
  std::optional<InterfaceId> ReadInterface(const Message& message, int field, NodeId node,
                                           bool needed);

  const std::string& NodeName(NodeId id) const { return plan_.node(id).name; }
  const std::string& LinkName(LinkId id) const { return plan_.link(id).name; }

 private:
  bool Has(const Message& message, int field) const;
  std::optional<NodeId> FindStation(const std::string& name) const;
  std::string Text(const Message& message, int field, int index) const;
  template <typename Value, typename Read>
  std::optional<Value> ReadWith(const Message& message, int field, Read read);
  void UnknownName(const Message& message, int field, int index, const std::string& name,
                   bool link);

  const TextLocations& locations_;
  Diagnostics& diagnostics_;
  Plan& plan_;
};

// Whether a name matches a pattern with * and ?.
bool MatchesPattern(std::string_view name, std::string_view pattern);

}  // namespace dualsim::sim
