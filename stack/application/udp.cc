#include "stack/application/udp.h"

namespace dualsim::application {

bool ReceiveOperation::Poll() {
  if (auto arrived = socket_.TryReceive()) result_.emplace(*std::move(arrived));
  return result_.has_value();
}

void ReceiveOperation::Park() { socket_.receivable().Add(*this); }

}  // namespace dualsim::application
