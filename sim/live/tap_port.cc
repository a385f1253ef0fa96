#include "sim/live/tap_port.h"

#include <utility>

namespace dualsim::sim {
namespace {

constexpr InterfaceId kCard{0};

}  // namespace

TapPort::TapPort(os::TapDevice& tap, Station& station, PacketPool& packets)
    : tap_(tap), station_(station), packets_(packets) {
  station_.SetReceiver(this);
  station_.SetPower(true);
  station_.LetInEverything(kCard);
}

void TapPort::Transmit(int limit) {
  for (int i = 0; i < limit; ++i) {
    Packet frame = tap_.Receive(packets_);
    if (!frame) {
      ready_ = false;
      return;
    }
    station_.Transmit(kCard, std::move(frame));
  }
}

void TapPort::Receive(Time, InterfaceId, Packet frame) {
  if (!tap_.Send(frame.bytes())) ++refused_;
}

void TapPort::OnReady(bool readable, bool) { ready_ = ready_ || readable; }

}  // namespace dualsim::sim
