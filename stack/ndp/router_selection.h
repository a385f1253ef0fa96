#pragma once

#include <optional>

#include "stack/wire/ipv6_address.h"

namespace dualsim::ndp {

// How much is known of a router's reachability, best first. RFC 4861 §6.3.6
// prefers the first to the second; RFC 4191 §3.2 treats the second like the first
// and avoids the third, which solicitations went unanswered by.
enum class RouterReachability { kProbablyReachable, kUnknown, kUnreachable };

// One way to a destination: a default router (its prefix length is 0), or a
// more-specific route (RFC 4191) whose prefix covers the destination.
struct RouterCandidate {
  Ipv6Address router;
  int prefix_length = 0;
  int preference = 0;  // More is better.
  RouterReachability reachability = RouterReachability::kUnknown;
};

// Chooses one of the routers that a destination can be reached through, RFC 4191
// §3.2 with RFC 4861 §6.3.6 among equals: offer all, in an order that stays the
// same from one selection to the next, then ask for the best.
//
// The longest prefix wins, then the preference, then what is known to be
// reachable; one that is unreachable only where all are. Of equals the first that
// was offered, so that a destination keeps its router; but where nothing is known
// of any of them they take turns, so that each gets probed.
class RouterSelection {
 public:
  // `last`: what the selection before this one, for whichever destination, chose.
  explicit RouterSelection(const std::optional<Ipv6Address>& last) : last_(last) {}

  void Offer(const RouterCandidate& candidate);
  std::optional<RouterCandidate> best() const;

  // Whether `a` goes before `b`, `b` before `a` (negative), or neither.
  static int Compare(const RouterCandidate& a, const RouterCandidate& b);

  // Whether the candidate, which was offered, would have been chosen if only it
  // were reachable, so that it ought to be probed (RFC 4191 §3.5).
  bool WasPassedOver(const RouterCandidate& candidate) const;
  // The same, of two: whether `passed` would go before `chosen` if only it were reachable;
  // `earlier`: it would among equals.
  static bool WasPassedOver(const RouterCandidate& passed, const RouterCandidate& chosen,
                            bool earlier);

 private:
  std::optional<Ipv6Address> last_;
  bool last_was_offered_ = false;
  std::optional<RouterCandidate> first_;       // Of the best, the first offered.
  std::optional<RouterCandidate> after_last_;  // Of the best, the first offered after `last_`.
};

}  // namespace dualsim::ndp
