#include <cstdint>
#include <string>

#include "stack/application/network.h"
#include "stack/application/registry.h"
#include "stack/application/task.h"

namespace {

using dualsim::ByteView;
using dualsim::Port;
using dualsim::application::Arguments;
using dualsim::application::Network;
using dualsim::application::Program;
using dualsim::application::ProgramOrErrors;
using dualsim::application::Registration;
using dualsim::application::Task;

// Greets whoever connects, over IPv4 or IPv6, and hangs up.
Task<> Greet(Network& network, Port port, std::string greeting) {
  auto listener = network.ListenTcp({.port = port});
  if (!listener) {
    network.Log("cannot listen: " + std::string(ErrorText(listener.error())));
    co_return;
  }
  while (true) {
    auto flow = co_await (*listener)->Accept();
    if (!flow) co_return;
    network.Log("greets " + (*flow)->peer().address.ToString());
    const ByteView text(reinterpret_cast<const uint8_t*>(greeting.data()), greeting.size());
    if (co_await (*flow)->Write(text)) network.Log("it was gone already");
  }  // What a program holds is closed when it lets go of it.
}

ProgramOrErrors Make(Arguments& arguments) {
  const Port port = arguments.TakePort("port").value_or(Port{2000});
  const std::string greeting = arguments.TakeString("greeting").value_or("hello");
  return Program([=](Network& network) { return Greet(network, port, greeting); });
}

const Registration kGreet({.name = "greet",
                           .summary = "Greets whoever connects.",
                           .usage = "[--port=2000] [--greeting=TEXT]",
                           .make = Make});

}  // namespace
