#pragma once

#include <optional>

#include "stack/wire/drop_reason.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/ndp.h"

namespace dualsim::ndp {

// The check of RFC 4861 §8.1 that takes more than the message's own bytes
// (wire::Redirect::Parse makes the others): whether it is from the router that
// packets for its destination go to. nullopt where it is; else why it is dropped.
// `current_first_hop` is what next-hop determination gives for the destination.
std::optional<DropReason> CheckRedirect(const wire::NdpContext& context,
                                        const wire::Redirect& message,
                                        const std::optional<Ipv6Address>& current_first_hop);

// What a redirect says of its target, §8.3: a router, where it is not the
// destination itself; otherwise nothing.
std::optional<bool> IsRouterByRedirect(const wire::Redirect& message);

}  // namespace dualsim::ndp
