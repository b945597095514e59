// The metric over a setting of which the sweep has several values, as in Fig. 5: a line for each combination of the
// other settings.
#pragma once

#include <string>

#include "base/json.h"

namespace pbn {

// The setting is the one with most values among those that are numbers, or the number of groups; values stand at equal
// distances, ascending. Bars through the dots are 95% t-intervals over the seeds, cut off at the frame; cells that do
// not have the setting (a plain baseline has no width) are dashed lines across. At most eight lines. Empty where no
// setting has two values.
std::string setting_chart(const Json& aggregate);

// The setting's name, "model.width"; empty where there is no such chart.
std::string charted_setting(const Json& aggregate);

}  // namespace pbn
