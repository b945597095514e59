#include "data/sources/synthetic_body.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pbn::data::synthetic {
namespace {

// Bone lengths in head lengths; an adult is about seven and a half heads tall.
constexpr double spine = 2.35, throat = 0.45, head = 1.0, half_shoulders = 0.85, half_hips = 0.48;
constexpr double upper_arm = 1.4, forearm = 1.25, thigh = 1.95, shin = 1.9;

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

Vector turned(const Vector& v, int axis, double degrees) {
  const int a = (axis + 1) % 3, b = (axis + 2) % 3;
  const double c = std::cos(radians(degrees)), s = std::sin(radians(degrees));
  Vector result = v;
  result[a] = c * v[a] - s * v[b];
  result[b] = s * v[a] + c * v[b];
  return result;
}

// `bone`, bent by an angle towards the component of `preferred` that is perpendicular to it.
Vector bent(const Vector& bone, const Vector& preferred, double degrees) {
  const Vector sideways = normalised(preferred - dot(preferred, bone) * bone);
  return std::cos(radians(degrees)) * bone + std::sin(radians(degrees)) * sideways;
}

// A random angle in degrees: normal about `mean`, clipped to the range of the joint.
double angle(Random& random, double mean, double deviation, double low, double high) {
  return std::clamp(mean + deviation * random.normal(), low, high);
}

void pose_arm(Body& body, const Side& side, Random& random, double spread) {
  // Hanging, half raised, forward or high, independently for each arm.
  const double kind = random.uniform();
  const double raised = kind < 0.45 ? 20 : kind < 0.7 ? 60 : kind < 0.85 ? 95 : 140;
  const double abduction = angle(random, raised, 16 * spread, 5, 172);
  const double swing = angle(random, 22, 36 * spread, -50, 120);  // 0: sideways, 90: forward
  const Vector bone = {side.outward * std::sin(radians(abduction)) * std::cos(radians(swing)),
                       std::cos(radians(abduction)), std::sin(radians(abduction)) * std::sin(radians(swing))};
  const double bend = angle(random, raised < 90 ? 35 : 55, 30 * spread, 2, 140);
  const double reach = random.uniform() < 0.85 ? 1 : -1;  // -1: hand behind the back
  const double aside = -0.5 * side.outward + 0.5 * spread * random.normal();
  const Vector lower = bent(bone, {aside, -0.6 * reach, reach}, bend);
  body.joints[side.elbow] = body.joints[side.shoulder] + upper_arm * bone;
  body.joints[side.wrist] = body.joints[side.elbow] + forearm * lower;
}

struct LegHabit {
  double crouch, stride, stance;  // degrees, shared by both legs
  double kick;                    // of one leg
  bool right_kicks;
};

LegHabit random_legs(Random& random, double spread) {
  const double kind = random.uniform();
  LegHabit habit{};
  habit.crouch = std::abs(random.normal()) * 8 * spread;
  habit.stance = angle(random, 7, 5 * spread, -2, 28);
  habit.stride = random.normal() * 5 * spread;
  habit.right_kicks = random.uniform() < 0.5;
  if (kind < 0.40) return habit;  // standing
  if (kind < 0.70) {
    const double forward = random.uniform() < 0.5 ? -1 : 1;
    habit.stride = forward * angle(random, 26, 9 * spread, 8, 50);
  } else if (kind < 0.88) {
    habit.crouch = angle(random, 58, 18 * spread, 25, 105);
  } else {
    habit.kick = angle(random, 65, 18 * spread, 25, 110);
  }
  return habit;
}

void pose_leg(Body& body, const Side& side, const LegHabit& habit, Random& random, double spread) {
  const bool is_right = side.outward < 0;
  const double kick = is_right == habit.right_kicks ? habit.kick : 0;
  const double stride = is_right ? habit.stride : -habit.stride;
  const double flexion = habit.crouch + stride + kick + 4 * spread * random.normal();
  const double abduction = habit.stance + 0.15 * habit.crouch + 0.3 * kick + 3 * spread * random.normal();
  const double knee =
      std::max(2.0, 1.7 * habit.crouch + 0.9 * std::max(-stride, 0.0) + 0.6 * kick + 5 * spread * random.normal());
  const Vector bone = {side.outward * std::sin(radians(abduction)),
                       std::cos(radians(abduction)) * std::cos(radians(flexion)),
                       std::cos(radians(abduction)) * std::sin(radians(flexion))};
  body.joints[side.knee] = body.joints[side.hip] + thigh * normalised(bone);
  body.joints[side.ankle] = body.joints[side.knee] + shin * bent(normalised(bone), {0, 0.2, -1}, std::min(knee, 140.0));
}

// Rotates the body to a random view: about the vertical, leaning, and sometimes tumbling.
void turn_body(Body& body, Random& random, double spread) {
  const bool from_behind = random.uniform() < 0.15;
  const double yaw = (from_behind ? 180 : 0) + angle(random, 0, 38 * spread, -80, 80);
  const bool tumbles = random.uniform() < 0.08 * spread;
  const double roll = angle(random, 0, (tumbles ? 55 : 9) * spread, -120, 120);
  const double pitch = angle(random, 0, 7 * spread, -20, 20);
  const auto turn = [&](const Vector& v) { return turned(turned(turned(v, 1, yaw), 0, pitch), 2, roll); };
  for (Vector& joint : body.joints) joint = turn(joint);
  body.forward = turn(body.forward);
  body.face = turn(body.face);
}

}  // namespace

Vector operator+(const Vector& a, const Vector& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
Vector operator-(const Vector& a, const Vector& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Vector operator*(double factor, const Vector& v) { return {factor * v[0], factor * v[1], factor * v[2]}; }
double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Vector normalised(const Vector& v) { return 1 / std::max(std::sqrt(dot(v, v)), 1e-9) * v; }

Body random_body(Random& random, double spread) {
  Body body;
  auto& joints = body.joints;
  const LegHabit legs = random_legs(random, spread);

  // Crouching people lean forward to keep their balance.
  const double lean = angle(random, 4 + 0.35 * legs.crouch, 6 * spread, -15, 60);
  const double side_bend = angle(random, 0, 6 * spread, -25, 25);
  const double twist = angle(random, 0, 10 * spread, -35, 35);
  const auto torso = [&](const Vector& v) { return turned(turned(turned(v, 1, twist), 2, side_bend), 0, -lean); };
  const double nod = angle(random, 0, 9 * spread, -30, 30), tilt = angle(random, 0, 7 * spread, -25, 25);
  const double look = angle(random, 0, 18 * spread, -55, 55);
  const auto skull = [&](const Vector& v) { return torso(turned(turned(turned(v, 1, look), 2, tilt), 0, nod)); };

  joints[pelvis] = {0, 0, 0};
  joints[thorax] = torso({0, -spine, 0});
  joints[neck] = joints[thorax] + torso({0, -throat, 0.05});
  joints[head_top] = joints[neck] + head * skull({0, -1, 0});
  body.forward = torso({0, 0, 1});
  body.face = skull({0, 0, 1});
  for (const Side& side : {right_side, left_side}) {
    joints[side.hip] = {side.outward * half_hips, 0.05, 0};
    joints[side.shoulder] = joints[thorax] + torso({side.outward * half_shoulders, 0.12, 0});
    pose_leg(body, side, legs, random, spread);
    // The arm is posed on an upright torso, then moved with the torso.
    const Vector shoulder = joints[side.shoulder];
    joints[side.shoulder] = {0, 0, 0};
    pose_arm(body, side, random, spread);
    for (const int part : {side.elbow, side.wrist}) joints[part] = shoulder + torso(joints[part]);
    joints[side.shoulder] = shoulder;
  }
  turn_body(body, random, spread);
  return body;
}

}  // namespace pbn::data::synthetic
