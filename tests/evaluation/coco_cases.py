"""coco_cases.py FOLDER COUNT: writes truth-N.json and results-N.json, and the ten figures of pycocotools as figures-N.json.

The cases have what makes evaluations differ: equal scores, crowds, people without keypoints or with contradictory
counts of them, more than twenty detections, areas of 0 and beyond every limit, detections with and without boxes, exact
and repeated matches, several categories, photographs without people or detections, ids out of order.
"""
import contextlib
import io
import json
import random
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = """nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist
right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle""".split()


def keypoints(draw, labelled):
    values = []
    for _ in NAMES:
        seen = draw.random() < labelled
        values += [draw.randrange(400), draw.randrange(300), draw.choice([1, 2])] if seen else [0, 0, 0]
    return values


def annotated(draw, number, image, category):
    labelled = draw.choice([0, 0.1, 0.5, 0.9, 1])
    points = keypoints(draw, labelled)
    count = sum(v > 0 for v in points[2::3])
    return {"id": number, "image_id": image, "category_id": category, "keypoints": points,
            "num_keypoints": count if draw.random() < 0.9 else draw.choice([0, 3]),
            "iscrowd": int(draw.random() < 0.1),
            "area": draw.choice([0, 10, 32 ** 2, 96 ** 2, 2e10, draw.uniform(100, 40000), draw.uniform(100, 40000)]),
            "bbox": [draw.randrange(200), draw.randrange(200), draw.randrange(1, 200), draw.randrange(1, 200)]}


def found(draw, person, has_boxes):
    blur = draw.choice([0, 0, 1, 3, 10, 30, 300])
    points = [value if n % 3 == 2 else value + blur * draw.gauss(0, 1) for n, value in enumerate(person["keypoints"])]
    result = {"image_id": person["image_id"], "category_id": person["category_id"], "keypoints": points,
              "score": draw.choice([0.5, 1, round(draw.random(), 1), draw.random()])}
    if has_boxes:
        result["bbox"] = [0, 0, draw.uniform(1, 150), draw.uniform(1, 150)]
    return result


def case(number):
    draw = random.Random(number)
    images = draw.sample(range(1000), draw.choice([1, 2, 5, 12]))
    categories = [1] if number % 3 else [7, 2, 5]
    truth = {"images": [{"id": image} for image in images],
             "categories": [{"id": category, "name": f"category {category}"} for category in categories],
             "annotations": []}
    if number % 2:
        for category in truth["categories"]:
            category["keypoints"] = NAMES
    first_id = 0 if number % 5 == 0 else 1
    results, has_boxes = [], number % 4 == 0
    for image in images:
        crowd = draw.choice([0, 0, 1, 2, 5, 15])
        for _ in range(crowd):
            person = annotated(draw, first_id + len(truth["annotations"]), image, draw.choice(categories))
            truth["annotations"].append(person)
            results += [found(draw, person, has_boxes) for _ in range(draw.choice([0, 1, 1, 1, 2, 4]))]
        for _ in range(draw.choice([0, 0, 3, 25])):             # of nobody
            stranger = annotated(draw, 0, image, draw.choice(categories))
            results.append(found(draw, stranger, has_boxes))
    if not results:
        results.append(found(draw, annotated(draw, 0, images[0], categories[0]), has_boxes))
    draw.shuffle(results)
    draw.shuffle(truth["annotations"])
    return truth, results


def figures(truth_file, results_file):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(truth_file)
        evaluation = COCOeval(truth, truth.loadRes(results_file), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return list(evaluation.stats)


for number in range(int(sys.argv[2])):
    names = [f"{sys.argv[1]}/{kind}-{number}.json" for kind in ("truth", "results", "figures")]
    for name, content in zip(names, case(number)):
        with open(name, "w") as file:
            json.dump(content, file)
    content = figures(*names[:2])
    with open(names[2], "w") as file:
        json.dump(content, file)
