"""Pose files, predictions and part groups in Python, as docs/file-formats.md describes them (h5py, numpy).

    python3 pose_files.py write FOLDER     makes raw.h5, preds.h5 and groups.json, and jpeg.h5 if there is a crop.jpg
    python3 pose_files.py read FOLDER      prints the content of such files as JSON
"""
import hashlib
import json
import os
import sys

import h5py
import numpy

LSP14 = ("r-ankle r-knee r-hip l-hip l-knee l-ankle r-wrist r-elbow r-shoulder l-shoulder l-elbow l-wrist neck "
         "head-top").split()


def write_pose_file(path, box_pixels, extent, joints, labelled, occluded, crop_to_image, reference_length, names,
                    pixels=None, jpegs=None, jpeg_quality=None):
    """pixels: uint8 (N, S, S, 3), or jpegs: a list of N JPEG files as bytes, each of S x S pixels."""
    with h5py.File(path, "w") as file:
        people = {
            "joints": numpy.where(labelled[..., None], joints, 0).astype("f4"),     # (N, K, 2)
            "labelled": labelled.astype("u1"),                                      # (N, K)
            "occluded": occluded.astype("i1"),                                      # (N, K)
            "crop_to_image": crop_to_image.astype("f8"),                            # (N, 2, 3)
            "reference_length": reference_length.astype("f4"),                      # (N)
            "person_index": numpy.zeros(len(names), "i4"),                          # (N)
            "image_name": numpy.array(names, "S"),                                  # (N)
        }
        if jpegs is None:
            images = {"pixels": pixels}
        else:
            images = {"jpeg": numpy.frombuffer(b"".join(jpegs), "u1"),
                      "offsets": numpy.cumsum([0] + [len(jpeg) for jpeg in jpegs], dtype="i8")}
            file.attrs["jpeg_quality"] = jpeg_quality
        # Any digest that differs for different content: here of all bytes, in a fixed order.
        fingerprint = hashlib.sha256()
        for group, datasets in (("images", images), ("people", people)):
            for name, values in datasets.items():
                file[group + "/" + name] = values                                   # contiguous: no chunks
                fingerprint.update(values.tobytes())
        file.attrs.update(format="pbn-pose", version=1, skeleton="lsp14", dataset="example", split="train",
                          source="Python", generator="h5py", reference="torso", box_pixels=box_pixels, extent=extent,
                          fingerprint=fingerprint.hexdigest())
        file.attrs["people_sha256"] = people_sha256(file)    # optional: without it, changes by hand are detected later


def people_sha256(file):
    """The digest of a pose file's people: both programs refuse the file if it does not match."""
    skeleton, reference = (text.decode() if isinstance(text, bytes) else text
                           for text in (file.attrs["skeleton"], file.attrs["reference"]))
    box_pixels, extent, count = file.attrs["box_pixels"], file.attrs["extent"], len(file["people/reference_length"])
    digest = hashlib.sha256(f"pbn-people 1 {skeleton} {reference} {box_pixels} {extent:.17g} {count}\n".encode())
    for name in ("joints", "labelled", "occluded", "crop_to_image", "reference_length"):
        digest.update(file["people/" + name][:].tobytes())
    return digest.hexdigest()


def write_predictions(path, joints, confidence, fingerprint=None):
    """joints (N, K, 2) in pixels of the photographs, confidence (N, K), in the order of the pose file's people."""
    with h5py.File(path, "w") as file:
        file["preds"] = numpy.concatenate([joints, confidence[..., None]], axis=2).astype("f4")
        if fingerprint:
            file.attrs["fingerprint"] = fingerprint          # of the pose file for which they were made


def write_groups(path, groups):
    with open(path, "w") as file:
        json.dump({"format": "pbn-groups", "groups": groups}, file)


def stored_crops(file):
    """The bytes of each person's crop: its pixels, or a JPEG."""
    if "jpeg_quality" not in file.attrs:
        return [crop.tobytes() for crop in file["images/pixels"]]
    data, offsets = file["images/jpeg"][:].tobytes(), file["images/offsets"][:]
    return [data[begin:end] for begin, end in zip(offsets, offsets[1:])]


def describe_pose_file(path):
    with h5py.File(path) as file:
        attributes = {name: value.item() if hasattr(value, "item") else value for name, value in file.attrs.items()}
        texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in attributes.items()}
        return {"attributes": texts,
                "people_sha256": people_sha256(file),
                "people": {name: values[:].tolist() for name, values in file["people"].items() if name != "image_name"},
                "names": [name.decode() for name in file["people/image_name"][:]],
                "crops": [hashlib.sha256(crop).hexdigest() for crop in stored_crops(file)]}


def read(folder):
    found = {name: describe_pose_file(os.path.join(folder, name + ".h5")) for name in ("raw", "jpeg")}
    with h5py.File(os.path.join(folder, "preds.h5")) as file:
        found["preds"] = file["preds"][:].tolist()
    with open(os.path.join(folder, "groups.json")) as file:
        found["groups"] = json.load(file)["groups"]
    return found


def write(folder):
    """Two people in boxes of 64 pixels; the crops are 1.5 times as large."""
    people, parts, side = 2, len(LSP14), 96
    joints = numpy.stack(numpy.meshgrid(numpy.arange(parts) + 0.25, numpy.arange(people) + 10.0), axis=2)
    labelled = numpy.ones((people, parts), bool)
    labelled[1, 3] = False
    occluded = numpy.zeros((people, parts))
    occluded[0, 2] = 1
    arguments = dict(box_pixels=64, extent=1.5, joints=joints, labelled=labelled, occluded=occluded,
                     crop_to_image=numpy.array([[[2, 0, 100], [0, 2, 200]]] * people),
                     reference_length=numpy.array([20, 30]), names=["a.jpg", "bb.jpg"])
    pixels = numpy.arange(people * side * side * 3).reshape(people, side, side, 3).astype("u1")
    write_pose_file(os.path.join(folder, "raw.h5"), pixels=pixels, **arguments)
    jpeg = os.path.join(folder, "crop.jpg")
    if os.path.exists(jpeg):
        with open(jpeg, "rb") as file:
            write_pose_file(os.path.join(folder, "jpeg.h5"), jpegs=[file.read()] * people, jpeg_quality=95, **arguments)
    write_predictions(os.path.join(folder, "preds.h5"), 2 * joints + [100, 200], numpy.full((people, parts), 0.5))
    write_groups(os.path.join(folder, "groups.json"), [LSP14[:6], LSP14[6:]])


if __name__ == "__main__":
    command, folder = sys.argv[1:]
    if command == "write":
        write(folder)
    else:
        print(json.dumps(read(folder)))
