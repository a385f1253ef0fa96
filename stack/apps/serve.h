#pragma once

#include <functional>
#include <memory>

#include "stack/application/network.h"
#include "stack/application/task.h"

namespace dualsim::apps {

// What a server does with each connection; owns it, and closes it by ending.
using ConnectionHandler =
    std::function<application::Task<>(std::unique_ptr<application::TcpFlow> flow)>;

// Listens and handles the connections side by side, until the program ends. Where
// it can't listen it says so in the log and ends.
application::Task<> ServeTcp(application::Network& network, application::TcpListenOptions options,
                             ConnectionHandler handler);

}  // namespace dualsim::apps
