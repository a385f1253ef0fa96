#include "stack/apps/serve.h"

#include <string>
#include <utility>

#include "stack/application/scope.h"

namespace dualsim::apps {

application::Task<> ServeTcp(application::Network& network, application::TcpListenOptions options,
                             ConnectionHandler handler) {
  auto listener = network.ListenTcp(options);
  if (!listener) {
    network.Log("cannot listen on TCP port " + std::to_string(Number(options.port)) + ": " +
                std::string(ErrorText(listener.error())));
    co_return;
  }
  application::Scope connections(network.scheduler());
  while (true) {
    auto flow = co_await (*listener)->Accept();
    if (!flow) break;
    connections.Start(handler(*std::move(flow)));
  }
  co_await connections.Join();
}

}  // namespace dualsim::apps
