// Keeps the connection to the broker: connects, subscribes, says hello, and after a loss does all of it again, within a
// second, for ever; so fresh readings are there soon after the broker is.
//
// Threads: a thread of its own does all of that, and is the only user of the form; Paho's hand it messages that arrive.
// The instance's thread gives it a batch and waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <telltale/cpp/host.hpp>
#include <telltale/cpp/sink.hpp>

#include "plugins/mqtt-out/form.h"
#include "plugins/mqtt/broker.h"
#include "plugins/mqtt/session/connection.h"

namespace telltale::mqtt_out {

class Link {
 public:
  Link(Host host, mqtt::Broker broker, std::unique_ptr<Form> form);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  // Says goodbye, waits at most two and a half seconds for the broker.
  ~Link();

  // Returns when the broker has all of it. Throws IoError, or Stopped when stop_fd became readable. [instance]
  void send(const OutgoingBatch& batch, int stop_fd);

 private:
  // A batch that is handed over; the instance's thread waits until it is done, so nothing is copied.
  struct Job {
    const OutgoingBatch* batch = nullptr;
    int stop_fd = -1;
    bool done = false;
    bool stopped = false;
    std::string failed{};  // why, or empty
  };
  struct Arrived {
    std::string topic;
    std::string payload;
    bool retained = false;
  };

  void run();
  // One attempt, and the connection that comes of it.
  void attempt();
  void serve(mqtt::Connection& connection);
  // What comes next on it. False: no more.
  bool go_on(mqtt::Connection& connection);
  // False when the connection is of no use any more.
  bool do_job(mqtt::Connection& connection);
  bool take_arrived(mqtt::Connection& connection);
  void arrived(const mqtt::Message& message);
  void say_connected(bool connected, std::string reason);
  void wake() const;
  [[nodiscard]] bool stopping() const;

  Host host_;
  mqtt::Broker broker_;
  std::unique_ptr<Form> form_;
  std::unique_ptr<mqtt::InflightStore> store_;
  int stop_fd_;
  int work_fd_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  Job* job_ = nullptr;
  bool connected_ = false;
  std::uint64_t attempts_ = 0;  // that failed
  std::string reason_;          // why it is not connected
  std::deque<Arrived> arrived_;
  std::size_t arrived_bytes_ = 0;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace telltale::mqtt_out
