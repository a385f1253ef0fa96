#include "stack/apps/http_message.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace dualsim::apps {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

// RFC 9110 §5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
           kOthers.find(c) != kOthers.npos;
  });
}

// RFC 9110 §5.5: no line ends, no zeros.
bool IsValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || static_cast<unsigned char>(c) >= ' '; });
}

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// The next line without its end; the text goes on behind it.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The text up to the next blank.
std::string_view TakeWord(std::string_view& text) {
  const size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return word;
}

bool ReadVersion(std::string_view text, HttpHead* head) {
  if (text.size() != 8 || !text.starts_with("HTTP/1.")) return false;
  if (text[7] < '0' || text[7] > '9') return false;
  head->minor_version = text[7] - '0';
  return true;
}

std::optional<uint64_t> ParseNumber(std::string_view text, int base) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<HttpError> ReadFirstLine(HttpKind kind, std::string_view line, HttpHead* head) {
  if (kind == HttpKind::kRequest) {
    head->method = TakeWord(line);
    head->target = TakeWord(line);
    if (!IsToken(head->method) || head->target.empty() || !IsValue(head->target)) {
      return HttpError{400, "the request line is malformed"};
    }
    if (!ReadVersion(line, head)) return HttpError{505, "the version is not HTTP/1"};
    return std::nullopt;
  }
  if (!ReadVersion(TakeWord(line), head)) return HttpError{505, "the version is not HTTP/1"};
  const std::string_view status = TakeWord(line);
  const auto number = status.size() == 3 ? ParseNumber(status, 10) : std::nullopt;
  if (!number || *number < 100) return HttpError{400, "the status line is malformed"};
  head->status = static_cast<int>(*number);
  head->reason = line;
  if (!IsValue(line)) return HttpError{400, "the status line is malformed"};
  return std::nullopt;
}

// What the fields say of the body; nullopt: nothing.
std::variant<std::optional<HttpBody>, HttpError> BodyOf(const HttpHead& head) {
  std::optional<HttpBody> body;
  for (const HttpField& field : head.fields) {
    std::optional<HttpBody> said;
    if (EqualsIgnoringCase(field.name, "Transfer-Encoding")) {
      if (!EqualsIgnoringCase(field.value, "chunked")) {
        return HttpError{501, "the transfer coding is not known"};
      }
      said = HttpBody{.kind = HttpBody::Kind::kChunked};
    } else if (EqualsIgnoringCase(field.name, "Content-Length")) {
      const auto length = ParseNumber(field.value, 10);
      if (!length) return HttpError{400, "the length is no number"};
      said = HttpBody{.length = *length};
    }
    if (!said) continue;
    // §6.1: a message that says it twice is somebody's trick.
    if (body && *body != *said) return HttpError{400, "two lengths contradict each other"};
    body = said;
  }
  return body;
}

}  // namespace

const std::string* HttpHead::Find(std::string_view name) const {
  for (const HttpField& field : fields) {
    if (EqualsIgnoringCase(field.name, name)) return &field.value;
  }
  return nullptr;
}

bool HttpHead::KeepsAlive() const {
  const std::string* connection = Find("Connection");
  if (connection == nullptr) return minor_version >= 1;
  if (EqualsIgnoringCase(*connection, "close")) return false;
  return minor_version >= 1 || EqualsIgnoringCase(*connection, "keep-alive");
}

std::string HttpHead::Encode() const {
  const std::string version = "HTTP/1." + std::to_string(minor_version);
  std::string text = status == 0 ? method + " " + target + " " + version
                                 : version + " " + std::to_string(status) + " " + reason;
  text += "\r\n";
  for (const HttpField& field : fields) text += field.name + ": " + field.value + "\r\n";
  return text + "\r\n";
}

std::optional<size_t> HttpHeadSize(std::string_view text) {
  for (size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    if (rest.starts_with('\n')) return at + 2;
    if (rest.starts_with("\r\n")) return at + 3;
  }
  return std::nullopt;
}

std::variant<HttpHead, HttpError> ParseHttpHead(HttpKind kind, std::string_view text) {
  if (text.size() > HttpHead::kMaximumSize) return HttpError{431, "the head is too long"};
  HttpHead head;
  if (auto error = ReadFirstLine(kind, TakeLine(text), &head)) return *std::move(error);
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) break;
    const size_t colon = line.find(':');
    if (colon == line.npos || !IsToken(line.substr(0, colon))) {
      return HttpError{400, "a field is malformed"};
    }
    const std::string_view value = Trim(line.substr(colon + 1));
    if (!IsValue(value)) return HttpError{400, "a field is malformed"};
    if (head.fields.size() == HttpHead::kMaximumFields) {
      return HttpError{431, "there are too many fields"};
    }
    head.fields.push_back({std::string(line.substr(0, colon)), std::string(value)});
  }
  return head;
}

std::variant<HttpBody, HttpError> HttpRequestBody(const HttpHead& head) {
  auto said = BodyOf(head);
  if (auto* error = std::get_if<HttpError>(&said)) return std::move(*error);
  return std::get<0>(said).value_or(HttpBody());
}

std::variant<HttpBody, HttpError> HttpResponseBody(const HttpHead& head, std::string_view method) {
  const bool none =
      method == "HEAD" || head.status / 100 == 1 || head.status == 204 || head.status == 304;
  if (none) return HttpBody();
  auto said = BodyOf(head);
  if (auto* error = std::get_if<HttpError>(&said)) return std::move(*error);
  return std::get<0>(said).value_or(HttpBody{.kind = HttpBody::Kind::kUntilEnd});
}

std::optional<uint64_t> ParseHttpChunkSize(std::string_view line) {
  const std::string_view digits = Trim(line.substr(0, line.find(';')));
  // 15 digits leave room for sums.
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  return ParseNumber(digits, 16);
}

std::string_view HttpReason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace dualsim::apps
