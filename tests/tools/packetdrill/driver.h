#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/ipv6.h"
#include "stack/wire/tcp.h"
#include "tools/packetdrill/interface.h"

namespace dualsim::packetdrill::testing {

// How a script's packets and sockets go: packetdrill's --ip_version.
enum class Mode { kIpv4, kIpv4MappedIpv6, kIpv6 };

// Loads the library, and does with it what packetdrill does: calls of a program, the peer's
// packets, and the clock.
class Driver {
 public:
  explicit Driver(Mode mode = Mode::kIpv4, const std::string& more_flags = "");
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver();

  // Calls a member of the interface: Call(&packetdrill_interface::listen, fd, 1).
  template <typename Member, typename... Arguments>
  auto Call(Member member, Arguments... arguments) {
    return (calls_.*member)(calls_.userdata, arguments...);
  }

  // --- The program ---

  int Socket(int type = SOCK_STREAM);
  // Of the host, and of its peer.
  int Bind(int fd, uint16_t port = kLocalPort);
  int BindAny(int fd, uint16_t port = kLocalPort);
  int Connect(int fd, uint16_t port = kRemotePort);
  int Accept(int fd) { return Call(&packetdrill_interface::accept, fd, nullptr, nullptr); }
  int Close(int fd) { return Call(&packetdrill_interface::close, fd); }
  ssize_t Write(int fd, size_t count);
  ssize_t Read(int fd, size_t count);
  std::string ReadText(int fd, size_t count, int flags = 0);
  int SetFlag(int fd, int level, int name, int value);
  int GetFlag(int fd, int level, int name);  // INT_MIN where it fails.
  int NonBlocking(int fd);
  short Poll(int fd, short events, int timeout = 0);

  // --- The peer ---

  // A segment of the peer's. Sequence numbers count from its SYN, those it acknowledges
  // from the host's.
  struct Peer {
    std::string_view flags;  // "S", "SA", "A", "PA", "FA", "R".
    uint32_t sequence = 0;
    uint32_t acknowledgment = 0;
    std::string_view payload{};
    uint16_t window = 65535;
    wire::TcpOptions options{};
    uint16_t port = kRemotePort;  // Its own.
    uint16_t to = kLocalPort;
  };
  void Inject(const Peer& peer);
  // The host's next segment, with its numbers relative as above; nullopt where nothing comes.
  struct Seen {
    int64_t usec = 0;
    std::string flags;
    uint32_t sequence = 0;
    uint32_t acknowledgment = 0;
    std::string payload;
    wire::TcpHeader header;
  };
  std::optional<Seen> Next();
  // "SA 0:1", "PA 1:101 ack 1": flags, sequence numbers, acknowledgment.
  std::string NextText();
  // Any packet of the peer's, and the host's next whole.
  void InjectPacket(const std::vector<uint8_t>& packet);
  std::vector<uint8_t> NextPacket(int64_t* usec = nullptr);
  std::vector<uint8_t> Wrap(wire::NextHeader protocol, std::vector<uint8_t> payload) const;

  // A passive handshake on a new socket at port 8080, which is returned with the accepted
  // one. Its numbers go on with 1.
  std::pair<int, int> Serve(const wire::TcpOptions& options = {.mss = 1000});
  // The peer's half of a handshake with a listener there.
  void ShakeHands(const wire::TcpOptions& options = {.mss = 1000}, uint16_t port = kRemotePort);

  // --- The clock ---

  void Sleep(int64_t usec) { Call(&packetdrill_interface::usleep, static_cast<useconds_t>(usec)); }
  int64_t Now();

  Mode mode() const { return mode_; }
  const IpAddress& local() const { return local_; }
  const IpAddress& remote() const { return remote_; }
  const packetdrill_interface& calls() const { return calls_; }
  socklen_t Address(const IpAddress& address, uint16_t port, sockaddr_storage& out) const;

  static constexpr uint16_t kLocalPort = 8080;
  static constexpr uint16_t kRemotePort = 40000;
  static constexpr const char* kLibrary = "tools/packetdrill/libdualsim_packetdrill.so";

 private:
  Mode mode_;
  IpAddress local_;
  IpAddress remote_;
  packetdrill_interface calls_{};
  SeqNum host_iss_{};
};

// Opens the library as packetdrill does, and returns its handle.
void* OpenLibrary();

}  // namespace dualsim::packetdrill::testing
