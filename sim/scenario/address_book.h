#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/craft/surroundings.h"
#include "sim/net/world_observer.h"
#include "sim/scenario/plan.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"

namespace dualsim::sim {

// What crafted packets refer to: the addresses that nodes have or had, and
// packets that were given a name.
class AddressBook final : public WorldObserver {
 public:
  // `plan` outlives it.
  explicit AddressBook(const Plan& plan);

  void OnAddress(Time now, NodeId node, const AddressFact& fact) override;

  struct Entry {
    InterfaceId interface {};
    IpAddress address;
    bool present = true;  // Else it was there once.
  };
  // In the order in which the node first had them.
  const std::vector<Entry>& addresses(NodeId node) const {
    return addresses_[static_cast<size_t>(node)];
  }

  // Keeps a frame's packet, from its IP header, under a name; a later one of the
  // same name replaces it.
  void Keep(const std::string& name, ByteView frame);
  std::optional<ByteView> FindPacket(std::string_view name) const;

 private:
  std::vector<std::vector<Entry>> addresses_;  // By NodeId.
  std::map<std::string, std::vector<uint8_t>, std::less<>> packets_;
};

// The world around one link, as crafted packets see it.
class LinkSurroundings final : public craft::Surroundings {
 public:
  // All outlive it. `sender`: whose addresses packets have by default; `receiver`:
  // who gets those for addresses that nobody on the link has. `count`: how often the
  // frame was sent before.
  LinkSurroundings(const Plan& plan, const AddressBook& book, LinkId link,
                   std::optional<NodeId> sender, std::optional<NodeId> receiver, uint64_t count = 0)
      : plan_(plan),
        book_(book),
        link_(link),
        sender_(sender),
        receiver_(receiver),
        count_(count) {}

  std::optional<Ipv6Address> LinkLocal(const craft::NodeTerm& node) const override;
  std::optional<Ipv6Address> Global(const craft::NodeTerm& node) const override;
  std::optional<Ipv6Address> Within(const craft::NodeTerm& node,
                                    const Ipv6Prefix& prefix) const override;
  bool Has(const craft::NodeTerm& node, const Ipv6Address& address) const override;
  std::optional<MacAddress> Mac(const craft::NodeTerm& node) const override;
  std::optional<MacAddress> SourceMac() const override;
  std::optional<Ipv6Address> SourceFor(const Ipv6Address& destination) const override;
  std::optional<MacAddress> DestinationMac(const Ipv6Address& destination) const override;
  std::optional<ByteView> FindPacket(std::string_view name) const override {
    return book_.FindPacket(name);
  }
  uint64_t count() const override { return count_; }

 private:
  // A node's interface on a link.
  struct Place {
    NodeId node{};
    InterfaceId interface {};
  };
  std::optional<Place> Find(const craft::NodeTerm& term) const;
  std::optional<Place> PlaceOf(NodeId node, LinkId link) const;
  const MacAddress& MacAt(const Place& place) const;
  std::optional<Ipv6Address> LinkLocalAt(const Place& place) const;
  std::optional<Ipv6Address> GlobalAt(const Place& place) const;

  const Plan& plan_;
  const AddressBook& book_;
  LinkId link_;
  std::optional<NodeId> sender_;
  std::optional<NodeId> receiver_;
  uint64_t count_;
};

}  // namespace dualsim::sim
