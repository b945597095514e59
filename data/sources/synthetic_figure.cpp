#include "data/sources/synthetic_figure.h"

#include <functional>

namespace pbn::data::synthetic {
namespace {

struct Clothes {
  Colour skin, hair, shirt, sleeves, trousers, shins, shoes, emblem;
  double stoutness;  // factor of every width
};

Clothes random_clothes(Random& random) {
  static constexpr Colour skins[] = {{240, 205, 178}, {224, 178, 140}, {198, 144, 104}, {150, 100, 68}, {106, 68, 46}};
  static constexpr Colour hairs[] = {{30, 24, 20}, {72, 46, 28}, {120, 82, 44}, {196, 156, 92}, {110, 108, 106}};
  const auto cloth = [&] { return random_colour(random, {0.35, 0.9}, {0.35, 0.95}); };
  Clothes clothes;
  clothes.skin = skins[random.below(5)];
  clothes.hair = hairs[random.below(5)];
  clothes.shirt = cloth();
  clothes.trousers = cloth();
  clothes.shoes = scaled(cloth(), 0.6);
  clothes.emblem = random.uniform() < 0.5 ? Colour{245, 240, 225} : Colour{30, 30, 38};
  clothes.sleeves = random.uniform() < 0.6 ? clothes.skin : scaled(clothes.shirt, 0.85);
  clothes.shins = random.uniform() < 0.35 ? clothes.skin : scaled(clothes.trousers, 0.88);
  clothes.stoutness = random.uniform(0.88, 1.18);
  return clothes;
}

// A part of the body: its depth, shape and appearance, and the joints that belong to it.
struct BodyPart {
  double depth;
  std::vector<int> own_joints;
  std::function<double(Point)> distance;
  std::function<void()> paint;
};

// Shading: lit from the upper left, darker towards the sides, with a thin dark rim that separates it from parts behind.
double shade(double across, const Point& axis, double distance) {
  const double length = std::max(std::hypot(axis[0], axis[1]), 1e-9);
  const double towards_light = across * (axis[1] * 0.6 - axis[0] * 0.8) / length;
  const double rim = std::clamp(1 + distance / 1.3, 0.0, 1.0);
  return (1.04 - 0.22 * across * across + 0.13 * towards_light) * (1 - 0.42 * rim);
}

class FigurePainter {
 public:
  FigurePainter(Picture& picture, const Body& body, const Placement& placement, const Clothes& clothes)
      : picture_(picture), body_(body), place_(placement), clothes_(clothes) {}

  std::array<bool, 16> paint_all() {
    add_trunk();
    add_head();
    for (const Side& side : {right_side, left_side}) {
      add_leg(side.ankle, side.knee, side.hip);
      add_arm(side.wrist, side.elbow, side.shoulder);
    }
    std::stable_sort(parts_.begin(), parts_.end(), [](const auto& a, const auto& b) { return a.depth < b.depth; });
    for (const BodyPart& part : parts_) part.paint();
    return hidden_joints();
  }

 private:
  Point pixel(const Vector& v) const { return place_.pixel(v); }
  const Vector& joint(int part) const { return body_.joints[part]; }
  double width(double head_lengths) const { return place_.head_length * head_lengths * clothes_.stoutness; }

  void add_limb(const Vector& from, const Vector& to, double from_width, double to_width, const Colour& colour,
                std::vector<int> own_joints, double nearer = 0) {
    const Capsule shape{pixel(from), pixel(to), width(from_width), width(to_width)};
    const Point axis{shape.end[0] - shape.start[0], shape.end[1] - shape.start[1]};
    const auto paint_limb = [this, shape, axis, colour] {
      synthetic::paint(picture_, shape, 1, [&](Point p, double distance) {
        return scaled(colour, shade(shape.across(p), axis, distance));
      });
    };
    parts_.push_back({(from[2] + to[2]) / 2 + nearer, std::move(own_joints),
                      [shape](Point p) { return shape.distance(p); }, paint_limb});
  }

  void add_leg(int ankle, int knee, int hip) {
    const Vector toes = joint(ankle) + 0.45 * normalised(body_.forward + Vector{0, 0.9, 0});
    add_limb(joint(ankle), toes, 0.17, 0.13, clothes_.shoes, {ankle}, 0.02);
    add_limb(joint(knee), joint(ankle), 0.25, 0.15, clothes_.shins, {knee, ankle}, 0.01);
    add_limb(joint(hip), joint(knee), 0.37, 0.26, clothes_.trousers, {hip, knee, pelvis});
  }

  void add_arm(int wrist, int elbow, int shoulder) {
    const Vector hand = joint(wrist) + 0.28 * normalised(joint(wrist) - joint(elbow));
    add_limb(joint(wrist), hand, 0.12, 0.13, clothes_.skin, {wrist}, 0.02);
    add_limb(joint(elbow), joint(wrist), 0.17, 0.12, clothes_.sleeves, {elbow, wrist}, 0.01);
    add_limb(joint(shoulder), joint(elbow), 0.23, 0.18, scaled(clothes_.shirt, 0.92), {shoulder, elbow});
  }

  void add_trunk() {
    const auto [right_shoulder, right_hip] = std::pair(right_side.shoulder, right_side.hip);
    const auto [left_shoulder, left_hip] = std::pair(left_side.shoulder, left_side.hip);
    const Polygon shape{
        {pixel(joint(right_shoulder)), pixel(joint(left_shoulder)), pixel(joint(left_hip)), pixel(joint(right_hip))},
        width(0.22)};
    const Point axis{pixel(joint(pelvis))[0] - pixel(joint(thorax))[0],
                     pixel(joint(pelvis))[1] - pixel(joint(thorax))[1]};
    const double half_width = 0.85 * place_.head_length;
    const auto paint_trunk = [this, shape, axis, half_width] {
      const Point top = pixel(joint(thorax));
      const double length = std::max(std::hypot(axis[0], axis[1]), 1e-9);
      synthetic::paint(picture_, shape, 1, [&](Point p, double distance) {
        const double dx = p[0] - top[0], dy = p[1] - top[1];
        const double across = std::clamp((dy * axis[0] - dx * axis[1]) / (length * half_width), -1.0, 1.0);
        const bool below_belt = (dx * axis[0] + dy * axis[1]) / (length * length) > 0.93;
        return scaled(below_belt ? clothes_.trousers : clothes_.shirt, shade(across, axis, distance));
      });
      if (body_.forward[2] > 0.15) paint_emblem();
    };
    const double depth = (joint(pelvis)[2] + joint(thorax)[2]) / 2;
    parts_.push_back({depth,
                      {right_hip, left_hip, pelvis, thorax, neck, right_shoulder, left_shoulder},
                      [shape](Point p) { return shape.distance(p); },
                      paint_trunk});
    add_limb(joint(thorax), joint(neck), 0.24, 0.22, scaled(clothes_.skin, 0.86), {thorax, neck, head_top}, -0.05);
  }

  // An emblem on the chest distinguishes front from back.
  void paint_emblem() {
    const Vector chest = 0.72 * joint(thorax) + 0.28 * joint(pelvis) + 0.3 * body_.forward;
    const Vector along = normalised(joint(pelvis) - joint(thorax));
    const Capsule stripe{pixel(chest - 0.3 * along), pixel(chest + 0.45 * along), width(0.13), width(0.07)};
    synthetic::paint(picture_, stripe, 0.9, clothes_.emblem);
  }

  void add_head() {
    const Vector middle = 0.5 * (joint(neck) + joint(head_top));
    const Point low = pixel(joint(neck)), high = pixel(joint(head_top));
    const double angle = std::atan2(high[0] - low[0], low[1] - high[1]);
    const double half = 0.5 * std::max(std::hypot(high[0] - low[0], high[1] - low[1]), 0.75 * place_.head_length);
    const Ellipse skull{pixel(middle), 0.4 * place_.head_length, half, angle};
    const auto paint_head = [this, skull, middle] {
      paint_rounded(skull, skull, clothes_.hair);
      if (body_.face[2] > -0.05) paint_face(middle, skull);  // from behind only hair is visible
    };
    parts_.push_back({middle[2] + 0.1, {neck, head_top}, [skull](Point p) { return skull.distance(p); }, paint_head});
  }

  void paint_face(const Vector& middle, const Ellipse& skull) {
    const Vector down = normalised(joint(neck) - joint(head_top));
    const double visible_width = std::clamp(body_.face[2] + 0.25, 0.35, 1.0);
    const Point centre = pixel(middle + 0.2 * body_.face + 0.12 * down);
    paint_rounded({centre, 0.31 * place_.head_length * visible_width, 0.34 * place_.head_length, skull.angle}, skull,
                  clothes_.skin);
    const Vector sideways = normalised(cross(down, body_.face));
    for (const double eye : {-0.13, 0.13}) {
      const double size = 0.055 * place_.head_length;
      const Ellipse pupil{pixel(middle + 0.36 * body_.face + eye * sideways), size, size, 0};
      synthetic::paint(picture_, pupil, 1, Colour{25, 20, 22});
    }
  }

  // Shaded like the surface of the skull.
  void paint_rounded(const Ellipse& shape, const Ellipse& skull, const Colour& colour) {
    synthetic::paint(picture_, shape, 1, [&](Point p, double distance) {
      const double across = std::clamp((p[0] - skull.centre[0]) / skull.half_width, -1.0, 1.0);
      return scaled(colour, shade(across, {0, 1}, distance));
    });
  }

  // parts_ is in painting order. Parts that are painted after all parts of a joint cover it.
  std::array<bool, 16> hidden_joints() const {
    std::array<bool, 16> hidden{};
    for (int j = 0; j < 16; ++j) {
      const Point at = pixel(joint(j));
      const auto owns = [j](const BodyPart& part) {
        return std::find(part.own_joints.begin(), part.own_joints.end(), j) != part.own_joints.end();
      };
      const auto nearest_own = std::find_if(parts_.rbegin(), parts_.rend(), owns);
      hidden[j] =
          std::any_of(parts_.rbegin(), nearest_own, [&](const BodyPart& part) { return part.distance(at) < 0; });
    }
    return hidden;
  }

  Picture& picture_;
  const Body& body_;
  const Placement& place_;
  const Clothes& clothes_;
  std::vector<BodyPart> parts_;
};

}  // namespace

std::array<bool, 16> paint_figure(Picture& picture, const Body& body, const Placement& placement, Random& random) {
  const Clothes clothes = random_clothes(random);
  return FigurePainter(picture, body, placement, clothes).paint_all();
}

}  // namespace pbn::data::synthetic
