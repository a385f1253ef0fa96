#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/scenario.pb.h"
#include "sim/craft/packet_spec_reader.h"
#include "sim/scenario/check.h"
#include "sim/scenario/units.h"

namespace dualsim::sim {
namespace {

using Entry = dualsim::Inject;

constexpr size_t kLeastFrame = 14;
constexpr size_t kMostFrame = 65'535 + 14;

// On which link: the one that is named, or the only one of the sender.
std::optional<LinkId> LinkOf(const Entry& entry, std::optional<NodeId> from,
                             CheckContext* context) {
  if (entry.has_link()) return context->ReadLink(entry, Entry::kLinkFieldNumber);
  if (!from) {
    if (!entry.has_from()) context->Error(entry, "'link' is missing here, or 'from'");
    return std::nullopt;
  }
  const std::vector<LinkId>& links = context->plan().node(*from).links;
  if (links.size() == 1) return links[0];
  context->Error(entry, "'" + context->NodeName(*from) + "' has " + std::to_string(links.size()) +
                            " interfaces; say with 'link' which one is meant");
  return std::nullopt;
}

// Reports a node that is not on the link.
void RequireOn(const Entry& entry, int field, std::optional<NodeId> node, LinkId link,
               CheckContext* context) {
  if (!node) return;
  const std::vector<LinkId>& links = context->plan().node(*node).links;
  if (std::find(links.begin(), links.end(), link) != links.end()) return;
  context->Error(entry, field,
                 "'" + context->NodeName(*node) + "' is not on '" + context->LinkName(link) + "'");
}

void ReadBytes(const Entry& entry, CheckContext* context, action::Inject* inject) {
  Reading<std::vector<uint8_t>> frame = ReadHex(entry.hex());
  if (!frame.value) {
    context->Error(entry, Entry::kHexFieldNumber, frame.error);
  } else if (frame.value->size() < kLeastFrame || frame.value->size() > kMostFrame) {
    context->Error(entry, Entry::kHexFieldNumber,
                   "a frame has " + std::to_string(kLeastFrame) + " to " +
                       std::to_string(kMostFrame) + " bytes; these are " +
                       std::to_string(frame.value->size()));
  } else {
    inject->frame = std::move(*frame.value);
  }
  if (entry.has_name()) {
    context->Error(entry, Entry::kNameFieldNumber, "only a 'frame' can have a name");
  }
}

}  // namespace

craft::NameScope NamesInScope(const Plan& plan, const std::vector<std::string>& packets) {
  craft::NameScope names;
  for (const NodePlan& node : plan.nodes) names.nodes.push_back(node.name);
  for (const LinkPlan& link : plan.links) names.links.push_back(link.name);
  names.packets = packets;
  return names;
}

std::optional<action::Inject> CheckInject(const Entry& entry,
                                          const std::vector<std::string>& packets,
                                          CheckContext* context) {
  action::Inject inject;
  inject.from = context->ReadStation(entry, Entry::kFromFieldNumber);
  inject.to = context->ReadStation(entry, Entry::kToFieldNumber);
  inject.name = entry.name();
  const std::optional<LinkId> link = LinkOf(entry, inject.from, context);
  if (link) {
    inject.link = *link;
    RequireOn(entry, Entry::kFromFieldNumber, inject.from, *link, context);
    RequireOn(entry, Entry::kToFieldNumber, inject.to, *link, context);
  }
  if (entry.has_frame() == entry.has_hex()) {
    context->Error(entry, entry.has_frame() ? "give either 'frame' or 'hex'"
                                            : "'frame' or 'hex' is missing here");
  } else if (entry.has_hex()) {
    ReadBytes(entry, context, &inject);
  } else {
    inject.crafted = std::make_shared<const craft::PacketSpec>(craft::ReadPacketSpec(
        entry.frame(), context->locations(), NamesInScope(context->plan(), packets),
        craft::FrameUse::kSend, &context->diagnostics()));
    if (!entry.has_from() && !entry.frame().has_ethernet()) {
      context->Error(entry, "a frame from nowhere needs its 'ethernet' header; or say 'from'");
    }
  }
  if (!link) return std::nullopt;
  return inject;
}

}  // namespace dualsim::sim
