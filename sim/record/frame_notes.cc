#include "sim/record/frame_notes.h"

#include <algorithm>

#include "stack/base/bytes.h"
#include "stack/wire/drop_reason.h"

namespace dualsim::sim {
namespace {

void Add(std::string_view note, std::string& out) {
  if (!out.empty()) out += "; ";
  out += note;
}

// What a frame says about who has an address: a solicitation from :: (a DAD
// probe, RFC 4862 §5.4.2) or an advertisement; an ARP probe (RFC 5227 §1.1) or an
// ARP packet whose sender says that the address is its own.
struct Claim {
  bool probe = false;
  IpAddress target;
};

bool FindArpClaim(ByteView frame, Claim& claim) {
  constexpr size_t kArp = 14;
  constexpr size_t kSender = kArp + 14;
  constexpr size_t kTarget = kArp + 24;
  if (frame.size() < kTarget + Ipv4Address::kSize) return false;
  const auto sender = Ipv4Address::Load(frame.data() + kSender);
  claim.probe = sender.is_unspecified();
  claim.target = claim.probe ? Ipv4Address::Load(frame.data() + kTarget) : sender;
  return true;
}

// Every frame comes by here, so this looks at fixed places and no further: neither
// message has extension headers when a stack sends it.
bool FindClaim(ByteView frame, Claim& claim) {
  constexpr size_t kIpv6 = 14;
  constexpr size_t kIcmpv6 = kIpv6 + 40;
  constexpr size_t kTarget = kIcmpv6 + 8;
  constexpr uint8_t kIcmpv6NextHeader = 58;
  constexpr uint8_t kNeighborSolicitation = 135;
  constexpr uint8_t kNeighborAdvertisement = 136;
  constexpr uint16_t kArpEtherType = 0x0806;
  if (frame.size() >= kIpv6 && LoadBig16(frame.data() + 12) == kArpEtherType) {
    return FindArpClaim(frame, claim);
  }
  if (frame.size() < kTarget + Ipv6Address::kSize) return false;
  const uint8_t* p = frame.data();
  if (p[kIcmpv6] != kNeighborSolicitation && p[kIcmpv6] != kNeighborAdvertisement) return false;
  if (LoadBig16(p + 12) != 0x86dd || p[kIpv6 + 6] != kIcmpv6NextHeader) return false;
  claim.probe = p[kIcmpv6] == kNeighborSolicitation;
  claim.target = Ipv6Address::Load(p + kTarget);
  return !claim.probe || Ipv6Address::Load(p + kIpv6 + 8).is_unspecified();
}

}  // namespace

void FrameNotes::OnAddress(Time, NodeId node, const AddressFact& fact) {
  auto& holders = holders_[fact.address];
  const auto same = std::find_if(holders.begin(), holders.end(), [&](const Holder& h) {
    return h.node == node && h.interface == fact.interface;
  });
  const bool holds = fact.state != AddressState::kRemoved && fact.state != AddressState::kDuplicate;
  if (same == holders.end()) {
    if (holds) holders.push_back({node, fact.interface, fact.state});
  } else if (holds) {
    same->state = fact.state;
  } else {
    holders.erase(same);
  }
  if (holders.empty()) holders_.erase(fact.address);
}

void FrameNotes::Append(const FrameEvent& event, std::string& out) const {
  if (event.injected) Add("injected", out);
  if (event.dropped) Add("lost: " + std::string(DropReasonName(event.reason)), out);
  if (event.duplicated) Add("duplicated", out);
  if (event.corrupted) Add("corrupted", out);
  if (event.reordered) Add("reordered", out);
  AppendClaims(event, out);
}

void FrameNotes::AppendClaims(const FrameEvent& event, std::string& out) const {
  Claim claim;
  if (!FindClaim(event.frame, claim)) return;
  if (claim.probe) {
    Add((claim.target.is_ipv4() ? "ARP probe for " : "DAD probe for ") + claim.target.ToString(),
        out);
  }
  AppendConflicts(event, claim.target, claim.probe, out);
}

void FrameNotes::AppendConflicts(const FrameEvent& event, const IpAddress& target, bool probe,
                                 std::string& out) const {
  const auto found = holders_.find(target);
  if (found == holders_.end()) return;
  for (const Holder& holder : found->second) {
    const bool own = holder.node == event.sender && holder.interface == event.interface;
    if (own || !OnLink(holder, event.link)) continue;
    const bool probes =
        holder.state == AddressState::kTentative || holder.state == AddressState::kOptimistic;
    Add("conflict: " + std::string(names_.node(holder.node)), out);
    out += probes ? (probe ? " probes this address too" : " probes this address")
                  : " has this address";
  }
}

bool FrameNotes::OnLink(const Holder& holder, LinkId link) const {
  const auto node = static_cast<size_t>(holder.node);
  const auto interface = static_cast<size_t>(holder.interface);
  return node < names_.nodes.size() && interface < names_.nodes[node].interfaces.size() &&
         names_.nodes[node].interfaces[interface].link == link;
}

}  // namespace dualsim::sim
