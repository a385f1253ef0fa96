#include "stack/application/tcp.h"

namespace dualsim::application {

std::string_view ReadResult::text() const {
  switch (status) {
    case Status::kData:
      return "data";
    case Status::kEnd:
      return "end";
    case Status::kError:
      break;
  }
  return ErrorText(error);
}

bool ReadOperation::Poll() {
  const std::optional<ReadResult> result = flow_.TryRead(into_);
  if (result) result_ = *result;
  return result.has_value();
}

void ReadOperation::Park() { flow_.readable().Add(*this); }

bool PeekOperation::Poll() {
  const std::optional<ReadResult> result = flow_.TryPeek();
  if (result) result_ = *result;
  return result.has_value();
}

void PeekOperation::Park() { flow_.readable().Add(*this); }

bool WriteOperation::Poll() {
  while (!pieces_.empty()) {
    const ByteView rest = pieces_.front().subspan(written_);
    const TcpFlow::WriteProgress progress = flow_.TryWrite(rest, delay_);
    written_ += progress.accepted;
    if (progress.error) {
      error_ = progress.error;
      return true;
    }
    if (progress.accepted < rest.size()) return false;
    pieces_ = pieces_.subspan(1);
    written_ = 0;
  }
  return true;
}

void WriteOperation::Park() { flow_.writable().Add(*this); }

bool AcceptOperation::Poll() {
  if (auto accepted = listener_.TryAccept()) result_.emplace(*std::move(accepted));
  return result_.has_value();
}

void AcceptOperation::Park() { listener_.acceptable().Add(*this); }

bool ConnectOperation::Poll() {
  if (!flow_) return true;
  const TcpFlow::ConnectProgress progress = (*flow_)->TryFinishConnect();
  if (progress.over && progress.error) flow_ = *progress.error;
  return progress.over;
}

void ConnectOperation::Park() { (*flow_)->writable().Add(*this); }

}  // namespace dualsim::application
