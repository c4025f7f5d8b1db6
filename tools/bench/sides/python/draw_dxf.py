"""The bare side of DXF: ezdxf makes a drawing of the same shapes and saves it."""

import time

import ezdxf
from ezdxf.enums import TextEntityAlignment
from serve import serve

ALIGNMENTS = {"start": TextEntityAlignment.LEFT, "middle": TextEntityAlignment.MIDDLE_CENTER}


def xy(point):
    return (point["x"], point["y"])


def polygon(space, shape, at):
    space.add_lwpolyline([xy(point) for point in shape["points"]], close=True, dxfattribs=at)


def line(space, shape, at):
    space.add_line(xy(shape["from"]), xy(shape["to"]), dxfattribs=at)


def circle(space, shape, at):
    space.add_circle(xy(shape["center"]), shape["radius"], dxfattribs=at)


def text(space, shape, at):
    added = space.add_text(shape["text"], height=shape["height"], dxfattribs=at)
    added.set_placement(xy(shape["at"]), align=ALIGNMENTS[shape["align"]])


def dimension(space, shape, at):
    override = {"dimtxt": shape["height"], "dimtsz": 0.3 * shape["height"]}
    added = space.add_aligned_dim(
        p1=xy(shape["from"]), p2=xy(shape["to"]), distance=shape["offset"], override=override, dxfattribs=at
    )
    # The block that shows it, which every one of ours has as well.
    added.render()


ADD = {"polygon": polygon, "line": line, "circle": circle, "text": text, "dimension": dimension}


def draw(drawing, target):
    document = ezdxf.new("R2010", setup=["dimstyles"], units=ezdxf.units.MM)
    for number, layer in enumerate(drawing["layers"]):
        linetype = "Continuous"
        if "dash" in layer:
            linetype = f"DASH_{number}"
            dash, gap = layer["dash"]
            document.linetypes.add(linetype, pattern=[dash + gap, dash, -gap])
        document.layers.add(layer["name"], color=layer["colorIndex"], linetype=linetype)
    space = document.modelspace()
    for shape in drawing["shapes"]:
        ADD[shape["kind"]](space, shape, {"layer": shape["layer"]})
    document.saveas(target)
    return len(drawing["shapes"])


drawings = []


def prepare(drawing):
    """The shapes are known before anything is measured."""
    drawings.append(drawing)
    return f"ezdxf {ezdxf.__version__}"


def run(target, seconds):
    """Whole drawings, one after the other, until so many seconds are over."""
    began = time.monotonic()
    records = passes = 0
    while passes == 0 or time.monotonic() - began < seconds:
        records += draw(drawings[-1], target)
        passes += 1
    return {"records": records, "passes": passes, "ms": (time.monotonic() - began) * 1000}


serve({"prepare": prepare, "run": run})
