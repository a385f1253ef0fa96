#pragma once

#include <memory>
#include <optional>
#include <string>

#include "stack/base/random_stream.h"

namespace dualsim::tls {

// Who one is, as PEM text: one's own certificate, then those that lead to an
// authority; and the private key of the first, without a password.
struct Identity {
  std::string certificates;
  std::string key;
};

// nullopt where the texts can be read and belong together; else one clause that says
// what is wrong with which of them.
std::optional<std::string> CheckCertificates(const std::string& pem);
std::optional<std::string> CheckIdentity(const Identity& identity);

// What the TLS connections of one program, on one side, have in common. TLS 1.2 (RFC
// 5246) with mbedTLS's choice of cipher suites; no renegotiation, no resumption.
//
// Everything random comes from the stream that is given, so that a run is what its
// seed says. That makes keys as hard to guess as the seed, and no harder: it is for
// networks that are simulated or tried out, not for secrets. There is no clock
// either: when a certificate is valid is not looked at, its signatures and names are.
class Context {
 public:
  // Of servers. Requires that CheckIdentity() finds nothing. `random` outlives it.
  static std::unique_ptr<Context> Server(const Identity& identity, RandomStream& random);
  // Of clients, which trust servers that the authorities' certificates vouch for, and
  // nobody else. Requires that CheckCertificates() finds nothing. Likewise.
  static std::unique_ptr<Context> Client(const std::string& authorities, RandomStream& random);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // mbedTLS's; theirs alone who speak to it.
  struct State;
  State& state() { return *state_; }

 private:
  Context();
  std::unique_ptr<State> state_;
};

}  // namespace dualsim::tls
