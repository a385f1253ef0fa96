// MirageOS's *network* example: a TCP listener that says who connects and how much
// they send, and closes. Its log lines are MirageOS's, to the letter.

#include <array>
#include <string>
#include <utility>

#include "stack/application/registry.h"
#include "stack/apps/serve.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::Task;
using application::TcpFlow;

constexpr Port kDefaultPort{8080};

Task<> Handle(Network& network, std::unique_ptr<TcpFlow> flow) {
  network.Log("new tcp connection from IP " + flow->peer().address.ToString() + " on port " +
              std::to_string(Number(flow->peer().port)));
  const application::ReadResult read = co_await flow->Peek();
  if (read.data()) {
    flow->Consume(read.size);
    network.Log("read: " + std::to_string(read.size) + " bytes");
  } else if (read.end()) {
    network.Log("Closing connection!");
  } else {
    network.Log("Error reading data from established connection: " + std::string(read.text()));
  }
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  const Port port = arguments.TakePort("port").value_or(kDefaultPort);
  const auto address = arguments.TakeAddress("address");
  return application::Program([port, address](Network& network) {
    return ServeTcp(
        network, {.port = port, .address = address},
        [&network](std::unique_ptr<TcpFlow> flow) { return Handle(network, std::move(flow)); });
  });
}

const application::Registration kNetwork({.name = "network",
                                          .summary = "Listens, and logs who connects and what "
                                                     "they send (MirageOS's example).",
                                          .usage = "[--port=8080] [--address=ADDRESS]",
                                          .make = Make});

}  // namespace
}  // namespace dualsim::apps
