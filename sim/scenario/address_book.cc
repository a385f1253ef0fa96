#include "sim/scenario/address_book.h"

#include <algorithm>

#include "stack/wire/ethernet.h"

namespace dualsim::sim {
namespace {

Ipv6Address Eui64LinkLocal(const MacAddress& mac) {
  return Ipv6Address::FromIntegers(0xfe80ull << 48, Eui64InterfaceIdentifier(mac));
}

}  // namespace

AddressBook::AddressBook(const Plan& plan) : addresses_(plan.nodes.size()) {
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    if (!plan.nodes[i].tester) continue;
    for (const Ipv6Address& address : plan.nodes[i].tester->addresses) {
      addresses_[i].push_back({InterfaceId(0), address, true});
    }
  }
}

void AddressBook::OnAddress(Time, NodeId node, const AddressFact& fact) {
  std::vector<Entry>& entries = addresses_[static_cast<size_t>(node)];
  const bool present =
      fact.state != AddressState::kRemoved && fact.state != AddressState::kDuplicate;
  for (Entry& entry : entries) {
    if (entry.interface == fact.interface && entry.address == fact.address) {
      entry.present = present;
      return;
    }
  }
  entries.push_back({fact.interface, fact.address, present});
}

void AddressBook::Keep(const std::string& name, ByteView frame) {
  const ByteView packet = frame.subspan(std::min(frame.size(), wire::EthernetHeader::kSize));
  packets_[name].assign(packet.begin(), packet.end());
}

std::optional<ByteView> AddressBook::FindPacket(std::string_view name) const {
  const auto found = packets_.find(name);
  if (found == packets_.end()) return std::nullopt;
  return ByteView(found->second);
}

std::optional<LinkSurroundings::Place> LinkSurroundings::PlaceOf(NodeId node, LinkId link) const {
  const std::vector<LinkId>& links = plan_.node(node).links;
  const auto found = std::find(links.begin(), links.end(), link);
  if (found == links.end()) return std::nullopt;
  return Place{node, InterfaceId(static_cast<uint16_t>(found - links.begin()))};
}

std::optional<LinkSurroundings::Place> LinkSurroundings::Find(const craft::NodeTerm& term) const {
  std::optional<LinkId> link = link_;
  for (size_t i = 0; i < plan_.links.size() && !term.link.empty(); ++i) {
    if (plan_.links[i].name == term.link) link = LinkId(static_cast<uint32_t>(i));
  }
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    if (plan_.nodes[i].name != term.node) continue;
    const NodeId node{static_cast<uint32_t>(i)};
    if (const auto place = PlaceOf(node, *link)) return place;
    // A node that is not on the frame's link and has one interface alone.
    if (term.link.empty() && plan_.nodes[i].links.size() == 1) return Place{node, InterfaceId(0)};
  }
  return std::nullopt;
}

const MacAddress& LinkSurroundings::MacAt(const Place& place) const {
  return plan_.node(place.node).config.interfaces[static_cast<size_t>(place.interface)].mac;
}

std::optional<Ipv6Address> LinkSurroundings::LinkLocalAt(const Place& place) const {
  for (const AddressBook::Entry& entry : book_.addresses(place.node)) {
    const bool here =
        entry.interface == place.interface && entry.present && entry.address.is_ipv6();
    if (here && entry.address.is_link_local()) return entry.address.ipv6();
  }
  // What the node will have, or had.
  const auto& interface =
      plan_.node(place.node).config.interfaces[static_cast<size_t>(place.interface)];
  return interface.link_local_address.value_or(Eui64LinkLocal(interface.mac));
}

std::optional<Ipv6Address> LinkSurroundings::GlobalAt(const Place& place) const {
  for (const AddressBook::Entry& entry : book_.addresses(place.node)) {
    const bool here =
        entry.interface == place.interface && entry.present && entry.address.is_ipv6();
    if (here && !entry.address.is_link_local()) return entry.address.ipv6();
  }
  return std::nullopt;
}

std::optional<Ipv6Address> LinkSurroundings::LinkLocal(const craft::NodeTerm& node) const {
  const auto place = Find(node);
  return place ? LinkLocalAt(*place) : std::nullopt;
}

std::optional<Ipv6Address> LinkSurroundings::Global(const craft::NodeTerm& node) const {
  const auto place = Find(node);
  return place ? GlobalAt(*place) : std::nullopt;
}

std::optional<Ipv6Address> LinkSurroundings::Within(const craft::NodeTerm& node,
                                                    const Ipv6Prefix& prefix) const {
  const auto place = Find(node);
  if (!place) return std::nullopt;
  std::optional<Ipv6Address> last;
  for (const AddressBook::Entry& entry : book_.addresses(place->node)) {
    if (entry.interface != place->interface || entry.address.is_ipv4() ||
        !prefix.Contains(entry.address.ipv6())) {
      continue;
    }
    if (entry.present) return entry.address.ipv6();
    last = entry.address.ipv6();
  }
  return last;
}

bool LinkSurroundings::Has(const craft::NodeTerm& node, const Ipv6Address& address) const {
  const auto place = Find(node);
  if (!place) return false;
  const auto& entries = book_.addresses(place->node);
  return std::any_of(entries.begin(), entries.end(), [&](const AddressBook::Entry& entry) {
    return entry.present && entry.address == address;
  });
}

std::optional<MacAddress> LinkSurroundings::Mac(const craft::NodeTerm& node) const {
  const auto place = Find(node);
  return place ? std::optional(MacAt(*place)) : std::nullopt;
}

std::optional<MacAddress> LinkSurroundings::SourceMac() const {
  const auto place = sender_ ? PlaceOf(*sender_, link_) : std::nullopt;
  return place ? std::optional(MacAt(*place)) : std::nullopt;
}

std::optional<Ipv6Address> LinkSurroundings::SourceFor(const Ipv6Address& destination) const {
  const auto place = sender_ ? PlaceOf(*sender_, link_) : std::nullopt;
  if (!place) return std::nullopt;
  const bool local = destination.is_link_local() || destination.is_link_local_multicast();
  const std::optional<Ipv6Address> global = local ? std::nullopt : GlobalAt(*place);
  return global ? global : LinkLocalAt(*place);
}

std::optional<MacAddress> LinkSurroundings::DestinationMac(const Ipv6Address& destination) const {
  // By address: an optional Place that is set in a loop makes GCC 12 warn of what can't be.
  const MacAddress* otherwise = nullptr;
  if (receiver_) {
    if (const auto place = PlaceOf(*receiver_, link_)) otherwise = &MacAt(*place);
  }
  for (size_t i = 0; i < plan_.nodes.size(); ++i) {
    const auto place = PlaceOf(NodeId(static_cast<uint32_t>(i)), link_);
    if (!place) continue;
    for (const AddressBook::Entry& entry : book_.addresses(place->node)) {
      if (entry.present && entry.interface == place->interface && entry.address == destination) {
        return MacAt(*place);
      }
    }
    if (otherwise == nullptr && !plan_.nodes[i].tester) otherwise = &MacAt(*place);
  }
  return otherwise != nullptr ? std::optional(*otherwise) : std::nullopt;
}

}  // namespace dualsim::sim
