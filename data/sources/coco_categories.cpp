#include "data/sources/coco_categories.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/case_conv.hpp>
#include <cctype>

#include "base/error.h"
#include "config/skeleton.h"

namespace pbn::data {
namespace {

constexpr const char* is_it_keypoints =
    "is it COCO's person_keypoints_*.json? instances_*.json and captions_*.json have none";

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// "left_knee", "Left Knee", "l-knee" and "leftKnee" all become "leftknee".
std::string plain(std::string name) {
  boost::algorithm::to_lower(name);
  for (const auto& [letter, word] : {std::pair{'l', "left"}, std::pair{'r', "right"}}) {
    if (name.size() > 2 && name[0] == letter && !is_word_character(name[1])) name.replace(0, 1, word);
  }
  std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; });
  return name;
}

bool is_of_cocos_face(const std::string& plain_name) {
  constexpr std::array face{"nose", "lefteye", "righteye", "leftear", "rightear"};
  return std::find(face.begin(), face.end(), plain_name) != face.end();
}

bool is_left_or_right(const std::string& part) { return part.starts_with("l-") || part.starts_with("r-"); }

// The index of each part of lsp14 in the keypoints, or -1.
std::vector<int> places_in(const std::vector<std::string>& keypoints) {
  std::vector<std::string> names;
  for (const std::string& keypoint : keypoints) names.push_back(part_name(keypoint));
  std::vector<int> places;
  for (const std::string& part : config::lsp14().parts) {
    const auto found = std::find(names.begin(), names.end(), part);
    places.push_back(found == names.end() ? -1 : static_cast<int>(found - names.begin()));
  }
  return places;
}

// The first of the twelve required parts that a category lacks; empty if it has them all.
std::string missing_part(const std::vector<int>& places) {
  for (std::size_t part = 0; part < places.size(); ++part) {
    const std::string& name = config::lsp14().parts[part];
    if (places[part] < 0 && is_left_or_right(name)) return (name[0] == 'r' ? "right_" : "left_") + name.substr(2);
  }
  return "";
}

bool says_person(const std::string& text) {
  constexpr std::array words{"person", "persons", "people", "human", "humans", "pedestrian"};
  const std::string name = boost::algorithm::to_lower_copy(text);
  for (auto start = name.begin(); start != name.end();) {
    start = std::find_if(start, name.end(), is_word_character);
    const auto end = std::find_if_not(start, name.end(), is_word_character);
    if (std::find(words.begin(), words.end(), std::string(start, end)) != words.end()) return true;
    start = end;
  }
  return false;
}

std::string text_or_nothing(const AnnotationJson& category, const char* key) {
  const auto text = category.given(key);
  return text ? text->text() : "";
}

std::vector<std::string> keypoints_of(const AnnotationJson& category) {
  std::vector<std::string> names;
  const auto keypoints = category.given("keypoints");
  if (!keypoints) return names;
  std::map<std::string, std::string> places;
  for (std::size_t k = 0; k < keypoints->size(); ++k) {
    const AnnotationJson name = (*keypoints)[k];
    names.push_back(name.text());
    const auto [known, is_new] = places.emplace(plain(names.back()), name.where());
    if (!is_new) {
      throw data_error(name.where(), "give each keypoint its own name", "is \"{}\", as {} is", names.back(),
                       known->second);
    }
  }
  return names;
}

}  // namespace

std::string part_name(const std::string& keypoint) {
  const std::string name = plain(keypoint);
  if (name.starts_with("left")) return "l-" + name.substr(4);
  if (name.starts_with("right")) return "r-" + name.substr(5);
  if (name == "neck" || name == "upperneck") return "neck";
  if (name == "headtop" || name == "tophead" || name == "topofhead") return "head-top";
  return keypoint;
}

bool CocoCategory::has(const std::string& part) const {
  return place[static_cast<std::size_t>(config::lsp14().index_of(part))] >= 0;
}

std::vector<std::string> CocoCategory::unused() const {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < keypoints.size(); ++k) {
    const bool is_used = std::find(place.begin(), place.end(), static_cast<int>(k)) != place.end();
    if (!is_used && !is_of_cocos_face(plain(keypoints[k]))) names.push_back(keypoints[k]);
  }
  return names;
}

CocoCategories::CocoCategories(const AnnotationJson& file, RequiredJoints required) {
  const bool needs_limbs = required == RequiredJoints::limbs;
  const auto given = file.given("categories");
  if (!given && required != RequiredJoints::none)
    throw data_error(file.where(), is_it_keypoints, "has no \"categories\"");
  if (required == RequiredJoints::none && (!given || given->size() == 0)) {
    categories_.push_back({"", file.where(), {}, true});
    return;
  }
  const std::vector<bool> says_so = read(*given);
  choose_people(needs_limbs, says_so);
  if (needs_limbs && people().empty()) refuse_for_want_of_people(*given);
}

// Returns which categories are people by their name.
std::vector<bool> CocoCategories::read(const AnnotationJson& categories) {
  UniqueIds ids;
  std::vector<bool> says_so;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const AnnotationJson entry = categories[i];
    if (const auto id = entry.given("id")) {
      ids.add(*id);
      by_id_.emplace(id->id(), i);
    }
    CocoCategory category{text_or_nothing(entry, "name"), entry.where(), keypoints_of(entry)};
    category.place = places_in(category.keypoints);
    category.limbs = entry.given("skeleton");
    says_so.push_back(says_person(category.name) || says_person(text_or_nothing(entry, "supercategory")));
    categories_.push_back(std::move(category));
  }
  return says_so;
}

void CocoCategories::choose_people(bool needs_limbs, const std::vector<bool>& says_so) {
  int candidates = 0;
  bool any_says_so = false, any_has_keypoints = false;
  for (std::size_t i = 0; i < categories_.size(); ++i) {
    CocoCategory& category = categories_[i];
    category.is_person = !needs_limbs || missing_part(category.place).empty();  // a candidate, as yet
    candidates += category.is_person;
    any_says_so |= category.is_person && says_so[i];
    any_has_keypoints |= category.is_person && !category.keypoints.empty();
  }
  for (std::size_t i = 0; i < categories_.size(); ++i) {
    CocoCategory& category = categories_[i];
    category.is_person &= any_says_so ? says_so[i] : any_has_keypoints ? !category.keypoints.empty() : candidates == 1;
  }
}

void CocoCategories::refuse_for_want_of_people(const AnnotationJson& categories) const {
  const auto lacking = std::find_if(categories_.begin(), categories_.end(),
                                    [](const CocoCategory& category) { return !category.keypoints.empty(); });
  if (lacking == categories_.end()) throw data_error(categories.where(), is_it_keypoints, "no category has keypoints");
  throw data_error(lacking->where + ".keypoints",
                   fmt::format("people need ankles, knees, hips, wrists, elbows and shoulders; {}", own_parts_hint),
                   "has no \"{}\"", missing_part(lacking->place));
}

const CocoCategory& CocoCategories::choose(const std::string& name) {
  const CocoCategory* chosen = nullptr;
  std::vector<std::string> names;
  for (CocoCategory& category : categories_) {
    category.is_person = !category.keypoints.empty() && (name.empty() || category.name == name);
    if (!category.keypoints.empty()) names.push_back(category.name);
    if (!category.is_person) continue;
    if (chosen && chosen->keypoints != category.keypoints) {
      throw data_error(category.where, fmt::format("--category NAME reads one of them: {}", fmt::join(names, ", ")),
                       "\"{}\" and \"{}\" have different keypoints", chosen->name, category.name);
    }
    chosen = &category;
  }
  if (chosen) return *chosen;
  if (names.empty()) throw data_error(categories_.front().where, is_it_keypoints, "no category has keypoints");
  throw usage_error("--category", fmt::format("those with keypoints: {}", fmt::join(names, ", ")),
                    "there is no category \"{}\" with keypoints", name);
}

bool CocoCategories::any_keypoints() const {
  return std::any_of(categories_.begin(), categories_.end(), [](const auto& c) { return !c.keypoints.empty(); });
}

void CocoCategories::set_places(const std::vector<int>& place) {
  for (CocoCategory& category : categories_) {
    if (category.is_person) category.place = place;
  }
}

const CocoCategory& CocoCategories::of(const AnnotationJson& annotation) const {
  const auto id = annotation.given("category_id");
  if (!id) {
    if (categories_.size() == 1) return categories_.front();
    throw data_error(annotation.where(), "", "has no \"category_id\", and there are {} categories", categories_.size());
  }
  const auto found = by_id_.find(id->id());
  if (found != by_id_.end()) return categories_[found->second];
  if (categories_.size() == 1 && by_id_.empty()) return categories_.front();
  throw data_error(id->where(), "", "{} is not among the categories", id->id());
}

std::vector<const CocoCategory*> CocoCategories::people() const {
  std::vector<const CocoCategory*> people;
  for (const CocoCategory& category : categories_) {
    if (category.is_person) people.push_back(&category);
  }
  return people;
}

}  // namespace pbn::data
