// A rectangle of a crop's pixels.
#pragma once

namespace pbn {

struct Window {
  int left = 0, top = 0;
  int right = 0, bottom = 0;  // excluded

  bool empty() const { return left >= right || top >= bottom; }
};

}  // namespace pbn
