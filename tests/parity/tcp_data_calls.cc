// What goes over a connection, and how it ends.

#include "tests/parity/subject.h"

namespace dualsim::parity {
namespace {

using application::Delay;
using application::ReadResult;
using application::Task;
using application::TcpFlow;
using application::WithTimeout;

Task<std::unique_ptr<TcpFlow>> Reach(Subject& s, Port port,
                                     application::TcpConnectOptions options = {}) {
  auto flow = co_await s.network.ConnectTcp({s.peer, port}, options);
  if (!flow) s.Note("connect", flow);
  co_return flow ? *std::move(flow) : nullptr;
}

Task<> NoteRead(Subject& s, TcpFlow& flow, std::string_view what) {
  std::array<uint8_t, 100> room;
  const ReadResult read = co_await flow.Read(room);
  s.Note(std::string(what) + ": " +
         (read.data() ? Text(ByteView(room).first(read.size)) : std::string(read.text())));
}

Task<> Echo(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  s.Note("write", co_await flow->Write(Bytes("hello")));
  flow->ShutDownWrite();
  s.Note("read " + co_await ReadToEnd(*flow));
  co_await NoteRead(s, *flow, "behind the end");
}

Task<> Writev(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  const std::array<ByteView, 4> pieces = {Bytes("one "), Bytes(""), Bytes("two "), Bytes("three")};
  s.Note("writev", co_await flow->Writev(pieces, Delay::kNone));
  s.Note("write nothing", co_await flow->Write({}));
  flow->ShutDownWrite();
  s.Note("read " + co_await ReadToEnd(*flow));
}

Task<> ReadLimit(Subject& s) {
  const auto flow = co_await Reach(s, kGreet);
  if (!flow) co_return;
  std::array<uint8_t, 3> room;
  for (int i = 0; i < 3; ++i) {
    const ReadResult read = co_await flow->Read(room);
    s.Note(read.data() ? Text(ByteView(room).first(read.size)) : std::string(read.text()));
  }
  const ReadResult nothing = co_await flow->Read({});
  s.Note("into nothing: " + std::string(nothing.text()));
}

Task<> Peek(Subject& s) {
  const auto flow = co_await Reach(s, kGreet);
  if (!flow) co_return;
  const ReadResult first = co_await flow->Peek();
  s.Note("ready " + Text(flow->peeked()) + ", " + std::to_string(first.size));
  flow->Consume(3);
  const ReadResult second = co_await flow->Peek();
  s.Note("then " + Text(flow->peeked()) + ", " + std::to_string(second.size));
  co_await NoteRead(s, *flow, "read");
  s.Note("at the end: " + std::string((co_await flow->Peek()).text()) + ", " +
         std::to_string(flow->peeked().size()));
}

Task<> Bulk(Subject& s) {
  const auto flow = co_await Reach(s, kCount);
  if (!flow) co_return;
  const std::string much(3'000'000, 'x');
  s.Note("write", co_await flow->Write(Bytes(much)));
  flow->ShutDownWrite();
  s.Note("the other side counts " + co_await ReadToEnd(*flow));
}

Task<> HalfClose(Subject& s) {
  const auto flow = co_await Reach(s, kGreet);
  if (!flow) co_return;
  s.Note("read " + co_await ReadToEnd(*flow));
  s.Note("write after their end", co_await flow->Write(Bytes("still there")));
  flow->ShutDownWrite();
  s.Note("write after our end", co_await flow->Write(Bytes("too late")));
  flow->ShutDownWrite();
  co_await NoteRead(s, *flow, "read after both");
}

Task<> ShutDownRead(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  co_await flow->Write(Bytes("for nobody"));
  flow->ShutDownRead();
  co_await NoteRead(s, *flow, "read");
  s.Note("write", co_await flow->Write(Bytes("for nobody either")));
  co_await NoteRead(s, *flow, "read again");
}

// What nobody reads does not stop the writer.
Task<> ShutDownReadOfMuch(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  flow->ShutDownRead();
  const std::string much(8'000'000, 'x');
  s.Note("write", co_await flow->Write(Bytes(much)));
}

Task<> AfterClose(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  flow->Close();
  co_await NoteRead(s, *flow, "read");
  s.Note("write", co_await flow->Write(Bytes("?")));
  s.Note("peek: " + std::string((co_await flow->Peek()).text()));
  s.Note("peer " + flow->peer().ToString());
  flow->Close();
  flow->ShutDown();
}

Task<> AfterAbort(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  flow->Abort();
  co_await NoteRead(s, *flow, "read");
  s.Note("write", co_await flow->Write(Bytes("?")));
}

Task<> ResetByPeer(Subject& s) {
  const auto flow = co_await Reach(s, kReset);
  if (!flow) co_return;
  co_await flow->Write(Bytes("x"));
  co_await NoteRead(s, *flow, "read");
  co_await NoteRead(s, *flow, "read again");
  s.Note("write", co_await flow->Write(Bytes("?")));
  s.Note("write again", co_await flow->Write(Bytes("?")));
}

Task<> CloseWhileReading(Subject& s) {
  const auto flow = co_await Reach(s, kSilent);
  if (!flow) co_return;
  application::Scope scope(s.scheduler());
  scope.Start(NoteRead(s, *flow, "read"));
  co_await s.network.Sleep(Milliseconds(20));
  flow->Close();
  co_await scope.Join();
}

Task<> GiveUpReading(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  const auto read =
      co_await WithTimeout(s.scheduler(), Milliseconds(20), NoteRead(s, *flow, "never"));
  s.Note(read ? "ended" : "given up");
  co_await flow->Write(Bytes("still here"));
  co_await NoteRead(s, *flow, "read");
}

Task<> GiveUpWriting(Subject& s) {
  const auto flow = co_await Reach(s, kSilent);
  if (!flow) co_return;
  const std::string much(64'000'000, 'x');
  const auto written = co_await WithTimeout(s.scheduler(), Milliseconds(1500),
                                            [](TcpFlow& to, std::string_view text) -> Task<> {
                                              co_await to.Write(Bytes(text));
                                            }(*flow, much));
  s.Note(written ? "ended" : "given up");
}

Task<> ReadAndWriteAtOnce(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  const std::string much(2'000'000, 'y');
  application::Scope scope(s.scheduler());
  scope.Start([](TcpFlow& to, std::string_view text) -> Task<> {
    co_await to.Write(Bytes(text));
    to.ShutDownWrite();
  }(*flow, much));
  const std::string back = co_await ReadToEnd(*flow);
  s.Note(back == much ? "all of it came back" : "something else came back");
  co_await scope.Join();
}

Task<> Statistics(Subject& s) {
  const auto flow = co_await Reach(s, kEcho);
  if (!flow) co_return;
  co_await flow->Write(Bytes("hello"));
  co_await NoteRead(s, *flow, "read");
  const application::TcpStatistics known = flow->statistics();
  s.Note(known.segments_sent > 0 ? "segments" : "no segments");
  s.Note(known.mss > 0 ? "an MSS" : "no MSS");
  s.Note(known.congestion_window >= known.mss ? "a window" : "no window");
  s.Note(known.smoothed_rtt > Duration() ? "an RTT" : "no RTT");
  s.Note(std::to_string(known.retransmissions) + " retransmissions");
}

Task<> Keepalive(Subject& s) {
  const auto flow = co_await Reach(
      s, kEcho, {.keepalive = {{.idle = Seconds(60), .interval = Seconds(5), .count = 3}}});
  if (!flow) co_return;
  co_await flow->Write(Bytes("alive"));
  co_await NoteRead(s, *flow, "read");
}

constexpr Call kCalls[] = {
    {"flow.echo", Echo},
    {"flow.writev", Writev},
    {"flow.read_limit", ReadLimit},
    {"flow.peek", Peek},
    {"flow.bulk", Bulk},
    {"flow.half_close", HalfClose},
    {"flow.shut_down_read", ShutDownRead},
    {"flow.shut_down_read_of_much", ShutDownReadOfMuch},
    {"flow.after_close", AfterClose},
    {"flow.after_abort", AfterAbort},
    {"flow.reset_by_peer", ResetByPeer},
    {"flow.close_while_reading", CloseWhileReading},
    {"flow.give_up_reading", GiveUpReading},
    {"flow.give_up_writing", GiveUpWriting},
    {"flow.both_ways", ReadAndWriteAtOnce},
    {"flow.statistics", Statistics},
    {"flow.keepalive", Keepalive},
};

}  // namespace

std::span<const Call> TcpDataCalls() { return kCalls; }

}  // namespace dualsim::parity
