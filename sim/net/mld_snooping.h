#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mld.h"

namespace dualsim::sim {

// What a switch learns by looking at the listener discovery that passes it, so
// that a group's frames go where there is somebody for them: RFC 4541 §3 with the
// rules of §2.1.
//
// - Reports and Dones go to routers alone, whose ports queries tell.
// - Queries, ff02::1, and every group of which no report is known go everywhere.
// - A group of which reports are known goes to the ports that they came from, and
//   to routers. A port is forgotten when reports cease, or when a query for the
//   group stays unanswered. Lists of sources don't matter: who wants some gets all.
//
// Groups are told apart by their MAC addresses, as switches do (§2.1.2.5). What
// does not fit is not noted, and then its group goes everywhere: who floods a
// switch with reports costs it its economy, and nobody their packets.
class MldSnooping {
 public:
  using Port = uint32_t;
  static constexpr size_t kMaximumGroups = 1024;
  // Of all groups together.
  static constexpr size_t kMaximumListeners = 16'384;

  // Where a frame to a group goes, beside the ports of routers. Valid until the
  // next call of OnFrame().
  class Decision;

  // A frame to the group address `destination` came in by `from`: learns what it
  // tells, and says where it goes. Times never go backwards.
  Decision OnFrame(Time now, Port from, uint64_t destination, ByteView frame);
  // Whether a frame of that decision leaves by the port.
  bool Admits(Time now, const Decision& decision, Port port) const;

  void ForgetPort(Port port);
  void Clear();

  size_t group_count() const { return groups_.size(); }
  size_t listener_count() const { return listener_count_; }

 private:
  struct Membership {
    Port port;
    Time until;
  };
  using Memberships = std::vector<Membership>;  // In order of the port.
  struct Group {
    uint64_t address;       // MAC
    Time overflow_until{};  // Till then there may be listeners that are not noted.
    Memberships listeners;
  };
  enum class Message : uint8_t { kNone, kQuery, kReport };

  static Memberships::iterator Find(Memberships& memberships, Port port);
  static bool Has(const Memberships& memberships, Port port, Time now);
  std::vector<Group>::iterator LowerBound(uint64_t address);
  Group* Find(uint64_t address);
  // What the frame is, where it is listener discovery that counts.
  Message Learn(Time now, Port from, ByteView frame);
  void OnQuery(Time now, Port from, const wire::ListenerQuery& query);
  void AddListener(Time now, Port port, const Ipv6Address& group);
  void ForgetExpired(Time now);

  // RFC 3810 §9, as the last general query has them.
  Duration listening_interval_ = Seconds(260);
  Duration querier_interval_ = Seconds(255);
  std::vector<Group> groups_;  // In order of the address.
  Memberships routers_;
  size_t listener_count_ = 0;
  Time next_clearing_;  // Not before that is a full table searched for what ran out.
};

class MldSnooping::Decision {
 public:
  static Decision Everywhere() { return Decision(Kind::kEverywhere, nullptr); }
  static Decision Routers() { return Decision(Kind::kListeners, nullptr); }

 private:
  friend class MldSnooping;
  enum class Kind : uint8_t { kEverywhere, kListeners };
  Decision(Kind kind, const Group* group) : kind_(kind), group_(group) {}

  Kind kind_;
  const Group* group_;  // nullptr: of none.
};

}  // namespace dualsim::sim
