#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// Addresses that an interface answers solicitations for though they are not its
// own alone: those that other nodes may have too (RFC 4861 §7.2.7), and those of
// nodes that it stands in for (§7.2.8). Their answers are sent after a random
// delay, and without Override.
class ServedAddresses {
 public:
  enum class Kind : uint8_t {
    kAnycast,  // Packets for it are ours.
    kProxied,  // Packets for it are forwarded.
  };
  // To whom an advertisement of `target` is due; ::, to all nodes.
  struct Answer {
    Ipv6Address target;
    Ipv6Address solicitor;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
  // Answers that wait. The delay is for solicitors who ask now and again: who asks for
  // one more, in a flood, makes the one that is due first go at once, so that nobody
  // goes without.
  static constexpr size_t kMaxAnswers = 256;

  // Counted: several addresses may be in one subnet. True where the first was added.
  bool Add(const Ipv6Address& address, Kind kind);
  // True where the last was removed, and with it the answers that wait. Requires
  // that it was added.
  bool Remove(const Ipv6Address& address);
  std::optional<Kind> Find(const Ipv6Address& address) const;

  // Where the same answer waits already, that is the one. What is returned is to be
  // sent now, for kMaxAnswers wait without it.
  std::optional<Answer> Schedule(Time at, const Answer& answer);
  // When NextAnswer() is next needed.
  Time deadline() const;
  // One that is due, the earliest first.
  std::optional<Answer> NextAnswer(Time now);

 private:
  struct Entry {
    Ipv6Address address;
    Kind kind{};
    uint32_t count = 0;
  };
  struct Waiting {
    Time at;
    Answer answer;
  };
  Answer TakeFirst();

  std::vector<Entry> entries_;
  std::vector<Waiting> waiting_;  // By time.
};

}  // namespace dualsim::ndp
