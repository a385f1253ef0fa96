#include "stack/apps/http_message.h"

#include <gtest/gtest.h>

namespace dualsim::apps {
namespace {

HttpHead Head(HttpKind kind, std::string_view text) {
  auto parsed = ParseHttpHead(kind, text);
  if (const auto* error = std::get_if<HttpError>(&parsed)) {
    ADD_FAILURE() << error->text;
    return {};
  }
  return std::get<HttpHead>(parsed);
}
int StatusOf(HttpKind kind, std::string_view text) {
  const auto parsed = ParseHttpHead(kind, text);
  const auto* error = std::get_if<HttpError>(&parsed);
  return error == nullptr ? 0 : error->status;
}
HttpBody Body(std::string_view fields) {
  const HttpHead head =
      Head(HttpKind::kResponse, "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n");
  return std::get<HttpBody>(HttpResponseBody(head, "GET"));
}

TEST(HttpHead, ReadsARequest) {
  const HttpHead head =
      Head(HttpKind::kRequest, "GET /a?b HTTP/1.1\r\nHost: x\r\nX-Y:  z \t\r\n\r\nbody");
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "/a?b");
  ASSERT_EQ(head.fields.size(), 2u);
  EXPECT_EQ(*head.Find("x-y"), "z");
  EXPECT_EQ(head.Find("nothing"), nullptr);
  EXPECT_TRUE(head.KeepsAlive());
}

TEST(HttpHead, ReadsAResponse) {
  const HttpHead head = Head(HttpKind::kResponse, "HTTP/1.0 404 Not Found\nA: b\n\n");
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.reason, "Not Found");
  EXPECT_FALSE(head.KeepsAlive()) << "of HTTP/1.0";
}

TEST(HttpHead, IsWhatItEncodes) {
  const HttpHead head{.status = 200, .reason = "OK", .fields = {{"A", "b"}, {"C", ""}}};
  EXPECT_EQ(Head(HttpKind::kResponse, head.Encode()), head);
}

TEST(HttpHead, RefusesWhatRfc9112DoesNotHave) {
  EXPECT_EQ(StatusOf(HttpKind::kRequest, "GET / HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf(HttpKind::kRequest, "GET  / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf(HttpKind::kRequest, "GET /\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf(HttpKind::kRequest, "G(T / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf(HttpKind::kRequest, "GET / HTTP/1.1\r\nA : b\r\n\r\n"), 400) << "section 5.1";
  EXPECT_EQ(StatusOf(HttpKind::kRequest, "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"), 400)
      << "section 5.2";
  EXPECT_EQ(StatusOf(HttpKind::kResponse, "HTTP/1.1 20 OK\r\n\r\n"), 400);
  std::string many = "GET / HTTP/1.1\r\n";
  for (size_t i = 0; i <= HttpHead::kMaximumFields; ++i) many += "A: b\r\n";
  EXPECT_EQ(StatusOf(HttpKind::kRequest, many + "\r\n"), 431);
  EXPECT_EQ(StatusOf(HttpKind::kRequest, std::string(HttpHead::kMaximumSize + 1, 'x')), 431);
}

TEST(HttpHead, KnowsWhereItEnds) {
  EXPECT_EQ(HttpHeadSize("GET / HTTP/1.1\r\n"), std::nullopt);
  EXPECT_EQ(HttpHeadSize("A\r\n\r\nB"), 5u);
  EXPECT_EQ(HttpHeadSize("A\n\nB"), 3u);
  EXPECT_EQ(HttpHeadSize("A\nB\n"), std::nullopt);
}

TEST(HttpBody, EndsAsItsHeadSays) {
  EXPECT_EQ(Body("Content-Length: 5\r\n"), (HttpBody{.length = 5}));
  EXPECT_EQ(Body("Content-Length: 5\r\nContent-Length: 5\r\n"), (HttpBody{.length = 5}));
  EXPECT_EQ(Body("Transfer-Encoding: Chunked\r\n"), (HttpBody{.kind = HttpBody::Kind::kChunked}));
  EXPECT_EQ(Body(""), (HttpBody{.kind = HttpBody::Kind::kUntilEnd}));
  EXPECT_EQ(std::get<HttpBody>(HttpRequestBody(HttpHead{.method = "GET"})), HttpBody());
  const HttpHead head{.status = 200, .fields = {{"Content-Length", "5"}}};
  EXPECT_EQ(std::get<HttpBody>(HttpResponseBody(head, "HEAD")), HttpBody());
}

TEST(HttpBody, IsRefusedWhereTwoLengthsContradictEachOther) {
  for (const std::vector<HttpField>& fields :
       {std::vector<HttpField>{{"Content-Length", "5"}, {"Content-Length", "6"}},
        std::vector<HttpField>{{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
        std::vector<HttpField>{{"Content-Length", "-5"}},
        std::vector<HttpField>{{"Content-Length", "5, 5"}},
        std::vector<HttpField>{{"Content-Length", "99999999999999999999"}},
        std::vector<HttpField>{{"Transfer-Encoding", "gzip"}}}) {
    EXPECT_TRUE(std::holds_alternative<HttpError>(HttpRequestBody(HttpHead{.fields = fields})));
  }
}

TEST(HttpChunk, HasASizeInHexadecimalDigits) {
  EXPECT_EQ(ParseHttpChunkSize("1a"), 26u);
  EXPECT_EQ(ParseHttpChunkSize("0"), 0u);
  EXPECT_EQ(ParseHttpChunkSize("FF ; name=value"), 255u);
  for (const char* wrong : {"", ";", "g", "-1", "0x1", "1 1", "ffffffffffffffff"}) {
    EXPECT_EQ(ParseHttpChunkSize(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace dualsim::apps
