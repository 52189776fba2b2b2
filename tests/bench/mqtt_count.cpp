// The bare subscriber that Telltale's MQTT input is measured against: Paho C++, one subscription, a callback that
// counts. `bench_mqtt_count PORT FILTER` prints "ready", then for each line on its standard input the count so far;
// ends with its input.
#include <atomic>
#include <cstdio>
#include <iostream>
#include <string>

#include <mqtt/async_client.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::atomic<long long> count{0};
  mqtt::async_client client("tcp://127.0.0.1:" + std::string(argv[1]), "bench-count-" + std::to_string(::getpid()));
  client.set_message_callback([&count](const mqtt::const_message_ptr&) { count.fetch_add(1); });
  client.connect(mqtt::connect_options_builder().clean_session().finalize())->wait();
  client.subscribe(argv[2], 0)->wait();
  std::puts("ready");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::printf("%lld\n", count.load());
    std::fflush(stdout);
  }
  client.disconnect()->wait();
  return 0;
}
