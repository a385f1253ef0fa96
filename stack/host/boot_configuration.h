#pragma once

#include <string>
#include <vector>

#include "stack/application/settings.h"
#include "stack/host/boot_arguments.h"
#include "stack/host/config.h"

namespace dualsim::host {

// Puts boot arguments into the configuration of a stack, wherever it runs: what
// was given replaces what the configuration says, the rest stays. Addresses and
// gateways are those of the interface that --interface names, or else of the first.
// --delay and --app are left to whoever boots the host.
//
// Returns an error for each argument that can't be honoured, one line that names
// it; the configuration is then not to be used.
std::vector<std::string> ApplyBootArguments(const BootArguments& arguments, StackConfig* config);

// What they say to the programs of the host; its name is "" where none was given.
application::Settings SettingsOf(const BootArguments& arguments);

}  // namespace dualsim::host
