#pragma once

#include <cstdint>
#include <string_view>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/drop_reason.h"

namespace dualsim::sim {

// Nodes and links of a world, numbered in the order of their names: the number
// of a node never reaches an output, its name does.
enum class NodeId : uint32_t {};
enum class LinkId : uint32_t {};

// The sender of a frame that the scenario put on a link, and not into a card.
inline constexpr NodeId kNoNode{~uint32_t{0}};

// A frame at the moment at which it is handed to a link by a node's card (what
// tcpdump would see on the sender), with what the link will do to it. Each frame
// is reported once, however many receive it, in the order of time.
struct FrameEvent {
  LinkId link{};
  NodeId sender{};           // Or kNoNode.
  InterfaceId interface {};  // The sender's.
  ByteView frame;            // From the Ethernet header; valid during the call. As sent:
                             // corruption on the way does not show here.
  bool injected = false;     // Made by the scenario, not by a stack.

  // The link's verdict.
  bool dropped = false;  // Nobody gets it: `reason` says why.
  DropReason reason{};
  bool duplicated = false;
  bool corrupted = false;
  bool reordered = false;
};

// A frame that the link carried, and that one receiver did not get (its queue
// on a switch's port was full, the link went down on the way, it is off).
struct FrameLossEvent {
  LinkId link{};
  NodeId receiver{};
  DropReason reason{};
  ByteView frame;
};

// A node was told to boot, to shut down or to crash, by the timeline.
enum class Lifecycle : uint8_t { kBoot, kShutDown, kCrash };

// Takes all that happens in a world: recorders and expectations implement it.
// It notes and returns; it changes nothing in the world. Every method does
// nothing where not overridden.
class WorldObserver {
 public:
  virtual ~WorldObserver() = default;
  virtual void OnFrame(Time, const FrameEvent&) {}
  virtual void OnFrameLoss(Time, const FrameLossEvent&) {}
  virtual void OnLifecycle(Time, NodeId, Lifecycle) {}
  virtual void OnAddress(Time, NodeId, const AddressFact&) {}
  virtual void OnNeighbor(Time, NodeId, const NeighborFact&) {}
  virtual void OnDefaultRouter(Time, NodeId, const DefaultRouterFact&) {}
  virtual void OnResolver(Time, NodeId, const ResolverFact&) {}
  virtual void OnPrefix(Time, NodeId, const PrefixFact&) {}
  virtual void OnRoute(Time, NodeId, const RouteFact&) {}
  virtual void OnEcho(Time, NodeId, const EchoFact&) {}
  virtual void OnDrop(Time, NodeId, const DropFact&) {}
  virtual void OnConnection(Time, NodeId, const ConnectionFact&) {}
  virtual void OnRetransmission(Time, NodeId, const RetransmissionFact&) {}
  virtual void OnPath(Time, NodeId, const PathFact&) {}
  virtual void OnApplication(Time, NodeId, const ApplicationFact&) {}
  virtual void OnLog(Time, NodeId, const LogFact&) {}
  virtual void OnQuery(Time, NodeId, const QueryFact&) {}
  virtual void OnLease(Time, NodeId, const LeaseFact&) {}
  // Something that the timeline did: "link lan down". One line.
  virtual void OnAction(Time, std::string_view) {}
};

}  // namespace dualsim::sim
