#include <fmt/format.h>

#include <charconv>

#include "base/error.h"
#include "drawing/contact_sheet.h"
#include "drawing/inspection.h"
#include "drawing/picture_file.h"
#include "orchestrator/commands/commands.h"
#include "orchestrator/photographs/worker_views.h"

namespace pbn {
namespace {

namespace po = boost::program_options;

// "1,5,9" as numbers in the file, which count from 0.
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

std::vector<std::int64_t> chosen_people(const Arguments& arguments, const PoseFile& file, int epoch) {
  const auto people = static_cast<std::int64_t>(file.people().size());
  if (arguments.count("numbers")) return listed_people(arguments["numbers"].as<std::string>(), people);
  const auto count = arguments["people"].as<std::int64_t>();
  if (count < 1) throw usage_error("--people", "expected 1 or more", "{} is not allowed", count);
  return first_people_of_epoch(people, count, arguments["seed"].as<std::uint32_t>(), epoch);
}

std::string sheet_of_crops(const PoseFile& file, const std::vector<std::int64_t>& people) {
  std::vector<SheetTile> tiles;
  for (const std::int64_t person : people) tiles.push_back(person_tile(file, person));
  const PoseFileInfo& info = file.info();
  return contact_sheet(
      fmt::format("{}, {}", info.dataset, info.split),
      fmt::format("{} of {} people; rings: occluded joints; dashed: the box that the network sees when it is tested",
                  people.size(), file.people().size()),
      tiles);
}

void draw_sheet(const Arguments& arguments) {
  const std::filesystem::path sheet = arguments["sheet"].as<std::string>();
  require_picture_name(sheet);
  const PoseFile file(arguments["FILE"].as<std::string>());
  const int epoch = arguments["epoch"].as<int>();
  const auto people = chosen_people(arguments, file, epoch);
  write_picture(sheet, arguments.count("augmented")
                           ? sheet_of_views(file.path(), people, arguments["seed"].as<std::uint32_t>(), epoch)
                           : sheet_of_crops(file, people));
}

int inspect(const Arguments& arguments) {
  if (arguments.count("augmented") && !arguments.count("sheet")) {
    throw usage_error("inspect", "add --sheet FILE", "--augmented says what the sheet shows");
  }
  if (arguments.count("sheet")) draw_sheet(arguments);
  const Json facts = inspect_file(arguments["FILE"].as<std::string>());
  arguments.count("json") ? print_facts(facts) : fmt::print("{}", inspection_text(facts));
  return 0;
}

}  // namespace

Command inspect_command() {
  Command command;
  command.name = "inspect";
  command.summary = "say and show what is in a file of people";
  command.description =
      "Prints people, photographs, what is labelled and occluded per part, sizes and where the file comes from, and "
      "what\n"
      "is allowed but seldom meant: people without joints, joints far outside their crops. With --sheet it also draws\n"
      "people with their skeletons: limbs coloured by side, occluded joints hollow, unlabelled ones left out. "
      "--augmented\n"
      "shows what a training run with this seed sees in this epoch, with the heat maps that it is to learn.";
  command.positionals = {{"FILE", "a pose file; without --sheet also Newell's valid.h5, or predictions"}};
  command.reads = {"FILE"};
  command.options.add_options()("sheet", po::value<std::string>()->value_name("FILE"),
                                "draw a contact sheet: .png, .svg or .pdf")(
      "people", po::value<std::int64_t>()->default_value(24)->value_name("N"),
      "how many people the sheet shows, drawn by the seed")(
      "numbers", po::value<std::string>()->value_name("LIST"),
      "the people that the sheet shows, counted from 1, such as 1,5,9")(
      "augmented", "let the sheet show the augmented views of an epoch with their targets")(
      "seed", po::value<std::uint32_t>()->default_value(1)->value_name("N"),
      "seed of the training run whose views are shown")("epoch", po::value<int>()->default_value(1)->value_name("N"),
                                                        "epoch of the training run whose views are shown");
  add_json_option(command.options);
  command.examples =
      "pbn inspect data/lsp-train.h5\n"
      "pbn inspect data/lsp-train.h5 --sheet people.png --people 40 --seed 2\n"
      "pbn inspect data/lsp-train.h5 --sheet views.png --augmented --numbers 1,5,9 --epoch 3";
  command.run = inspect;
  return command;
}

}  // namespace pbn
