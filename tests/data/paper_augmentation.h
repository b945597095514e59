// The augmentation of the paper (Sec. 4.1).
#pragma once

#include "config/run_config.h"

namespace pbn::data {

inline constexpr config::Augmentation paper_augmentation{.scale = 0.25,
                                                         .rotate = 30,
                                                         .rotate_probability = 0.4,
                                                         .shear = 0.5,
                                                         .shear_probability = 0.5,
                                                         .colour = 0.2,
                                                         .flip_probability = 0.5};

}  // namespace pbn::data
