// SPDX-License-Identifier: MIT
// A real HTTP server on loopback that answers, delays, drops, truncates, rate-limits and lies.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace pedigree::behavior::testing {

/// Each connection carries one request; `answer(n, request)` gives the raw bytes for the n-th one.
/// Empty bytes drop the connection without a word.
class LiarServer {
 public:
  using Answer = std::function<std::string(int number, const std::string& request)>;

  explicit LiarServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 64);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread{[this] { accept_all(); }};
  }
  ~LiarServer() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    for (auto& thread : serving_) thread.join();
    ::close(listener_);
  }
  LiarServer(const LiarServer&) = delete;
  LiarServer& operator=(const LiarServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }
  int requests() const { return count_; }

  static std::string ok(const std::string& body, const std::string& status = "200 OK",
                        const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nConnection: close\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string chat(const std::string& text) {
    return ok(R"({"choices":[{"message":{"role":"assistant","content":")" + text + R"("},"finish_reason":"stop"}]})");
  }

 private:
  void accept_all() {
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      serving_.emplace_back([this, client] { serve(client); });
    }
  }
  void serve(int client) {
    const timeval patience{5, 0};
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string request;
    char buffer[4096];
    while (request.find("\r\n\r\n") == std::string::npos || !whole(request)) {
      const auto got = ::recv(client, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      request.append(buffer, static_cast<std::size_t>(got));
    }
    const std::string reply = answer_(count_++, request);
    for (std::size_t sent = 0; sent < reply.size();) {
      const auto n = ::send(client, reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    ::close(client);
  }
  static bool whole(const std::string& request) {
    const auto head = request.find("\r\n\r\n");
    const auto at = request.find("Content-Length: ");
    return at == std::string::npos || request.size() >= head + 4 + std::stoul(request.substr(at + 16));
  }

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> count_{0};
  std::vector<std::jthread> serving_;
  std::jthread accepting_;
};

}  // namespace pedigree::behavior::testing
