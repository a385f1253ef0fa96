#include "stack/ndp/redirect.h"

namespace dualsim::ndp {

std::optional<DropReason> CheckRedirect(const wire::NdpContext& context,
                                        const wire::Redirect& message,
                                        const std::optional<Ipv6Address>& current_first_hop) {
  // A neighbour is no router to itself: what goes to it passes none.
  if (!current_first_hop || context.source != *current_first_hop ||
      context.source == message.destination) {
    return DropReason::REDIRECT_NOT_FIRST_HOP;
  }
  // A target that no neighbour can have. §8.1 does not list these two, for they
  // name nobody whom packets could be sent to.
  if (message.target.is_unspecified() || message.target.is_loopback()) {
    return DropReason::REDIRECT_BAD_TARGET;
  }
  return std::nullopt;
}

std::optional<bool> IsRouterByRedirect(const wire::Redirect& message) {
  if (message.target == message.destination) return std::nullopt;
  return true;
}

}  // namespace dualsim::ndp
