#include "stack/ndp/router_selection.h"

namespace dualsim::ndp {
namespace {

// The order that holds where both can be reached.
int ComparePreference(const RouterCandidate& a, const RouterCandidate& b) {
  if (a.prefix_length != b.prefix_length) return a.prefix_length - b.prefix_length;
  return a.preference - b.preference;
}

}  // namespace

int RouterSelection::Compare(const RouterCandidate& a, const RouterCandidate& b) {
  const bool a_unreachable = a.reachability == RouterReachability::kUnreachable;
  const bool b_unreachable = b.reachability == RouterReachability::kUnreachable;
  if (a_unreachable != b_unreachable) return a_unreachable ? -1 : 1;
  if (const int order = ComparePreference(a, b); order != 0) return order;
  return static_cast<int>(b.reachability) - static_cast<int>(a.reachability);
}

void RouterSelection::Offer(const RouterCandidate& candidate) {
  const int order = first_ ? Compare(candidate, *first_) : 1;
  if (order > 0) {
    first_ = candidate;
    after_last_.reset();
  }
  if (order >= 0 && last_was_offered_ && !after_last_) after_last_ = candidate;
  if (candidate.router == last_) last_was_offered_ = true;
}

std::optional<RouterCandidate> RouterSelection::best() const {
  if (!first_) return std::nullopt;
  const bool take_turns = first_->reachability != RouterReachability::kProbablyReachable;
  return take_turns && after_last_ ? after_last_ : first_;
}

bool RouterSelection::WasPassedOver(const RouterCandidate& passed, const RouterCandidate& chosen,
                                    bool earlier) {
  if (passed.reachability != RouterReachability::kUnreachable) return false;
  const int order = ComparePreference(passed, chosen);
  return order > 0 || (earlier && order == 0);
}

bool RouterSelection::WasPassedOver(const RouterCandidate& candidate) const {
  if (candidate.reachability != RouterReachability::kUnreachable || !first_) return false;
  if (candidate.router == best()->router) return false;
  return first_->reachability == RouterReachability::kUnreachable ||
         ComparePreference(candidate, *first_) > 0;
}

}  // namespace dualsim::ndp
