#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/record/world_names.h"
#include "stack/wire/ip_address.h"

namespace dualsim::sim {

// What to tell a reader about a frame that the frame itself does not show: what
// the link does to it, and where a duplicate address comes to light. It knows
// who holds which address, so it stands before the recorders that ask it in the
// list of a world's observers.
class FrameNotes : public WorldObserver {
 public:
  // `names` outlives the notes.
  explicit FrameNotes(const WorldNames& names) : names_(names) {}

  void OnAddress(Time, NodeId node, const AddressFact& fact) override;

  // Appends to `out` what there is to say, such as "injected; lost: LINK_LOSS" or
  // "DAD probe for fe80::1; conflict: a has this address". Nothing for most frames.
  void Append(const FrameEvent& event, std::string& out) const;
  // Likewise, without what the link does to it.
  void AppendClaims(const FrameEvent& event, std::string& out) const;

 private:
  struct Holder {
    NodeId node{};
    InterfaceId interface {};
    AddressState state{};
  };

  void AppendConflicts(const FrameEvent& event, const IpAddress& target, bool probe,
                       std::string& out) const;
  bool OnLink(const Holder& holder, LinkId link) const;

  const WorldNames& names_;
  // Ordered, because a note lists holders; one entry for each address of the world.
  std::map<IpAddress, std::vector<Holder>> holders_;
};

}  // namespace dualsim::sim
