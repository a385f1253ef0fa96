// A client for trying things out: connects, sends a text, and logs what comes back.

#include <array>
#include <string>
#include <utility>

#include "stack/application/registry.h"

namespace dualsim::apps {
namespace {

using application::Network;
using application::ReadResult;
using application::Task;
using application::TcpFlow;

struct Options {
  application::SocketAddress to;
  application::TcpConnectOptions connect;
  std::string text;
  Duration delay;
  Duration hold;
};

Task<> Connect(Network& network, const Options& options) {
  co_await network.Sleep(options.delay);
  const std::string peer = options.to.ToString();
  auto connected = co_await network.ConnectTcp(options.to, options.connect);
  if (!connected) {
    network.Log("cannot connect to " + peer + ": " + std::string(ErrorText(connected.error())));
    co_return;
  }
  TcpFlow& flow = **connected;
  network.Log("connected to " + peer + " from " + flow.local().address.ToString());
  const ByteView text(reinterpret_cast<const uint8_t*>(options.text.data()), options.text.size());
  if (const auto failed = co_await flow.Write(text)) {
    network.Log("cannot write to " + peer + ": " + std::string(ErrorText(*failed)));
    co_return;
  }
  co_await network.Sleep(options.hold);
  flow.ShutDownWrite();
  while (true) {
    const ReadResult read = co_await flow.Peek();
    if (!read.data()) {
      network.Log(peer + ": " + std::string(read.text()));
      co_return;
    }
    flow.Consume(read.size);
    network.Log("read: " + std::to_string(read.size) + " bytes from " + peer);
  }
}

application::ProgramOrErrors Make(application::Arguments& arguments) {
  Options options;
  const auto to = arguments.TakeSocketAddress("to");
  if (to) options.to = *to;
  options.text = arguments.TakeString("text").value_or("");
  options.delay = arguments.TakeDuration("delay").value_or(Duration());
  options.hold = arguments.TakeDuration("hold").value_or(Duration());
  options.connect.source = arguments.TakeAddress("from");
  options.connect.timeout = arguments.TakeDuration("timeout");
  if (!to) arguments.Require("to", "the server's address and port");
  return application::Program([options](Network& network) { return Connect(network, options); });
}

const application::Registration kConnect(
    {.name = "connect",
     .summary = "Connects, sends a text, and logs what comes back.",
     .usage = "--to=ADDRESS:PORT [--text=TEXT] [--from=ADDRESS] [--delay=0s] [--hold=0s] "
              "[--timeout=DURATION]",
     .make = Make});

}  // namespace
}  // namespace dualsim::apps
