#include "sim/craft/packet_matcher.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "sim/craft/field_comparison.h"
#include "sim/craft/packet_fields.h"

namespace dualsim::craft {
namespace {

using Layers = std::vector<const DissectedLayer*>;

bool IsEthernet(const Layer& layer) { return std::holds_alternative<EthernetLayer>(layer); }

// Whether they can be compared at all. A raw ICMPv6 message is compared with any.
bool SameKind(const Layer& pattern, const Layer& seen) {
  if (pattern.index() != seen.index()) return false;
  if (const auto* wanted = std::get_if<Icmpv6Layer>(&pattern)) {
    const auto& message = std::get<Icmpv6Layer>(seen);
    if (wanted->type != message.type) return false;
    return std::holds_alternative<RawBody>(wanted->body) ||
           wanted->body.index() == message.body.index();
  }
  return LayerName(pattern) == LayerName(seen);
}

std::string KindsText(const Layers& layers) {
  std::string text;
  for (const DissectedLayer* layer : layers) {
    if (!text.empty()) text += ", ";
    text += LayerName(layer->layer);
    const auto* message = std::get_if<Icmpv6Layer>(&layer->layer);
    if (message != nullptr && std::holds_alternative<RawBody>(message->body)) {
      text += " of type " + std::to_string(message->type);
    }
  }
  return text.empty() ? "nothing but its Ethernet header" : text;
}

// The pattern's layers but Ethernet's against the frame's from `start` on. A frame
// of the right kinds is nearer than any that begins the same way.
MatchResult MatchFrom(const std::vector<const Layer*>& pattern, const Layers& frame, size_t start,
                      const Surroundings& surroundings) {
  MatchResult result;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const std::string expected(LayerName(*pattern[i]));
    if (start + i >= frame.size()) {
      result.reason = "it ends where " + expected + " is expected";
      return result;
    }
    const Layer& seen = frame[start + i]->layer;
    if (!SameKind(*pattern[i], seen)) {
      result.reason =
          "it has " + std::string(LayerName(seen)) + " where " + expected + " is expected";
      return result;
    }
    ++result.nearness;
  }
  for (size_t i = 0; i < pattern.size(); ++i) {
    ++result.nearness;
    result.reason = CompareLayers(*pattern[i], *frame[start + i], surroundings);
    if (result.reason.empty()) continue;
    result.reason = std::string(LayerName(*pattern[i])) + ": " + result.reason;
    return result;
  }
  result.matches = true;
  return result;
}

std::string Listed(const std::vector<uint64_t>& numbers) {
  std::string text;
  for (uint64_t number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

// Why the number is not as it should be, or "".
std::string Judge(const FieldCondition& condition, const Number& number) {
  const std::string name = condition.layer + "." + condition.field;
  if (!number) return "it has no " + name;
  const std::string is = name + " is " + std::to_string(*number) + ", expected ";
  const auto among = [&](const std::vector<uint64_t>& numbers) {
    return std::find(numbers.begin(), numbers.end(), *number) != numbers.end();
  };
  if (condition.at_least && *number < *condition.at_least) {
    return is + "at least " + std::to_string(*condition.at_least);
  }
  if (condition.at_most && *number > *condition.at_most) {
    return is + "at most " + std::to_string(*condition.at_most);
  }
  if (!condition.one_of.empty() && !among(condition.one_of)) {
    return is + "one of " + Listed(condition.one_of);
  }
  if (among(condition.none_of)) return is + "none of " + Listed(condition.none_of);
  return "";
}

}  // namespace

MatchResult Match(const PacketSpec& pattern, const Dissection& frame,
                  const Surroundings& surroundings) {
  std::vector<const Layer*> wanted;
  Layers seen;
  const Layer* ethernet = nullptr;
  for (const Layer& layer : pattern.layers) {
    IsEthernet(layer) ? void(ethernet = &layer) : wanted.push_back(&layer);
  }
  const DissectedLayer* seen_ethernet = nullptr;
  for (const DissectedLayer& layer : frame.layers) {
    IsEthernet(layer.layer) ? void(seen_ethernet = &layer) : seen.push_back(&layer);
  }

  MatchResult best;
  best.matches = wanted.empty();
  for (size_t start = 0; start < seen.size() && !best.matches; ++start) {
    if (!SameKind(*wanted[0], seen[start]->layer)) continue;
    MatchResult result = MatchFrom(wanted, seen, start, surroundings);
    if (result.matches || best.reason.empty() || result.nearness > best.nearness) {
      best = std::move(result);
    }
  }
  if (!best.matches) {
    if (best.reason.empty()) {
      best.reason = "it is " + KindsText(seen) + "; expected " + std::string(LayerName(*wanted[0]));
    }
    return best;
  }
  if (ethernet != nullptr) {
    std::string reason = seen_ethernet == nullptr
                             ? "it has no Ethernet header"
                             : CompareLayers(*ethernet, *seen_ethernet, surroundings);
    if (!reason.empty()) return {false, best.nearness, "ethernet: " + std::move(reason)};
  }
  for (const FieldCondition& condition : pattern.where) {
    std::string reason = Judge(condition, FindNumber(frame, condition.layer, condition.field));
    if (!reason.empty()) return {false, best.nearness, std::move(reason)};
  }
  return best;
}

}  // namespace dualsim::craft
