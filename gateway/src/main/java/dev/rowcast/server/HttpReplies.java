package dev.rowcast.server;

import java.nio.charset.StandardCharsets;

/**
 * The bytes of HTTP responses; each is the last of its connection.
 *
 * <p>Immutable.
 */
final class HttpReplies {
  private HttpReplies() {}

  /** Head and body. */
  static byte[] bytes(HttpPages.Reply reply, String moreHeaders) {
    var head = head(reply, moreHeaders);
    var all = new byte[head.length + reply.body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(reply.body, 0, all, head.length, reply.body.length);
    return all;
  }

  /** The head alone, as HEAD is answered. */
  static byte[] head(HttpPages.Reply reply, String moreHeaders) {
    return ("HTTP/1.1 "
            + reply.status
            + " "
            + phrase(reply.status)
            + "\r\nContent-Type: "
            + reply.contentType
            + "\r\nContent-Length: "
            + reply.body.length
            + "\r\nConnection: close\r\nCache-Control: no-store\r\n"
            + "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
            + "Referrer-Policy: no-referrer\r\n"
            + "Content-Security-Policy: default-src 'self' 'unsafe-inline';"
            + " connect-src 'self' ws: wss:; img-src 'self' data:;"
            + " frame-ancestors 'none'; base-uri 'none'\r\n"
            + moreHeaders
            + "\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The head of a stream of events, which ends with its connection. */
  static byte[] stream(String moreHeaders) {
    return ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
            + "Connection: close\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n"
            + "X-Content-Type-Options: nosniff\r\n"
            + moreHeaders
            + "\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String phrase(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 411 -> "Length Required";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 415 -> "Unsupported Media Type";
      case 426 -> "Upgrade Required";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> "Status";
    };
  }
}
