// The bounds of what a stranger can send or hold, each with what happens at it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace telltale::net {

struct HttpLimits {
  std::size_t connections = 1'100;                  // in all: beyond it 503 and close
  std::size_t per_address = 256;                    // of one address that is not this machine: beyond it 503 and close
  std::size_t header_bytes = 16'384;                // 431
  std::size_t write_bytes = 8 << 20;                // body of posted readings, before and after inflation: 413
  std::size_t ingest_bytes = 128 << 10;             // body of a document for an input, likewise: 413
  std::size_t config_bytes = 1 << 20;               // body of a configuration: 413
  std::size_t body_bytes = 65'536;                  // any other body: 413
  std::uint64_t requests_per_connection = 100'000;  // then it is closed, politely
  std::size_t handshakes = 512;                     // of TLS, under way at once: beyond it the connection is closed
  std::size_t handshakes_per_address = 64;          // of one address that is not this machine: likewise
  std::size_t handshakes_per_second = 200;          // begun, after the burst: beyond it they wait for the next sweep
  std::size_t handshake_burst = 1'100;              // everybody's, when all come back at once
  std::size_t address_handshakes_per_second = 64;   // of one address that is not this machine: likewise
  std::chrono::seconds handshake{10};               // from the connection to the handshake's end: closed
  std::chrono::seconds idle{60};                    // without a request: closed
  std::chrono::seconds header{10};                  // from its first byte to its end: 408
  std::chrono::seconds body_progress{15};           // without a byte of the body: 408
  std::chrono::seconds body{120};                   // for the whole body: 408
  std::chrono::seconds write_progress{60};          // the client takes nothing: closed
  std::chrono::seconds ping{25};                    // of a WebSocket that is silent
  std::chrono::seconds answer{20};                  // for a query: cancelled, 504
  std::chrono::milliseconds sweep{1'000};           // how often deadlines are looked at

  std::size_t query_threads = 2;
  std::size_t query_queue = 32;              // beyond it 503 with Retry-After
  std::size_t login_queue = 8;               // logins that wait for a core: 503
  std::size_t fact_queue = 64;               // of status, storage, series, metrics: likewise
  std::uint64_t query_readings = 1'000'000;  // read for one query: 422
  std::uint32_t query_points = 10'000;       // of a series: 400
  std::size_t query_series = 1'000;          // 422
};

}  // namespace telltale::net
