#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp_nonce.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

enum class NdpOptionType : uint8_t {
  kSourceLinkLayerAddress = 1,
  kTargetLinkLayerAddress = 2,
  kPrefixInformation = 3,
  kRedirectedHeader = 4,
  kMtu = 5,
  kNonce = 14,
  kRouteInformation = 24,
  kRecursiveDnsServer = 25,
  kDnsSearchList = 31,
  kPref64 = 38,
};

// Prf, RFC 4191 §2.1. The reserved value 10 reads as kMedium in a router
// advertisement's header and makes a route information option void.
enum class RouterPreference : int8_t { kLow = -1, kMedium = 0, kHigh = 1 };

// One option as it is on the wire.
struct NdpOption {
  NdpOptionType type{};
  ByteView bytes{};  // The whole option: a multiple of 8 bytes, 8 at least.
};

// Walks the options of a message.
class NdpOptionReader {
 public:
  explicit NdpOptionReader(ByteView options) : rest_(options) {}
  // The next option; nullopt at the end, and where one has the length 0 or runs
  // past the end (then error() says which).
  std::optional<NdpOption> Next();
  std::optional<DropReason> error() const { return error_; }

 private:
  ByteView rest_;
  std::optional<DropReason> error_;
};

// The options that hold more than one value follow. Parse() takes the bytes of
// a whole option and looks at all but its type; nullopt: not of the length or
// the form that RFC gives. Store() writes size() bytes.

// RFC 4861 §4.6.2. The lifetimes are whole seconds, or Infinite() for all ones.
struct PrefixInformation {
  Ipv6Address prefix{};       // As sent: bits after the length may be set, and are to be ignored.
  uint8_t prefix_length = 0;  // As sent: may be over 128.
  bool on_link = false;
  bool autonomous = false;
  bool router_address = false;  // RFC 6275 §7.2
  Duration valid_lifetime{};
  Duration preferred_lifetime{};

  static std::optional<PrefixInformation> Parse(ByteView option);
  size_t size() const { return 32; }
  void Store(uint8_t* out) const;
};

// RFC 4191 §2.3.
struct RouteInformation {
  Ipv6Prefix prefix{};
  RouterPreference preference = RouterPreference::kMedium;
  Duration lifetime{};

  static std::optional<RouteInformation> Parse(ByteView option);
  size_t size() const;
  void Store(uint8_t* out) const;
};

// RFC 8106 §5.1. At most kMaximumAddresses fit.
struct RecursiveDnsServers {
  static constexpr size_t kMaximumAddresses = 127;
  Duration lifetime{};
  std::vector<Ipv6Address> addresses{};

  static std::optional<RecursiveDnsServers> Parse(ByteView option);
  size_t size() const { return 8 + 16 * addresses.size(); }
  void Store(uint8_t* out) const;
};

// RFC 8106 §5.2; names without the final dot, of labels of 1 to 63 printable
// ASCII characters, 253 characters in all. The names take 2,032 bytes at most,
// each two more than it has characters.
struct DnsSearchList {
  Duration lifetime{};
  std::vector<std::string> names{};

  static std::optional<DnsSearchList> Parse(ByteView option);
  size_t size() const;
  void Store(uint8_t* out) const;
};

// RFC 8781 §4. The length is 96, 64, 56, 48, 40 or 32; the lifetime goes out in
// units of 8 seconds, rounded up, 65,528 seconds at most.
struct Pref64 {
  Ipv6Prefix prefix{};
  Duration lifetime{};

  static std::optional<Pref64> Parse(ByteView option);
  size_t size() const { return 16; }
  void Store(uint8_t* out) const;
};

// The options of one neighbour discovery message. An unknown option, or a known
// one with a length that its type does not have, is passed over (RFC 4861 §4.6);
// one of length 0 or one that runs past the end voids the whole message. Of an
// option that has one place the first counts. Parsing allocates for the lists
// alone: nothing where a solicitation or an advertisement of a neighbour has the
// options that such messages have.
struct NdpOptions {
  std::optional<MacAddress> source_link_layer_address;
  std::optional<MacAddress> target_link_layer_address;
  std::optional<NdpNonce> nonce;
  std::optional<uint32_t> mtu;
  // RFC 4861 §4.6.3: the bytes of the packet; of those that were parsed. At most
  // kMaximumRedirected; what is no multiple of 8 goes out with zeros behind it.
  static constexpr size_t kMaximumRedirected = 2032;
  ByteView redirected;
  std::vector<PrefixInformation> prefixes{};
  std::vector<RouteInformation> routes{};
  std::vector<RecursiveDnsServers> dns_servers{};
  std::vector<DnsSearchList> dns_search_lists{};
  std::vector<Pref64> pref64s{};
  // Of those that were parsed: whether there is a Source Link-Layer Address option,
  // be its length that of no address known here.
  bool has_source_option = false;

  static Parsed<NdpOptions> Parse(ByteView options);
  size_t size() const;
  // Writes size() bytes, in the order of the members above.
  void Store(uint8_t* out) const;
};

}  // namespace dualsim::wire
