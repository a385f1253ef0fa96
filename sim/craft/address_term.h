#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::craft {

// A node of the scenario as an address names it: "$nut", "$nut@lan".
struct NodeTerm {
  std::string node;
  std::string link;  // "": the link of the frame.
  friend bool operator==(const NodeTerm&, const NodeTerm&) = default;
};

// An IPv6 address as a scenario writes it: itself, or how to find it when the
// frame is made or compared. The notation is proto/packet.proto's.
struct AddressTerm {
  enum class Kind : uint8_t {
    kLiteral,
    kLinkLocal,    // $NODE.link_local
    kGlobal,       // $NODE.global
    kWithin,       // $NODE.global(PREFIX)
    kEui64,        // $NODE.eui64(PREFIX)
    kUnicast,      // $NODE.unicast: any of them; names no one address.
    kCounted,      // counted(ADDRESS): so many after `literal` as frames went before.
    kSource,       // source(PACKET): of a packet that was sent or seen before.
    kDestination,  // destination(PACKET)
    kTarget,       // target(PACKET): of a Neighbor Solicitation or Advertisement.
  };

  AddressTerm() = default;
  AddressTerm(const Ipv6Address& address) : literal(address) {}  // NOLINT: meant to be implicit

  Kind kind = Kind::kLiteral;
  bool solicited_node = false;  // The solicited-node group of what the rest says.
  Ipv6Address literal;
  NodeTerm node;       // Of those that begin with a $.
  Ipv6Prefix prefix;   // Of kWithin and kEui64.
  std::string packet;  // Of kSource, kDestination and kTarget: its name.

  bool NamesNode() const {
    return kind != Kind::kLiteral && kind != Kind::kCounted && !NamesPacket();
  }
  bool NamesPacket() const { return !packet.empty(); }
  // As it is written.
  std::string ToString() const;
  friend bool operator==(const AddressTerm&, const AddressTerm&) = default;
};

// A MAC address, likewise.
struct MacTerm {
  enum class Kind : uint8_t {
    kLiteral,
    kNode,     // $NODE.mac
    kGroup,    // group_mac(ADDRESS)
    kCounted,  // counted(MAC)
  };

  MacTerm() = default;
  MacTerm(const MacAddress& mac) : literal(mac) {}  // NOLINT: meant to be implicit

  Kind kind = Kind::kLiteral;
  MacAddress literal;
  NodeTerm node;
  AddressTerm group;

  std::string ToString() const;
  friend bool operator==(const MacTerm&, const MacTerm&) = default;
};

// What a text says, or a clause about what is wrong with it.
template <typename Term>
struct TermReading {
  std::optional<Term> term;
  std::string error;  // Set exactly when `term` is not.
};

TermReading<AddressTerm> ReadAddressTerm(std::string_view text);
TermReading<MacTerm> ReadMacTerm(std::string_view text);

}  // namespace dualsim::craft
