#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sim/net/world_observer.h"
#include "stack/base/bytes.h"
#include "stack/base/time.h"

namespace dualsim::sim {

enum class LinkKind : uint8_t {
  kSwitched,      // A LAN: any number of cards on one switch.
  kPointToPoint,  // At most two cards.
};

// What a link is like. All of it may change while the world runs; a change
// applies to frames that are sent after it.
struct LinkParameters {
  // One way, from sender to receiver. On a LAN half of it lies before the switch
  // and the rest behind.
  Duration delay = Microseconds(5);

  // Bits per second, each way; at least 1. Where it is not set the link is
  // infinitely fast: frames take no time and never queue. A frame's time is that
  // of its bytes as we hold them (without preamble, check sequence and gap),
  // rounded up to a whole nanosecond. On a LAN every cable has this bandwidth:
  // the sender's cable serialises up, the switch stores and forwards, and each
  // receiver's cable serialises down.
  std::optional<uint64_t> bandwidth = 1'000'000'000;

  // Bytes that may wait for one transmitter (a card's, or a switch's port), that
  // which is being sent included. A frame that does not fit is dropped, the
  // newest first (drop-tail); an idle transmitter takes any frame. Counted in
  // the time that they take, not one by one.
  uint64_t queue_bytes = 256 * 1024;

  // The largest IP packet. A frame of more than mtu + 14 bytes is dropped.
  uint32_t mtu = 1500;

  // A LAN's switch: how many stations it remembers, and for how long after their
  // last frame (IEEE 802.1D-2004 §7.9.2, table 7-5). When the table is full, the
  // station that was silent longest is forgotten; frames for a station that is
  // not in the table reach it all the same, by flooding.
  uint32_t mac_table_size = 8192;
  Duration mac_table_ageing = Seconds(300);

  // A LAN's switch: whether it snoops on listener discovery, RFC 4541, instead of
  // knowing which cards listen to a group. A port whose card hears all groups
  // counts as a router's, as an operator would configure it.
  bool mld_snooping = false;
};

// Probabilities are whole parts per billion, so that nothing is rounded.
using PartsPerBillion = uint32_t;

// Loss in bursts after Gilbert (1960) and Elliott (1963): each direction is in a
// good or in a bad state; before each frame it may change its state, and then
// the frame is lost with the probability of the state. It begins in the good one.
struct BurstLoss {
  PartsPerBillion enter = 0;  // From good to bad.
  PartsPerBillion leave = 0;  // From bad to good.
  PartsPerBillion loss_while_good = 0;
  PartsPerBillion loss_while_bad = 1'000'000'000;
  friend bool operator==(const BurstLoss&, const BurstLoss&) = default;
};

// What goes wrong on a link by chance: each is drawn for every frame, independent
// of the others. A fault that is off draws nothing. Each sender's card draws from
// streams of its own, one for each fault, so that a change of one fault, or of
// one node, leaves all other draws as they were.
//
// Faults strike between the sender's queue and the receiver, or the switch: a
// lost frame has used the transmitter's time, and on a LAN nobody gets it.
struct LinkFaults {
  PartsPerBillion loss = 0;
  std::optional<BurstLoss> burst_loss = std::nullopt;
  PartsPerBillion duplicate = 0;  // Arrives twice, one copy right behind the other.
  PartsPerBillion reorder = 0;    // Arrives later by reorder_delay, so that later
                                  // frames overtake it.
  Duration reorder_delay = Duration();
  // Every frame arrives later by a uniform draw from [0, jitter]. The order is
  // kept: no frame overtakes an earlier one of the same direction, unless that
  // one was reordered.
  Duration jitter = Duration();
  // As many bits as corrupted_bits, at places drawn anywhere in the frame, the
  // Ethernet header included, arrive inverted: errors that Ethernet's check
  // sequence missed.
  PartsPerBillion corrupt = 0;
  uint32_t corrupted_bits = 1;
  friend bool operator==(const LinkFaults&, const LinkFaults&) = default;
};

// Says of a frame whether it is meant.
class FrameFilter {
 public:
  virtual ~FrameFilter() = default;
  // `frame` begins with the Ethernet header.
  virtual bool Matches(ByteView frame) = 0;
};

// Drops the frames number `first`, `first` + 1, ... `first` + `count` - 1 of
// those that match, counted from 1 and from when the rule was set. Frames count
// at the sender, in either direction, unless the link is down or refuses them
// (MTU, full queue). Every rule of a link sees every frame.
struct DropRule {
  std::unique_ptr<FrameFilter> filter;  // None: every frame matches.
  std::optional<NodeId> sender;         // Only frames of this node count.
  uint64_t first = 1;
  uint64_t count = 1;
};

// A rule that was set, for taking it away before it is used up.
enum class DropRuleId : uint32_t {};

}  // namespace dualsim::sim
