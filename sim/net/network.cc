#include "sim/net/network.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/net/link.h"
#include "sim/net/station.h"
#include "sim/net/switched_lan.h"

namespace dualsim::sim {
namespace {

std::vector<std::string> NamesOf(const NetworkDescription& description) {
  std::vector<std::string> names;
  names.reserve(description.links.size() + description.nodes.size());
  for (const LinkDescription& link : description.links) names.push_back(link.name);
  for (const NodeDescription& node : description.nodes) names.push_back(node.name);
  return names;
}

// The places of a list's elements, in the order of their names.
template <typename Described>
std::vector<size_t> OrderByName(const std::vector<Described>& list) {
  std::vector<size_t> order(list.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&list](size_t a, size_t b) { return list[a].name < list[b].name; });
  return order;
}

}  // namespace

Network::Network(uint64_t seed, const NetworkDescription& description, WorldObserver& observer)
    : simulation_(seed, NamesOf(description)), observer_(observer) {
  MakeLinks(description);
  MakeStations(description);
}

Network::~Network() { simulation_.Discard(); }

void Network::MakeLinks(const NetworkDescription& description) {
  for (const size_t i : OrderByName(description.links)) {
    const LinkDescription& link = description.links[i];
    const EntityId entity = *simulation_.Find(link.name);
    const auto id = LinkId{static_cast<uint32_t>(links_.size())};
    if (link.kind == LinkKind::kSwitched) {
      links_.push_back(std::make_unique<SwitchedLan>(simulation_, entity, id, observer_,
                                                     link.parameters, link.faults));
    } else {
      links_.push_back(
          std::make_unique<Link>(simulation_, entity, id, observer_, link.parameters, link.faults));
    }
  }
}

void Network::MakeStations(const NetworkDescription& description) {
  for (const size_t i : OrderByName(description.nodes)) {
    const NodeDescription& node = description.nodes[i];
    const EntityId entity = *simulation_.Find(node.name);
    const auto id = NodeId{static_cast<uint32_t>(stations_.size())};
    Station& station = *stations_.emplace_back(std::make_unique<Station>(simulation_, entity, id));
    for (const CardDescription& card : node.cards) {
      const std::optional<LinkId> link_id = FindLink(card.link);
      simulation_.Require(link_id.has_value(),
                          "node '" + node.name + "' is on a link '" + card.link + "' that is not");
      station.AddCard(card.mac, link(*link_id));
    }
  }
}

std::optional<NodeId> Network::FindNode(std::string_view name) const {
  const auto at = std::lower_bound(
      stations_.begin(), stations_.end(), name,
      [](const auto& station, std::string_view wanted) { return station->name() < wanted; });
  if (at == stations_.end() || (*at)->name() != name) return std::nullopt;
  return (*at)->id();
}

std::optional<LinkId> Network::FindLink(std::string_view name) const {
  const auto at = std::lower_bound(
      links_.begin(), links_.end(), name,
      [](const auto& link, std::string_view wanted) { return link->name() < wanted; });
  if (at == links_.end() || (*at)->name() != name) return std::nullopt;
  return (*at)->id();
}

const std::string& Network::node_name(NodeId id) const {
  return stations_[static_cast<size_t>(id)]->name();
}
const std::string& Network::link_name(LinkId id) const { return link(id).name(); }

const LinkParameters& Network::parameters(LinkId id) const { return link(id).parameters(); }
void Network::SetParameters(LinkId id, const LinkParameters& parameters) {
  link(id).SetParameters(parameters);
}

const LinkFaults& Network::faults(LinkId id) const { return link(id).faults(); }
void Network::SetFaults(LinkId id, const LinkFaults& faults) { link(id).SetFaults(faults); }

DropRuleId Network::AddDropRule(LinkId id, DropRule rule) {
  return link(id).drop_rules().Add(std::move(rule));
}
bool Network::RemoveDropRule(LinkId id, DropRuleId rule) {
  return link(id).drop_rules().Remove(rule);
}

void Network::SetLinkUp(LinkId id, bool up) { link(id).SetUp(up); }
bool Network::link_up(LinkId id) const { return link(id).up(); }

void Network::SetCarrier(NodeId node, InterfaceId interface, bool up) {
  const Station& at = station(node);
  at.link(interface).SetPlugged(at.port(interface), up);
}
bool Network::carrier(NodeId node, InterfaceId interface) const {
  return stations_[static_cast<size_t>(node)]->carrier(interface);
}

void Network::Partition(LinkId id, const std::vector<std::vector<NodeId>>& groups) {
  link(id).Partition(groups);
}

void Network::InjectFromNode(NodeId node, InterfaceId interface, ByteView frame) {
  station(node).Inject(interface, packets_.Copy(frame));
}
void Network::InjectOnLink(LinkId id, ByteView frame) {
  link(id).Transmit(Link::kNowhere, packets_.Copy(frame), true);
}

}  // namespace dualsim::sim
