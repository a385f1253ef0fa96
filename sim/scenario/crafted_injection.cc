#include "sim/scenario/crafted_injection.h"

#include <vector>

#include "sim/craft/packet_builder.h"

namespace dualsim::sim {
namespace {

// The index of the node's interface on a link; the check has seen that it has one.
InterfaceId InterfaceOn(const NodePlan& node, LinkId link) {
  for (size_t i = 0; i < node.links.size(); ++i) {
    if (node.links[i] == link) return InterfaceId(static_cast<uint16_t>(i));
  }
  return InterfaceId(0);
}

void Send(const action::Inject& inject, const Plan& plan, World& world, ByteView frame) {
  Network& network = world.network();
  if (inject.from) {
    const InterfaceId interface = InterfaceOn(plan.node(*inject.from), inject.link);
    network.InjectFromNode(*inject.from, interface, frame);
  } else {
    network.InjectOnLink(inject.link, frame);
  }
}

}  // namespace

std::string SendInjection(const action::Inject& inject, const Plan& plan, World& world,
                          AddressBook& book, uint64_t count) {
  if (inject.crafted == nullptr) {
    Send(inject, plan, world, inject.frame);
    return "";
  }
  const LinkSurroundings surroundings(plan, book, inject.link, inject.from, inject.to, count);
  const craft::BuiltFrames built = craft::BuildFrames(*inject.crafted, surroundings);
  if (!built.ok()) return built.error;
  for (const std::vector<uint8_t>& frame : built.frames) {
    if (!inject.name.empty()) book.Keep(inject.name, frame);
    Send(inject, plan, world, frame);
  }
  return "";
}

}  // namespace dualsim::sim
