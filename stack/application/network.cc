#include "stack/application/network.h"

namespace dualsim::application {

bool EchoOperation::Poll() {
  if (!begun_) {
    result_.emplace(begun_.error());
  } else if (auto answer = (*begun_)->TryTake()) {
    result_.emplace(*std::move(answer));
  }
  return result_.has_value();
}

void EchoOperation::Park() { (*begun_)->answered().Add(*this); }

}  // namespace dualsim::application
