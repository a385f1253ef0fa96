#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "stack/application/task.h"
#include "stack/application/tcp.h"
#include "stack/apps/http_message.h"
#include "stack/apps/sha256.h"

namespace dualsim::apps {

// HTTP messages as they come over a flow, one behind the other.
class HttpStream {
 public:
  // The flow outlives it.
  explicit HttpStream(application::TcpFlow& flow) : flow_(flow) {}

  // The connection ended, or failed, where a message might have begun.
  struct Over {};
  using Head = std::variant<HttpHead, HttpError, Over>;
  application::Task<Head> ReadHead(HttpKind kind);

  // How much of a body came, and what it was; `error` is set where it did not come whole.
  struct Body {
    uint64_t size = 0;
    Sha256::Digest digest{};
    std::string error;
  };
  // A body of more than `limit` bytes is an error.
  application::Task<Body> ReadBody(HttpBody body, uint64_t limit);

 private:
  // Waits for more bytes; false: none will come.
  application::Task<bool> Fill();
  // The next line, without its end; false: it does not end.
  application::Task<bool> ReadLine(std::string* line);
  // Up to `size` bytes go into the digest; false: they did not all come.
  application::Task<bool> Digest(uint64_t size, Sha256* digest);

  application::TcpFlow& flow_;
  std::string buffer_;  // What came and was not read yet.
};

}  // namespace dualsim::apps
