// A copy of a tensor in host memory that a device may still be making.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>

#include <optional>

namespace pbn::worker {

class HostCopy {
 public:
  // Queues the copy on the current stream of the tensor's device, into pinned memory. From host memory it copies at
  // once. Later writes to the tensor on that stream do not change the copy.
  explicit HostCopy(const at::Tensor& tensor);

  // The copy, once it is complete. The host waits neither for work that was queued after it nor for other streams.
  const at::Tensor& wait() const;

 private:
  at::Tensor values_;
  std::optional<c10::Event> done_;  // without it the copy is complete
};

}  // namespace pbn::worker
