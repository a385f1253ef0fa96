#include "stack/tls/tls_flow.h"

#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>
#include <utility>

#include "stack/tls/mbedtls_state.h"

namespace dualsim::tls {

using application::Delay;
using application::Error;
using application::ReadResult;
using application::Task;

namespace {

// RFC 5246 §6.2.1: of what a record carries.
constexpr size_t kLargestRecord = 16 * 1024;
// A record, alerts and a peer that makes us say a word for each of its own: more than
// this waits for a peer that does not read.
constexpr size_t kLargestBacklog = 4 * kLargestRecord;

// Why the peer's certificate is not taken, in one clause.
std::string Objections(const mbedtls_ssl_context& ssl) {
  const uint32_t flags = mbedtls_ssl_get_verify_result(&ssl);
  if (flags == 0 || flags == ~uint32_t{0}) return "";
  char text[400] = "";
  mbedtls_x509_crt_verify_info(text, sizeof(text), "", flags);
  std::string words = text;
  while (!words.empty() && words.back() == '\n') words.pop_back();
  std::replace(words.begin(), words.end(), '\n', ';');
  return words;
}

}  // namespace

struct TlsFlow::State {
  State() { mbedtls_ssl_init(&ssl); }
  ~State() { mbedtls_ssl_free(&ssl); }
  mbedtls_ssl_context ssl;
};

TlsFlow::TlsFlow(application::Scheduler& scheduler, std::unique_ptr<application::TcpFlow> below)
    : below_(std::move(below)), state_(std::make_unique<State>()), ending_(scheduler) {}

TlsFlow::~TlsFlow() { Close(); }

Task<TlsFlow::Outcome> TlsFlow::Accept(application::Scheduler& scheduler, Context& context,
                                       std::unique_ptr<application::TcpFlow> below) {
  std::unique_ptr<TlsFlow> flow(new TlsFlow(scheduler, std::move(below)));
  const int result = mbedtls_ssl_setup(&flow->state_->ssl, &context.state().config);
  if (result != 0) co_return Outcome{nullptr, ErrorText(result)};
  co_return co_await Establish(std::move(flow));
}

Task<TlsFlow::Outcome> TlsFlow::Connect(application::Scheduler& scheduler, Context& context,
                                        std::unique_ptr<application::TcpFlow> below,
                                        std::string server_name) {
  std::unique_ptr<TlsFlow> flow(new TlsFlow(scheduler, std::move(below)));
  int result = mbedtls_ssl_setup(&flow->state_->ssl, &context.state().config);
  if (result == 0) result = mbedtls_ssl_set_hostname(&flow->state_->ssl, server_name.c_str());
  if (result != 0) co_return Outcome{nullptr, ErrorText(result)};
  co_return co_await Establish(std::move(flow));
}

Task<TlsFlow::Outcome> TlsFlow::Establish(std::unique_ptr<TlsFlow> flow) {
  mbedtls_ssl_context& ssl = flow->state_->ssl;
  mbedtls_ssl_set_bio(&ssl, flow.get(), Send, Receive, nullptr);
  while (true) {
    const int result = mbedtls_ssl_handshake(&ssl);
    // Alerts are sent too.
    const std::vector<uint8_t> sealed = std::exchange(flow->sealed_, {});
    if (!sealed.empty()) {
      if (const auto failed = co_await flow->below_->Write(sealed, Delay::kNone)) {
        co_return Outcome{nullptr, std::string(ErrorText(*failed))};
      }
    }
    if (result == 0) co_return Outcome{std::move(flow), ""};
    if (result != MBEDTLS_ERR_SSL_WANT_READ) {
      std::string failure;
      if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) failure = Objections(ssl);
      if (flow->below_error_) failure = std::string(ErrorText(*flow->below_error_));
      if (failure.empty() && result == MBEDTLS_ERR_SSL_CONN_EOF) {
        failure = "the peer ended the connection during the handshake";
      }
      if (failure.empty()) failure = ErrorText(result);
      // It has nothing to close any more; the alert is delivered, and the flow below ends.
      flow->write_ended_ = true;
      co_return Outcome{nullptr, failure};
    }
    co_await flow->below_->Peek();
  }
}

std::string TlsFlow::protocol() const {
  return std::string(mbedtls_ssl_get_version(&state_->ssl)) + " " +
         mbedtls_ssl_get_ciphersuite(&state_->ssl);
}

int TlsFlow::Send(void* flow, const unsigned char* bytes, size_t size) {
  TlsFlow& self = *static_cast<TlsFlow*>(flow);
  if (self.sealed_.size() + size > kLargestBacklog) return MBEDTLS_ERR_NET_SEND_FAILED;
  self.sealed_.insert(self.sealed_.end(), bytes, bytes + size);
  return static_cast<int>(size);
}

int TlsFlow::Receive(void* flow, unsigned char* into, size_t size) {
  TlsFlow& self = *static_cast<TlsFlow*>(flow);
  const auto read = self.below_->TryRead({into, size});
  if (!read) return MBEDTLS_ERR_SSL_WANT_READ;
  if (read->data()) return static_cast<int>(read->size);
  if (read->end()) return 0;
  self.below_error_ = read->error;
  return MBEDTLS_ERR_NET_RECV_FAILED;
}

bool TlsFlow::Flush() {
  if (sealed_.empty()) return true;
  const WriteProgress progress = below_->TryWrite(sealed_, Delay::kNone);
  if (progress.error) {
    broken_ = progress.error;
    sealed_.clear();
    return true;
  }
  sealed_.erase(sealed_.begin(), sealed_.begin() + static_cast<std::ptrdiff_t>(progress.accepted));
  return sealed_.empty();
}

ReadResult TlsFlow::Fail(int code) {
  if (!below_error_) {
    const bool cut_off = code == 0 || code == MBEDTLS_ERR_SSL_CONN_EOF;
    failure_ = cut_off ? "the peer ended the connection without a close_notify" : ErrorText(code);
  }
  return {.status = ReadResult::Status::kError, .error = below_error_.value_or(Error::kReset)};
}

std::optional<ReadResult> TlsFlow::ReadInto(MutableByteView into) {
  if (over_) return over_;
  const int result = mbedtls_ssl_read(&state_->ssl, into.data(), into.size());
  if (result > 0) {
    return ReadResult{.status = ReadResult::Status::kData, .size = static_cast<size_t>(result)};
  }
  if (result == MBEDTLS_ERR_SSL_WANT_READ) return std::nullopt;
  if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
    over_ = ReadResult{.status = ReadResult::Status::kEnd};
  } else {
    over_ = Fail(result);
    broken_ = over_->error;
    Flush();  // An alert that says why.
  }
  return over_;
}

ByteView TlsFlow::peeked() const { return ByteView(opened_).subspan(opened_begin_); }

void TlsFlow::Consume(size_t size) { opened_begin_ += size; }

std::optional<ReadResult> TlsFlow::TryPeek() {
  if (opened_begin_ == opened_.size()) {
    opened_.resize(kLargestRecord);
    opened_begin_ = opened_.size();
    const auto read = ReadInto(opened_);
    if (!read || !read->data()) return read;
    opened_.resize(read->size);
    opened_begin_ = 0;
  }
  return ReadResult{.status = ReadResult::Status::kData, .size = opened_.size() - opened_begin_};
}

std::optional<ReadResult> TlsFlow::TryRead(MutableByteView into) {
  const ByteView ready = peeked();
  if (ready.empty()) return ReadInto(into);
  const size_t size = std::min(ready.size(), into.size());
  std::copy_n(ready.begin(), size, into.begin());
  Consume(size);
  return ReadResult{.status = ReadResult::Status::kData, .size = size};
}

application::TcpFlow::WriteProgress TlsFlow::TryWrite(ByteView bytes, Delay) {
  if (write_ended_ || closed_) return {.error = Error::kClosed};
  WriteProgress progress;
  // The same write again: what waited for room has gone, or waits on.
  const bool again = held_ == bytes.data() && held_size_ <= bytes.size();
  if (!again) held_size_ = 0;  // Of a write that was given up.
  while (Flush() && !broken_) {
    progress.accepted += std::exchange(held_size_, 0);
    const ByteView rest = bytes.subspan(progress.accepted);
    if (rest.empty()) return progress;
    const size_t size = std::min(rest.size(), kLargestRecord);
    const int sealed = mbedtls_ssl_write(&state_->ssl, rest.data(), size);
    if (sealed <= 0) {
      failure_ = ErrorText(sealed);
      broken_ = Error::kReset;
      break;
    }
    held_ = rest.data();
    held_size_ = static_cast<size_t>(sealed);
  }
  if (broken_) progress.error = *broken_;
  return progress;
}

void TlsFlow::ShutDownWrite() {
  if (std::exchange(write_ended_, true) || closed_ || broken_) return;
  mbedtls_ssl_close_notify(&state_->ssl);
  if (Flush()) {
    below_->ShutDownWrite();
  } else {
    ending_.Start(FinishWriting());
  }
}

Task<> TlsFlow::FinishWriting() {
  const std::vector<uint8_t> sealed = std::exchange(sealed_, {});
  if (co_await below_->Write(sealed, Delay::kNone)) co_return;
  below_->ShutDownWrite();
}

void TlsFlow::ShutDownRead() { below_->ShutDownRead(); }

void TlsFlow::Close() {
  if (std::exchange(closed_, true)) return;
  if (!std::exchange(write_ended_, true) && !broken_) {
    mbedtls_ssl_close_notify(&state_->ssl);
    Flush();
  }
  ending_.Cancel();
  below_->Close();
}

void TlsFlow::Abort() {
  closed_ = true;
  ending_.Cancel();
  below_->Abort();
}

}  // namespace dualsim::tls
