#include <fmt/format.h>

#include <charconv>

#include "base/error.h"
#include "drawing/contact_sheet.h"
#include "drawing/inspection.h"
#include "drawing/picture_file.h"
#include "drawing/skeleton_text.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/photographs/worker_requests.h"

namespace pbn::commands {
namespace {

// "1,5,9" as numbers of people in the file, which count from 0.
std::vector<std::int64_t> listed_people(const std::string& list, std::int64_t people) {
  std::vector<std::int64_t> numbers;
  for (const char *at = list.data(), *end = at + list.size(); at < end; ++at) {
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc() || (stop != end && *stop != ',')) {
      throw usage_error("--numbers", "for example --numbers 1,5,9", "\"{}\" is not a list of numbers", list);
    }
    if (number < 1 || number > people) {
      throw usage_error("--numbers", fmt::format("choose 1 to {}", people), "there is no person {}", number);
    }
    numbers.push_back(number - 1);
    at = stop;
  }
  return numbers;
}

std::string sheet_of_crops(const data::PoseFile& file, const std::vector<std::int64_t>& people) {
  std::vector<drawing::SheetTile> tiles;
  for (const std::int64_t person : people) tiles.push_back(drawing::person_tile(file, person));
  const data::PoseFileInfo& info = file.info();
  return drawing::contact_sheet(
      fmt::format("{}, {}", info.dataset, info.split),
      fmt::format("{} of {} people; rings: occluded joints; dashed: the box that the network sees when it is tested",
                  people.size(), file.people().size()),
      tiles);
}

void draw_sheet(const Arguments& arguments) {
  const std::filesystem::path sheet = arguments.text("sheet");
  drawing::require_picture_name(sheet);
  const data::PoseFile file(arguments.text("FILE"));
  const auto all = static_cast<std::int64_t>(file.people().size());
  const auto seed = arguments.number<std::uint32_t>("seed");
  const int epoch = arguments.number<int>("epoch");
  const auto people = arguments.has("numbers") ? listed_people(arguments.text("numbers"), all)
                                               : drawing::first_people_of_epoch(
                                                     all, arguments.number<std::int64_t>("people", 1), seed, epoch);
  drawing::write_picture(sheet, arguments.has("augmented")
                                    ? photographs::sheet_of_views(file.path(), people, seed, epoch)
                                    : sheet_of_crops(file, people));
}

int inspect(const Arguments& arguments) {
  if (arguments.has("augmented") && !arguments.has("sheet")) {
    throw usage_error("inspect", "add --sheet FILE", "--augmented changes a sheet, and there is none");
  }
  if (arguments.has("sheet")) draw_sheet(arguments);
  if (arguments.has("skeleton")) {
    const data::PoseFile file(arguments.text("FILE"));
    arguments.has("json") ? print_facts(config::to_json(file.skeleton()))
                          : fmt::print("{}", drawing::skeleton_text(file.skeleton()));
    return 0;
  }
  const Json facts = drawing::inspect_file(arguments.text("FILE"));
  arguments.has("json") ? print_facts(facts) : fmt::print("{}", drawing::inspection_text(facts));
  return 0;
}

}  // namespace

Command inspect_command() {
  return {
      .name = "inspect",
      .summary = "describe and draw the people in a pose file",
      .description =
          R"(Prints the numbers of people and photographs, how often each part is labelled and occluded, the sizes, the
file's origin, and what is allowed but usually a mistake: people without joints, joints far outside their
crops. With --sheet it also draws people with their skeletons: limbs coloured by side, occluded joints hollow,
unlabelled ones left out. With --augmented the sheet shows what a training run with this seed sees in this
epoch, with the heat maps that it learns. With --skeleton it prints the parts instead, their mirror images,
limbs and sigmas; with --json as the definition that pbn prepare --skeleton takes.)",
      .positionals = {{"FILE", "a pose file; without --sheet also Newell's valid.h5, or predictions"}},
      .options = {{"sheet", "FILE", "draw a contact sheet: .png, .svg or .pdf"},
                  {"people", "N", "number of people on the sheet, drawn by the seed", "24"},
                  {"numbers", "LIST", "the people on the sheet by their numbers from 1, such as 1,5,9"},
                  {"skeleton", "", "print the file's skeleton instead of the people"},
                  {"augmented", "", "show augmented views of an epoch and their targets on the sheet"},
                  {"seed", "N", "seed of the training run whose views are shown", "1"},
                  {"epoch", "N", "epoch of the training run whose views are shown", "1"},
                  json_option},
      .examples = R"(pbn inspect data/lsp-train.h5
pbn inspect data/lsp-train.h5 --sheet people.png --people 40 --seed 2
pbn inspect data/dogs.h5 --skeleton --json > dog.json
pbn inspect data/lsp-train.h5 --sheet views.png --augmented --numbers 1,5,9 --epoch 3)",
      .run = inspect,
      .input_files = {"FILE"}};
}

}  // namespace pbn::commands
