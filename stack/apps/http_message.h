#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dualsim::apps {

// A field of a message's head, RFC 9110 §5.
struct HttpField {
  std::string name;
  std::string value;  // Without white space around it.
  friend bool operator==(const HttpField&, const HttpField&) = default;
};

// The head of an HTTP/1.1 message, RFC 9112: of a request where `status` is 0.
struct HttpHead {
  // A head that is longer, or of more fields, is refused.
  static constexpr size_t kMaximumSize = 16 * 1024;
  static constexpr size_t kMaximumFields = 100;

  std::string method;
  std::string target;
  int status = 0;
  std::string reason;
  int minor_version = 1;  // Of HTTP/1.
  std::vector<HttpField> fields;

  // The first of that name, whatever the case; nullptr where there is none.
  const std::string* Find(std::string_view name) const;
  // Whether another message may follow on the connection, RFC 9112 §9.3.
  bool KeepsAlive() const;
  // As it is on the wire, with the empty line at its end.
  std::string Encode() const;
  friend bool operator==(const HttpHead&, const HttpHead&) = default;
};

// Why a message is refused: a status for the answer, and words.
struct HttpError {
  int status = 400;
  std::string text;
};

enum class HttpKind : uint8_t { kRequest, kResponse };

// How long the head at the beginning of `text` is, with its empty line; nullopt where
// it has not ended yet. Lines may end in LF alone (RFC 9112 §2.2).
std::optional<size_t> HttpHeadSize(std::string_view text);
// Reads a whole head. Total. Refused are lines that are folded (RFC 9112 §5.2), names of
// fields with blanks before their colons (§5.1), and versions other than HTTP/1.x.
std::variant<HttpHead, HttpError> ParseHttpHead(HttpKind kind, std::string_view text);

// How the body behind a head ends, RFC 9112 §6.3.
struct HttpBody {
  enum class Kind : uint8_t { kLength, kChunked, kUntilEnd };
  Kind kind = Kind::kLength;
  uint64_t length = 0;
  friend bool operator==(const HttpBody&, const HttpBody&) = default;
};
// Of a request. A head that says it in two ways is refused (§6.1).
std::variant<HttpBody, HttpError> HttpRequestBody(const HttpHead& head);
// Of the response to a request of that method.
std::variant<HttpBody, HttpError> HttpResponseBody(const HttpHead& head, std::string_view method);

// "1a; name=value": the size of a chunk, from its line without the line's end (§7.1);
// nullopt where it is none.
std::optional<uint64_t> ParseHttpChunkSize(std::string_view line);

// "OK" of 200.
std::string_view HttpReason(int status);

}  // namespace dualsim::apps
