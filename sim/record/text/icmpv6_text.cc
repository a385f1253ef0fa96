#include "sim/record/text/icmpv6_text.h"

#include <string_view>

#include "sim/record/text/append.h"
#include "sim/record/text/mld_text.h"
#include "sim/record/text/ndp_text.h"
#include "stack/wire/icmpv6.h"

namespace dualsim::sim::text {
namespace {

using wire::Icmpv6Type;

// RFC 4443 §3.1 to §3.4, RFC 7112 §5, RFC 8883 §2, RFC 9008.
constexpr std::string_view kUnreachableCodes[] = {
    "no route to destination",
    "communication with destination administratively prohibited",
    "beyond scope of source address",
    "address unreachable",
    "port unreachable",
    "source address failed ingress/egress policy",
    "reject route to destination",
    "error in source routing header",
};
constexpr std::string_view kTimeExceededCodes[] = {
    "hop limit exceeded in transit",
    "fragment reassembly time exceeded",
};
constexpr std::string_view kParameterProblemCodes[] = {
    "erroneous header field",
    "unrecognized Next Header type",
    "unrecognized IPv6 option",
    "incomplete IPv6 header chain in the first fragment",
};

template <size_t kSize>
void AppendCode(std::string& out, const std::string_view (&names)[kSize], uint8_t code) {
  if (code < kSize) {
    Append(out, " (", names[code], ")");
  } else {
    Append(out, " (code ", code, ")");
  }
}

// What a message is too short for is a fault only where all of it is there.
void AppendFault(std::string& out, const IpPacket& ip, DropReason reason) {
  if (ip.cut()) {
    Append(out, ", cut off");
  } else {
    Append(out, ", malformed: ", DropReasonText(reason));
  }
}

void AppendError(std::string& out, const IpPacket& ip, ByteView message) {
  const Parsed<wire::Icmpv6Error> error = wire::Icmpv6Error::Parse(message);
  if (!error) {
    Append(out, "ICMPv6 error type ", message[0]);
    return AppendFault(out, ip, error.reason());
  }
  switch (error->type) {
    case Icmpv6Type::kDestinationUnreachable:
      Append(out, "Destination Unreachable");
      AppendCode(out, kUnreachableCodes, error->code);
      break;
    case Icmpv6Type::kPacketTooBig:
      Append(out, "Packet Too Big");
      if (error->code != 0) Append(out, " (code ", error->code, ")");
      Append(out, " MTU ", error->parameter);
      break;
    case Icmpv6Type::kTimeExceeded:
      Append(out, "Time Exceeded");
      AppendCode(out, kTimeExceededCodes, error->code);
      break;
    case Icmpv6Type::kParameterProblem:
      Append(out, "Parameter Problem");
      AppendCode(out, kParameterProblemCodes, error->code);
      Append(out, " pointer ", error->parameter);
      break;
    default:
      Append(out, "ICMPv6 error type ", message[0], " code ", error->code);
  }
  Append(out, " about ");
  AppendQuoted(out, error->invoking, ip);
  const size_t extensions = message.size() - error->size();
  if (extensions > 0) Append(out, ", extensions of ", extensions, " bytes");
}

void AppendEcho(std::string& out, const IpPacket& ip, ByteView message) {
  const bool request = message[0] == static_cast<uint8_t>(Icmpv6Type::kEchoRequest);
  Append(out, request ? "Echo Request" : "Echo Reply");
  const Parsed<wire::EchoMessage> echo = wire::EchoMessage::Parse(message);
  if (!echo) {
    return AppendFault(out, ip, echo.reason());
  }
  if (message[1] != 0) Append(out, " code ", message[1]);
  Append(out, " id ", echo->identifier, " seq ", echo->sequence, ", ", echo->data.size(), " bytes");
}

void AppendMessage(std::string& out, const IpPacket& ip, ByteView message) {
  const auto type = static_cast<Icmpv6Type>(message[0]);
  if (wire::IsError(type)) return AppendError(out, ip, message);
  switch (type) {
    case Icmpv6Type::kEchoRequest:
    case Icmpv6Type::kEchoReply:
      return AppendEcho(out, ip, message);
    case Icmpv6Type::kMulticastListenerQuery:
    case Icmpv6Type::kMulticastListenerReportV1:
    case Icmpv6Type::kMulticastListenerDone:
    case Icmpv6Type::kMulticastListenerReportV2:
      return AppendMld(out, ip, message);
    case Icmpv6Type::kRouterSolicitation:
    case Icmpv6Type::kRouterAdvertisement:
    case Icmpv6Type::kNeighborSolicitation:
    case Icmpv6Type::kNeighborAdvertisement:
    case Icmpv6Type::kRedirect:
      return AppendNdp(out, ip, message);
    default:
      Append(out, "ICMPv6 type ", message[0], " code ", message[1], ", ",
             message.size() - wire::Icmpv6Header::kSize, " bytes");
  }
}

}  // namespace

void AppendIcmpv6(std::string& out, const IpPacket& ip, ByteView message) {
  if (message.size() < wire::Icmpv6Header::kSize) {
    Append(out, "ICMPv6");
    return AppendFault(out, ip, DropReason::ICMPV6_TRUNCATED);
  }
  AppendMessage(out, ip, message);
  AppendChecksum(out, ip, ip.PseudoHeader(message.size()), message, 2);
}

}  // namespace dualsim::sim::text
