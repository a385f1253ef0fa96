#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/net/world_observer.h"
#include "sim/scenario/expectation.h"
#include "sim/scenario/plan.h"
#include "stack/base/time.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::sim {

// What became of each echo request of the timeline. The timeline says what it
// sends; answers come as facts.
class PingTracker final : public WorldObserver {
 public:
  explicit PingTracker(const Plan& plan);

  // A node's pings are told apart by their identifiers: 1, 2, ... in the order of
  // the text.
  uint16_t identifier(PingId ping) const { return pings_[static_cast<size_t>(ping)].identifier; }
  // The sequence number of the ping's next request; the first is 1, as ping(8) has it.
  uint16_t next_sequence(PingId ping) const {
    return static_cast<uint16_t>(pings_[static_cast<size_t>(ping)].requests.size() + 1);
  }
  // To be told before the request is handed to the stack: it may be answered
  // at once.
  void OnRequest(PingId ping, Time now);
  // The stack could not send the last request.
  void OnRefusal(PingId ping, DropReason reason);

  void OnEcho(Time now, NodeId node, const EchoFact& fact) override;

  struct IcmpAnswer {
    Time at;
    IpAddress from;
    uint8_t type = 0;
    uint8_t code = 0;
  };
  struct Request {
    Time sent;
    std::optional<Time> replied;  // The first reply; later ones change nothing.
    std::optional<DropReason> refused;
  };
  struct Record {
    NodeId from{};
    uint16_t identifier = 0;
    std::vector<Request> requests;  // By sequence number, less 1.
    std::vector<IcmpAnswer> errors;
  };
  const Record& record(PingId ping) const { return pings_[static_cast<size_t>(ping)]; }

 private:
  std::vector<Record> pings_;  // By PingId.
  std::map<std::pair<NodeId, uint16_t>, PingId> by_identifier_;
};

}  // namespace dualsim::sim
