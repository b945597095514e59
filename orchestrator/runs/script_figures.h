// The result of a script that knows nothing of pbn (orchestrator/grid/script_words.h): what it wrote becomes the
// result.json of its run. By config.json's "worker": {"script", "result"}, the figures are in the file "result" in the
// run's folder, else in metrics.jsonl.
//
// Of a JSON file, every number is a figure; those of nested objects have names with dots. Of a JSON lines file, the
// last line is read. In metrics.jsonl, the entries that tell the progress (epoch, step, ...) are no figures.
#pragma once

#include <filesystem>

#include "base/json.h"

namespace pbn::runs {

bool is_script(const Json& config);  // of config.json

// Renames what an earlier attempt left to NAME.earlier, so that only a new file counts, and makes the folder of the
// result file. metrics.jsonl stays if there is a checkpoint in ckpt/, from which the script continues it.
void prepare_for_script(const Json& config, const std::filesystem::path& run_folder);

// Publishes result.json with the figures and `measured`; the first one stays. Throws a data error that says what is
// wrong with the file.
void publish_script_figures(const Json& config, const std::filesystem::path& run_folder, const Json& measured);

}  // namespace pbn::runs
