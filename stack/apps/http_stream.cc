#include "stack/apps/http_stream.h"

#include <algorithm>
#include <limits>

namespace dualsim::apps {
namespace {

using application::Task;

constexpr size_t kLongestLine = 1024;

ByteView Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace

Task<bool> HttpStream::Fill() {
  const application::ReadResult read = co_await flow_.Peek();
  if (!read.data()) co_return false;
  const ByteView came = flow_.peeked().first(read.size);
  buffer_.append(reinterpret_cast<const char*>(came.data()), came.size());
  flow_.Consume(read.size);
  co_return true;
}

Task<HttpStream::Head> HttpStream::ReadHead(HttpKind kind) {
  HttpError refused{431, "the head is too long"};
  while (true) {
    // RFC 9112 §2.2: empty lines before a request are passed over.
    const size_t begin = buffer_.find_first_not_of("\r\n");
    buffer_.erase(0, std::min(begin, buffer_.size()));
    const auto size = HttpHeadSize(buffer_);
    if (size && *size <= HttpHead::kMaximumSize) {
      auto head = ParseHttpHead(kind, std::string_view(buffer_).substr(0, *size));
      buffer_.erase(0, *size);
      if (auto* error = std::get_if<HttpError>(&head)) co_return std::move(*error);
      co_return std::get<HttpHead>(std::move(head));
    }
    if (buffer_.size() > HttpHead::kMaximumSize) co_return refused;
    if (co_await Fill()) continue;
    if (buffer_.empty()) co_return Over{};
    refused = {400, "the connection ended within the head"};
    co_return refused;
  }
}

Task<bool> HttpStream::ReadLine(std::string* line) {
  size_t end = buffer_.find('\n');
  while (end == buffer_.npos) {
    if (buffer_.size() > kLongestLine || !co_await Fill()) co_return false;
    end = buffer_.find('\n');
  }
  *line = buffer_.substr(0, end);
  if (line->ends_with('\r')) line->pop_back();
  buffer_.erase(0, end + 1);
  co_return true;
}

Task<bool> HttpStream::Digest(uint64_t size, Sha256* digest) {
  while (size > 0) {
    if (buffer_.empty() && !co_await Fill()) co_return false;
    const auto taken = static_cast<size_t>(std::min<uint64_t>(size, buffer_.size()));
    digest->Add(Bytes(std::string_view(buffer_).substr(0, taken)));
    buffer_.erase(0, taken);
    size -= taken;
  }
  co_return true;
}

Task<HttpStream::Body> HttpStream::ReadBody(HttpBody body, uint64_t limit) {
  Body read;
  Sha256 digest;
  const auto take = [&](uint64_t size) -> std::string {
    if (size > limit - read.size) return "the body is too long";
    read.size += size;
    return "";
  };
  switch (body.kind) {
    case HttpBody::Kind::kLength:
      read.error = take(body.length);
      if (read.error.empty() && !co_await Digest(body.length, &digest)) {
        read.error = "the connection ended within the body";
      }
      break;
    case HttpBody::Kind::kUntilEnd:
      while (read.error.empty() && (!buffer_.empty() || co_await Fill())) {
        const uint64_t size = buffer_.size();
        read.error = take(size);
        co_await Digest(size, &digest);
      }
      break;
    case HttpBody::Kind::kChunked:
      while (read.error.empty()) {
        std::string line;
        const bool whole = co_await ReadLine(&line);
        const auto size = whole ? ParseHttpChunkSize(line) : std::nullopt;
        if (!size) {
          read.error = "a chunk is malformed";
          break;
        }
        // RFC 9112 §7.1: after the last come fields that nobody needs, and an empty line.
        if (*size == 0) {
          while ((read.error.empty()) && !line.empty()) {
            if (!co_await ReadLine(&line)) read.error = "the connection ended within the body";
          }
          break;
        }
        read.error = take(*size);
        if (!read.error.empty()) break;
        const bool came = co_await Digest(*size, &digest);
        if (came && !co_await ReadLine(&line)) line = "none";
        if (!came || !line.empty()) read.error = "a chunk is malformed";
      }
      break;
  }
  read.digest = digest.Finish();
  co_return read;
}

}  // namespace dualsim::apps
