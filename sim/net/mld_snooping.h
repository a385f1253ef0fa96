#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/mld.h"

namespace dualsim::sim {

// What a switch learns by looking at the listener discovery that passes it, so
// that a group's frames go where there is somebody for them: RFC 4541 §3 with the
// rules of §2.1.
//
// - Reports and Dones go to routers alone, whose ports queries tell; what others
//   than listener discovery send follows the reports.
// - ff02::1, and every group of which no report is known, go everywhere.
// - A listener is forgotten when its reports stop, or when a query for its group
//   stays unanswered. Source lists don't matter: who wants some gets all.
//
// Groups are told apart by their MAC addresses, as switches do (§2.1.2.5). What
// does not fit is not noted, and then its group goes everywhere: who floods a
// switch with reports costs it its economy and nobody their packets.
class MldSnooping {
 public:
  using Port = uint32_t;
  static constexpr size_t kMaximumGroups = 1024;
  // Of all groups together.
  static constexpr size_t kMaximumListeners = 16'384;

  // Where a frame to a group goes, beside the ports of routers.
  struct Decision {
    enum class Kind : uint8_t { kEverywhere, kRouters, kListeners };
    Kind kind = Kind::kEverywhere;
    const void* group = nullptr;  // Of kListeners; valid until the next call of OnFrame().
  };

  // A frame to the group address `destination` came in by `from`: learns what it
  // tells, and says where it goes. Times never go backwards.
  Decision OnFrame(Time now, Port from, uint64_t destination, ByteView frame);
  // Whether a frame of that decision leaves by the port.
  bool Admits(Time now, const Decision& decision, Port port) const;

  void ForgetPort(Port port);
  void Clear();

  size_t group_count() const { return groups_.size(); }
  size_t listener_count() const { return listeners_; }

 private:
  struct Listener {
    Port port;
    Time until;
  };
  struct Group {
    uint64_t address;                 // MAC
    bool overflow = false;            // A listener could not be noted.
    std::vector<Listener> listeners;  // In order of the port.
  };

  static std::vector<Listener>::iterator Find(std::vector<Listener>& listeners, Port port);
  Group* FindGroup(uint64_t address);
  void OnQuery(Time now, Port from, const wire::ListenerQuery& query);
  void AddListener(Time now, Port port, const Ipv6Address& group);
  void ForgetExpired(Time now);
  // False where it is no message of listener discovery that counts.
  bool Learn(Time now, Port from, ByteView frame, bool* query);

  // RFC 3810 §9, as the last general query has them.
  Duration listening_interval_ = Seconds(260);
  Duration querier_interval_ = Seconds(255);
  std::vector<Group> groups_;      // In order of the address.
  std::vector<Listener> routers_;  // Likewise of the port.
  size_t listeners_ = 0;
};

}  // namespace dualsim::sim
