// Where the daemon puts what a child inherits: the agreement between host's spawner and this process.
#pragma once

namespace telltale::host {

inline constexpr int kControlDescriptor = 3;                // the socketpair's end
inline constexpr int kRingDescriptor = 4;                   // the ring's file
inline constexpr int kWakeDescriptor = 5;                   // the consumer's eventfd
inline constexpr int kReportDescriptor = 6;                 // the report's memory
inline constexpr const char* kRunFlag = "--run";            // followed by the daemon's process id
inline constexpr const char* kDescribeFlag = "--describe";  // followed by a plugin's file
inline constexpr const char* kProbeFlag = "--probe";        // followed by the process id of whoever asks

}  // namespace telltale::host
