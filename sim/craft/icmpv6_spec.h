#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/craft/address_term.h"
#include "sim/craft/layer_fields.h"
#include "sim/craft/ndp_option_spec.h"

namespace dualsim::craft {

// The ICMPv6 messages of proto/packet.proto as plain values.

// A message that has no form of its own here, or too few bytes for it.
struct RawBody {
  Bytes body;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"body"}, &RawBody::body);
  }
};

struct EchoBody {
  Number identifier;
  Number sequence;
  Bytes data;
  Number data_size;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"identifier", 16}, &EchoBody::identifier);
    fn(FieldInfo{"sequence", 16}, &EchoBody::sequence);
    fn(FieldInfo{"data"}, &EchoBody::data);
    fn(FieldInfo{"data_size", 16}, &EchoBody::data_size);
  }
};

struct ErrorBody {
  Number unused;  // The same four bytes under three names.
  Number mtu;
  Number pointer;
  std::optional<Quote> quote;
  Bytes data;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"unused", 32}, &ErrorBody::unused);
    fn(FieldInfo{"mtu", 32}, &ErrorBody::mtu);
    fn(FieldInfo{"pointer", 32}, &ErrorBody::pointer);
    fn(FieldInfo{"data"}, &ErrorBody::data);
  }
};

struct RouterSolicitationBody {
  Number reserved;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"reserved", 32}, &RouterSolicitationBody::reserved);
  }
};

struct RouterAdvertisementBody {
  Number cur_hop_limit;
  Flag managed;
  Flag other;
  Flag home_agent;
  Number preference;
  Flag proxy;
  Number reserved;
  Number router_lifetime;
  Number reachable_time;
  Number retrans_timer;
  template <typename Fn>
  static void Fields(Fn fn) {
    using Body = RouterAdvertisementBody;
    fn(FieldInfo{"cur_hop_limit", 8}, &Body::cur_hop_limit);
    fn(FieldInfo{"managed"}, &Body::managed);
    fn(FieldInfo{"other"}, &Body::other);
    fn(FieldInfo{"home_agent"}, &Body::home_agent);
    fn(FieldInfo{"preference", 2, Unit::kPreference}, &Body::preference);
    fn(FieldInfo{"proxy"}, &Body::proxy);
    fn(FieldInfo{"reserved", 2}, &Body::reserved);
    fn(FieldInfo{"router_lifetime", 16, Unit::kSeconds}, &Body::router_lifetime);
    fn(FieldInfo{"reachable_time", 32, Unit::kMilliseconds}, &Body::reachable_time);
    fn(FieldInfo{"retrans_timer", 32, Unit::kMilliseconds}, &Body::retrans_timer);
  }
};

struct NeighborSolicitationBody {
  Number reserved;
  Address target;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"reserved", 32}, &NeighborSolicitationBody::reserved);
    fn(FieldInfo{"target"}, &NeighborSolicitationBody::target);
  }
};

struct NeighborAdvertisementBody {
  Flag router;
  Flag solicited;
  Flag override_flag;
  Number reserved;
  Address target;
  template <typename Fn>
  static void Fields(Fn fn) {
    using Body = NeighborAdvertisementBody;
    fn(FieldInfo{"router"}, &Body::router);
    fn(FieldInfo{"solicited"}, &Body::solicited);
    fn(FieldInfo{"override"}, &Body::override_flag);
    fn(FieldInfo{"reserved", 29}, &Body::reserved);
    fn(FieldInfo{"target"}, &Body::target);
  }
};

struct RedirectBody {
  Number reserved;
  Address target;
  Address redirect_destination;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"reserved", 32}, &RedirectBody::reserved);
    fn(FieldInfo{"target"}, &RedirectBody::target);
    fn(FieldInfo{"redirect_destination"}, &RedirectBody::redirect_destination);
  }
};

struct ListenerBody {
  Number maximum_response_delay;
  Number reserved;
  Address group;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"maximum_response_delay", 16, Unit::kMilliseconds},
       &ListenerBody::maximum_response_delay);
    fn(FieldInfo{"reserved", 16}, &ListenerBody::reserved);
    fn(FieldInfo{"group"}, &ListenerBody::group);
  }
};

struct ListenerQueryV2Body {
  Number maximum_response_code;
  Number reserved;
  Address group;
  Number reserved2;
  Flag suppress_router_processing;
  Number robustness_variable;
  Number query_interval_code;
  Number number_of_sources;
  std::vector<AddressTerm> sources;
  template <typename Fn>
  static void Fields(Fn fn) {
    using Body = ListenerQueryV2Body;
    fn(FieldInfo{"maximum_response_code", 16}, &Body::maximum_response_code);
    fn(FieldInfo{"reserved", 16}, &Body::reserved);
    fn(FieldInfo{"group"}, &Body::group);
    fn(FieldInfo{"reserved2", 4}, &Body::reserved2);
    fn(FieldInfo{"suppress_router_processing"}, &Body::suppress_router_processing);
    fn(FieldInfo{"robustness_variable", 3}, &Body::robustness_variable);
    fn(FieldInfo{"query_interval_code", 8}, &Body::query_interval_code);
    fn(FieldInfo{"number_of_sources", 16}, &Body::number_of_sources);
  }
};

struct ListenerRecordSpec {
  Number type;
  Number auxiliary_data_length;
  Number number_of_sources;
  Address group;
  std::vector<AddressTerm> sources;
  Bytes auxiliary_data;
  template <typename Fn>
  static void Fields(Fn fn) {
    using Record = ListenerRecordSpec;
    fn(FieldInfo{"type", 8, Unit::kRecordType}, &Record::type);
    fn(FieldInfo{"auxiliary_data_length", 8}, &Record::auxiliary_data_length);
    fn(FieldInfo{"number_of_sources", 16}, &Record::number_of_sources);
    fn(FieldInfo{"group"}, &Record::group);
    fn(FieldInfo{"auxiliary_data"}, &Record::auxiliary_data);
  }
};

struct ListenerReportV2Body {
  Number reserved;
  Number number_of_records;
  std::vector<ListenerRecordSpec> records;
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"reserved", 16}, &ListenerReportV2Body::reserved);
    fn(FieldInfo{"number_of_records", 16}, &ListenerReportV2Body::number_of_records);
  }
};

using Icmpv6Body =
    std::variant<RawBody, EchoBody, ErrorBody, RouterSolicitationBody, RouterAdvertisementBody,
                 NeighborSolicitationBody, NeighborAdvertisementBody, RedirectBody, ListenerBody,
                 ListenerQueryV2Body, ListenerReportV2Body>;

struct Icmpv6Layer {
  uint8_t type = 0;
  Number code;
  Number checksum;
  Flag bad_checksum;
  Number size;  // Of the message; what was built is cut or filled up to it.
  Icmpv6Body body;
  std::vector<NdpOptionSpec> options;  // Of the five messages of neighbour discovery.
  std::vector<uint8_t> without;        // Types of options that a match does not have.

  // Those of the header; the body has its own.
  template <typename Fn>
  static void Fields(Fn fn) {
    fn(FieldInfo{"code", 8}, &Icmpv6Layer::code);
    fn(FieldInfo{"checksum", 16}, &Icmpv6Layer::checksum);
    fn(FieldInfo{"bad_checksum"}, &Icmpv6Layer::bad_checksum);
    fn(FieldInfo{"size", 16}, &Icmpv6Layer::size);
  }
};

// The name of the message in scenarios: "echo_request"; "icmpv6" where the body
// is raw.
std::string_view Icmpv6LayerName(const Icmpv6Layer& layer);

}  // namespace dualsim::craft
