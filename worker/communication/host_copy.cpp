#include "worker/communication/host_copy.h"

#include <c10/core/impl/VirtualGuardImpl.h>

namespace pbn::worker {

HostCopy::HostCopy(const at::Tensor& tensor)
    : values_(tensor.detach().to(at::kCPU, tensor.scalar_type(), /*non_blocking=*/true, /*copy=*/true)) {
  if (tensor.is_cpu()) return;
  const c10::impl::VirtualGuardImpl backend(tensor.device().type());
  done_.emplace(tensor.device().type());
  done_->record(backend.getStream(tensor.device()));
}

const at::Tensor& HostCopy::wait() const {
  if (done_) done_->synchronize();
  return values_;
}

}  // namespace pbn::worker
