#pragma once

#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <string>

#include "stack/tls/context.h"

namespace dualsim::tls {

// What stands behind a Context. mbedTLS writes into some of it while it works, so
// that no two programs share one.
struct Context::State {
  State();
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  mbedtls_ssl_config config;
  mbedtls_x509_crt own;
  mbedtls_pk_context key;
  mbedtls_x509_crt authorities;
};

// mbedTLS's words for one of its error codes.
std::string ErrorText(int code);

}  // namespace dualsim::tls
