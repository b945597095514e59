// data/photographs/orientation.h and data/photographs/unread_format.h. libjpeg and libpng decode the pixels.
#include "data/photographs/orientation.h"
#include "data/photographs/unread_format.h"
#include "fuzz/target.h"

void pbn::fuzz(std::string_view bytes) {
  const auto orientation = static_cast<int>(data::camera_orientation(bytes));
  if (orientation < 1 || orientation > 8) std::abort();
  const FileKind kind = data::unread_format(bytes, "a.jpg");
  if (kind.name.empty() != kind.hint.empty()) std::abort();
}
