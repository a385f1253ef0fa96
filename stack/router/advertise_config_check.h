#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stack/router/advertise_config.h"

namespace dualsim::router {

// Everything that is wrong with a configuration, each as one line that begins
// with the variable's name: the ranges of RFC 4861 §6.2.1, with the shorter
// intervals of RFC 6275 §7.5; values that their fields can't hold; options that
// RFC 4191, 8106 and 8781 do not allow; an advertisement that a link of
// `link_mtu` can't carry. Empty where all is well.
std::vector<std::string> CheckAdvertiseConfig(const AdvertiseConfig& config, uint32_t link_mtu);

}  // namespace dualsim::router
