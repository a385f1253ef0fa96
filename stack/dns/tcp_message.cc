#include "stack/dns/tcp_message.h"

#include <array>

namespace dualsim::dns {
namespace {

using application::Task;

Task<bool> ReadWhole(application::TcpFlow& flow, MutableByteView into) {
  while (!into.empty()) {
    const application::ReadResult read = co_await flow.Read(into);
    if (!read.data()) co_return false;
    into = into.subspan(read.size);
  }
  co_return true;
}

}  // namespace

Task<std::optional<std::vector<uint8_t>>> ReadTcpMessage(application::TcpFlow& flow) {
  std::array<uint8_t, 2> length{};
  if (!co_await ReadWhole(flow, length)) co_return std::nullopt;
  std::vector<uint8_t> message(LoadBig16(length.data()));
  if (!co_await ReadWhole(flow, message)) co_return std::nullopt;
  co_return message;
}

Task<bool> WriteTcpMessage(application::TcpFlow& flow, ByteView message) {
  std::array<uint8_t, 2> length{};
  StoreBig16(length.data(), static_cast<uint16_t>(message.size()));
  const std::array<ByteView, 2> pieces = {ByteView(length), message};
  co_return !co_await flow.Writev(pieces);
}

}  // namespace dualsim::dns
