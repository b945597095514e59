// The Error that an action throws, for checks of its blame and message.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace pbn::data {

template <typename Action>
Error error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {Blame::bug, "", "no error"};
}

}  // namespace pbn::data
