#include "stack/tls/context.h"

#include <mbedtls/aes.h>
#include <mbedtls/ecp.h>
#include <mbedtls/error.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stack/tls/mbedtls_state.h"

namespace dualsim::tls {
namespace {

constexpr size_t kLargestPem = 256 * 1024;

// PEM is read with the 0 at its end.
const unsigned char* Data(const std::string& pem) {
  return reinterpret_cast<const unsigned char*>(pem.c_str());
}

// 0, or what mbedTLS says; certificates that it passes over are an error too, and so is
// one that is cut off.
int ParseCertificates(const std::string& pem, mbedtls_x509_crt* into) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  const int result = mbedtls_x509_crt_parse(into, Data(pem), pem.size() + 1);
  if (result < 0) return result;
  int begun = 0;
  for (size_t at = pem.find(kBegin); at != pem.npos; at = pem.find(kBegin, at + 1)) ++begun;
  for (const mbedtls_x509_crt* read = into; read != nullptr; read = read->next) --begun;
  return result > 0 || begun != 0 ? MBEDTLS_ERR_X509_INVALID_FORMAT : 0;
}

int ParseKey(const std::string& pem, mbedtls_pk_context* into) {
  return mbedtls_pk_parse_key(into, Data(pem), pem.size() + 1, nullptr, 0);
}

// mbedtls_ssl_conf_rng's.
int Random(void* stream, unsigned char* into, size_t size) {
  RandomStream& random = *static_cast<RandomStream*>(stream);
  for (size_t i = 0; i < size;) {
    uint64_t drawn = random();
    for (size_t left = std::min(size - i, sizeof(drawn)); left > 0; --left, drawn >>= 8) {
      into[i++] = static_cast<unsigned char>(drawn);
    }
  }
  return 0;
}

// mbedtls_ssl_conf_verify's: nothing is too old or too young without a clock.
int ForgetTimes(void*, mbedtls_x509_crt*, int, uint32_t* flags) {
  *flags &= ~uint32_t{MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE |
                      MBEDTLS_X509_BADCRL_EXPIRED | MBEDTLS_X509_BADCRL_FUTURE};
  return 0;
}

// mbedTLS makes tables of its own when it first needs them, which several runs in
// threads of one program must not do at once.
void MakeTables() {
  static const bool made = [] {
    constexpr unsigned char kKey[16] = {};
    mbedtls_aes_context aes;
    mbedtls_aes_init(&aes);
    mbedtls_aes_setkey_enc(&aes, kKey, 128);
    mbedtls_aes_free(&aes);
    mbedtls_ssl_list_ciphersuites();
    mbedtls_ecp_grp_id_list();
    return true;
  }();
  static_cast<void>(made);
}

void Configure(int side, RandomStream& random, mbedtls_ssl_config* config) {
  mbedtls_ssl_config_defaults(config, side, MBEDTLS_SSL_TRANSPORT_STREAM,
                              MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_rng(config, Random, &random);
  mbedtls_ssl_conf_verify(config, ForgetTimes, nullptr);
  mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
  mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
}

}  // namespace

std::string ErrorText(int code) {
  char text[200] = "";
  mbedtls_strerror(code, text, sizeof(text));
  std::string words = text;
  // "SSL - ..." and "X509 - ...": of which part of mbedTLS.
  const size_t dash = words.find(" - ");
  if (dash != words.npos) words.erase(0, dash + 3);
  // What one layer says of another's error.
  words = words.substr(0, words.find(" : "));
  if (words.ends_with('.')) words.pop_back();
  return words;
}

Context::State::State() {
  mbedtls_ssl_config_init(&config);
  mbedtls_x509_crt_init(&own);
  mbedtls_pk_init(&key);
  mbedtls_x509_crt_init(&authorities);
}

Context::State::~State() {
  mbedtls_ssl_config_free(&config);
  mbedtls_x509_crt_free(&own);
  mbedtls_pk_free(&key);
  mbedtls_x509_crt_free(&authorities);
}

Context::Context() {
  MakeTables();
  state_ = std::make_unique<State>();
}
Context::~Context() = default;

std::optional<std::string> CheckCertificates(const std::string& pem) {
  if (pem.size() > kLargestPem) return "the certificate is too long";
  Context::State state;
  const int result = ParseCertificates(pem, &state.authorities);
  if (result == 0) return std::nullopt;
  return "the certificate can't be read: " + ErrorText(result);
}

std::optional<std::string> CheckIdentity(const Identity& identity) {
  if (auto wrong = CheckCertificates(identity.certificates)) return wrong;
  if (identity.key.size() > kLargestPem) return "the key is too long";
  Context::State state;
  const int result = ParseKey(identity.key, &state.key);
  if (result != 0) return "the key can't be read: " + ErrorText(result);
  ParseCertificates(identity.certificates, &state.own);
  if (mbedtls_pk_check_pair(&state.own.pk, &state.key) != 0) {
    return "the key is not the certificate's";
  }
  return std::nullopt;
}

std::unique_ptr<Context> Context::Server(const Identity& identity, RandomStream& random) {
  std::unique_ptr<Context> context(new Context());
  State& state = context->state();
  ParseCertificates(identity.certificates, &state.own);
  ParseKey(identity.key, &state.key);
  Configure(MBEDTLS_SSL_IS_SERVER, random, &state.config);
  mbedtls_ssl_conf_own_cert(&state.config, &state.own, &state.key);
  mbedtls_ssl_conf_authmode(&state.config, MBEDTLS_SSL_VERIFY_NONE);
  return context;
}

std::unique_ptr<Context> Context::Client(const std::string& authorities, RandomStream& random) {
  std::unique_ptr<Context> context(new Context());
  State& state = context->state();
  ParseCertificates(authorities, &state.authorities);
  Configure(MBEDTLS_SSL_IS_CLIENT, random, &state.config);
  mbedtls_ssl_conf_ca_chain(&state.config, &state.authorities, nullptr);
  mbedtls_ssl_conf_authmode(&state.config, MBEDTLS_SSL_VERIFY_REQUIRED);
  return context;
}

}  // namespace dualsim::tls
