#pragma once

#include <cstddef>
#include <vector>

#include "stack/wire/ndp.h"

namespace dualsim::router {

// An advertisement that does not fit the link, as several that do: RFC 4861 §6.2.3. It is
// never sent in fragments (RFC 6980 §5). Each has the fields of the whole, its Source
// Link-Layer Address option and some of the others, in their order. Lists of DNS servers
// are cut where they have to be; each search domain has an option of its own. `room`: the
// bytes of a message; an option that alone takes more is sent all the same.
std::vector<wire::RouterAdvertisement> Divide(const wire::RouterAdvertisement& whole, size_t room);

}  // namespace dualsim::router
