// MPII's annotations as HRNet and mmpose have them (train.json, valid.json, trainval.json, test.json).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/sources/photographs.h"

namespace pbn {

// An array with an object for each person: image, center (2), scale, joints (16, 2), joints_vis (16). Centre and scale
// are as MPII publishes them and are adjusted here (mpii_people.h). joints_vis (numbers, or true and false) means that
// a joint is labelled; what is occluded, these files do not tell. A test file has no joints: everyone is unlabelled.
//
// A person's index is the place among the entries of its photograph, from 0. That is `person` of mpii.h and of Newell's
// files only where all people of a photograph are in the file: it does not say which are not.
// The head's size, which these files leave out too, is 25 times the annotated scale, as in Newell's files.
// The split's name is the file's without ".json". People without a place (center or scale absent or
// null, or scale not above 0) are left out. Photographs are taken as they are stored, as HRNet reads them.
//
// Throws a usage error for a missing folder of photographs, and data errors that name the entry,
// or the format of a file that is of another known one.
PhotographSet read_mpii_json(const std::filesystem::path& annotations, const std::filesystem::path& images);

// The same of the file's text, without looking for the photographs; `where` is for errors.
PhotographSet parse_mpii_json(std::string_view text, const std::string& where, const std::filesystem::path& images);

}  // namespace pbn
