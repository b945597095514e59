"""Augmented people with OpenCV, in batches, on one thread: the peers of bench_loader.

loader.py raw|jpeg FILE IMAGES     from the crops of a pose file
loader.py photograph FILE IMAGES   from the photographs in the folder IMAGES, and with heat-map targets
"""
import os
import sys
import time

import cv2
import h5py
import numpy as np

from contestant import answer

BATCH = 16
MIRRORED = {"lsp14": [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6, 12, 13],
            "mpii16": [5, 4, 3, 2, 1, 0, 6, 7, 8, 9, 15, 14, 13, 12, 11, 10]}
HIPS, SHOULDERS = [2, 3], [8, 9]  # of lsp14; pelvis and thorax, which make its parts 16, lie between


class People:
    def __init__(self, path):
        self.file = h5py.File(path)
        self.side = int(self.file.attrs["box_pixels"])
        self.mirrored = MIRRORED[self.file.attrs["skeleton"].decode()]
        self.joints = self.file["people/joints"][:]
        self.labelled = self.file["people/labelled"][:].astype(bool)
        self.to_image = self.file["people/crop_to_image"][:]
        self.names = [name.decode() for name in self.file["people/image_name"][:]]


class RawCrops:
    """Copies crops from the mapped file, which was faster than h5py, than pread, and than warping the mapped pages."""

    def __init__(self, people):
        dataset = people.file["images/pixels"]
        self.pixels = np.memmap(people.file.filename, np.uint8, "r", dataset.id.get_offset(), dataset.shape)
        self.side = dataset.shape[1]
        self.crop = np.empty((self.side, self.side, 3), np.uint8)

    def __getitem__(self, person):
        np.copyto(self.crop, self.pixels[person])
        return self.crop


class JpegCrops:
    def __init__(self, people):
        dataset = people.file["images/jpeg"]
        self.bytes = np.memmap(people.file.filename, np.uint8, "r", dataset.id.get_offset(), dataset.shape)
        self.offsets = people.file["images/offsets"][:]
        self.side = self[0].shape[1]

    def __getitem__(self, person):
        jpeg = self.bytes[self.offsets[person] : self.offsets[person + 1]]
        return cv2.imdecode(jpeg, cv2.IMREAD_COLOR_RGB)


def clipped_normal(random, deviation, limit):
    return min(max(deviation * random.normal(), -limit), limit)


def draw_view(random, box, crop):
    """The paper's augmentation. Returns the map from input pixels to crop pixels (3, 3), colour factors, and the flip."""
    flipped = random.random() < 0.5
    scale_x, scale_y = 1 + clipped_normal(random, 0.25, 0.25), 1 + clipped_normal(random, 0.25, 0.25)
    change = np.array([[-scale_x if flipped else scale_x, 0, 0], [0, scale_y, 0], [0, 0, 1]])
    if random.random() < 0.5:
        x, y = clipped_normal(random, 0.5, 0.5), clipped_normal(random, 0.5, 0.5)
        change = np.array([[1, x, 0], [y, 1, 0], [0, 0, 1]]) @ change
    if random.random() < 0.4:
        angle = np.radians(clipped_normal(random, 30, 60))
        cos, sin = np.cos(angle), np.sin(angle)
        change = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ change
    change[:2, 2] = crop / 2 - change[:2, :2] @ (box / 2, box / 2)
    return change, random.uniform(0.8, 1.2, 3), flipped


def warp(source, view, colour, out):
    """`view` maps pixel corners, OpenCV's maps pixel centres."""
    matrix = view[:2].copy()
    matrix[:, 2] += (matrix[:, 0] + matrix[:, 1]) / 2 - 0.5
    cv2.warpAffine(source, matrix, (out.shape[1], out.shape[0]), dst=out, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    cv2.transform(out, np.diag(colour), dst=out)  # faster than cv2.multiply


def seen_joints(people, person, view, flipped):
    joints, labelled = people.joints[person], people.labelled[person]
    if flipped:
        joints, labelled = joints[people.mirrored], labelled[people.mirrored]
    back = cv2.invertAffineTransform(view[:2])
    return joints @ back[:, :2].T + back[:, 2], labelled


def draw_targets(joints, labelled, side, out):
    """A Gaussian of sigma 1.75 in a window of 7 x 7 around each labelled part of 16, as pose-hg and HRNet draw them."""
    scaled = np.vstack([joints, joints[HIPS].mean(0), joints[SHOULDERS].mean(0)]) * (side / 256)
    known = np.append(labelled, [labelled[HIPS].all(), labelled[SHOULDERS].all()])
    for part, (x, y) in enumerate(np.floor(scaled).astype(int)):
        left, top, right, bottom = max(x - 3, 0), max(y - 3, 0), min(x + 4, side), min(y + 4, side)
        if known[part] and left < right and top < bottom:
            out[part, top:bottom, left:right] = GAUSSIAN[top - y + 3 : bottom - y + 3, left - x + 3 : right - x + 3]


OFFSETS = np.arange(-3, 4)
GAUSSIAN = np.exp(-(OFFSETS[:, None] ** 2 + OFFSETS**2) / (2 * 1.75**2)).astype(np.float32)


class FromCrops:
    def __init__(self, people, crops):
        self.people, self.crops = people, crops

    def load(self, batch, random):
        people = self.people
        pixels = np.empty((len(batch), people.side, people.side, 3), np.uint8)
        joints, labelled = [], []
        for place, person in enumerate(batch):
            view, colour, flipped = draw_view(random, people.side, self.crops.side)
            warp(self.crops[person], view, colour, pixels[place])
            seen = seen_joints(people, person, view, flipped)
            joints.append(seen[0])
            labelled.append(seen[1])
        return pixels, np.stack(joints), np.stack(labelled)


class FromPhotographs:
    def __init__(self, people, images):
        self.people, self.images = people, images
        self.crop_side = people.file["images/pixels"].shape[1]

    def load(self, batch, random):
        people = self.people
        pixels = np.empty((len(batch), people.side, people.side, 3), np.uint8)
        targets = np.zeros((len(batch), 16, people.side // 4, people.side // 4), np.float32)
        for place, person in enumerate(batch):
            view, colour, flipped = draw_view(random, people.side, self.crop_side)
            photograph = cv2.imread(os.path.join(self.images, people.names[person]), cv2.IMREAD_COLOR_RGB)
            to_image = np.vstack([people.to_image[person], [0, 0, 1]]) @ view
            warp(photograph, to_image, colour, pixels[place])
            joints, labelled = seen_joints(people, person, view, flipped)
            draw_targets(joints, labelled, people.side // 4, targets[place])
        return pixels, targets


def main():
    how, path, images = sys.argv[1:]
    cv2.setNumThreads(1)
    people = People(path)
    makers = {
        "raw": lambda: FromCrops(people, RawCrops(people)),
        "jpeg": lambda: FromCrops(people, JpegCrops(people)),
        "photograph": lambda: FromPhotographs(people, images),
    }
    loader = makers[how]()
    random = np.random.default_rng(1)

    def measure(seconds):
        seen, start = 0, time.perf_counter()
        while True:
            order = random.permutation(len(people.joints))
            for first in range(0, len(order) - BATCH + 1, BATCH):
                loader.load(order[first : first + BATCH], random)
                seen += BATCH
                elapsed = time.perf_counter() - start
                if elapsed >= seconds:
                    return seen / elapsed

    answer(measure)


main()
