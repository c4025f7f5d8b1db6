"""Renders DXF by ezdxf and PDF by PDFium, and compares pictures of ceilings. A line of JSON asks, a line answers."""

import json
import sys

import ezdxf
import matplotlib
import numpy
import pypdfium2
from ezdxf.addons.drawing import Frontend, RenderContext
from ezdxf.addons.drawing.config import BackgroundPolicy, Configuration
from ezdxf.addons.drawing.matplotlib import MatplotlibBackend
from matplotlib import pyplot
from PIL import Image, ImageDraw

matplotlib.use("Agg")

# How wide a line is in a picture, and how far it may be from where it belongs.
LINE = 1.5
NEAR = 2
# How much of an outline the circle of a node or a letter of its id hides.
LETTER = 12
# Around a ceiling, so that one can walk around its panels.
MARGIN = 8


def render_dxf(asked):
    """The ceiling of `length` by `width` millimetres, so many pixels long and wide, with the margin around it."""
    (width, height), dpi = asked["pixels"], 100
    figure = pyplot.figure(figsize=((width + 2 * MARGIN) / dpi, (height + 2 * MARGIN) / dpi), dpi=dpi)
    axes = figure.add_axes((0, 0, 1, 1))
    doc = ezdxf.readfile(asked["file"])
    config = Configuration(
        background_policy=BackgroundPolicy.WHITE, lineweight_scaling=0, min_lineweight=LINE * 72 / dpi
    )
    backend = MatplotlibBackend(axes, adjust_figure=False)
    shown = (lambda entity: entity.dxftype() == "LWPOLYLINE") if asked["outlines"] else None
    Frontend(RenderContext(doc), backend, config=config).draw_layout(
        doc.modelspace(), finalize=False, filter_func=shown
    )
    axes.set_aspect("auto")
    for limit, mm, pixels in ((axes.set_xlim, asked["length"], width), (axes.set_ylim, asked["width"], height)):
        limit(-MARGIN * mm / pixels, mm + MARGIN * mm / pixels)
    figure.savefig(asked["picture"], dpi=dpi)
    pyplot.close(figure)
    return {}


def render_pdf(asked):
    """What `pdftoppm` does, where there is none: a cutting of the first page, by its upper left corner in pixels."""
    left, top, width, height = asked["cutting"]
    page = pypdfium2.PdfDocument(asked["file"])[0]
    scale = asked["dpi"] / 72
    full_width, full_height = (points * scale for points in page.get_size())
    crop = (left / scale, (full_height - top - height) / scale, (full_width - left - width) / scale, top / scale)
    page.render(scale=scale, crop=crop).to_pil().save(asked["picture"])
    return {}


def pixels_of(path, size):
    """As numbers, with the margin, which is white where the picture has none."""
    canvas = Image.new("RGB", (size[0] + 2 * MARGIN, size[1] + 2 * MARGIN), "white")
    with Image.open(path) as picture:
        has_margin = picture.size[0] > size[0] + MARGIN
        canvas.paste(picture.convert("RGB"), (0, 0) if has_margin else (MARGIN, MARGIN))
    return numpy.asarray(canvas, dtype=numpy.int16)


def outlines_of(pixels, kind):
    """Where panels are outlined: red in a DXF, whose layer has colour 1, and blue elsewhere."""
    red, green, blue = (pixels[:, :, channel] for channel in range(3))
    if kind == "dxf":
        return red - numpy.maximum(green, blue) > 60
    return (blue - red > 60) & (green - red > 20)


def spread(mask, by):
    """The mask, and all that is so many pixels away from it at most, each way."""
    for axis in (0, 1):
        wide = mask.copy()
        for step in range(1, by + 1):
            for way in (step, -step):
                moved = numpy.roll(mask, way, axis)
                edge = slice(None, way) if way > 0 else slice(way, None)
                moved[(edge, slice(None)) if axis == 0 else (slice(None), edge)] = False
                wide |= moved
        mask = wide
    return mask


def reached(open_, seeds):
    """What one can walk to from the seeds, where it is open: along whole runs of a row, then of a column, until nothing is new."""
    seen = seeds & open_
    while True:
        before = seen.sum()
        for turned in (False, True):
            way, at = (open_.T, seen.T) if turned else (open_, seen)
            begins = numpy.ones_like(way)
            begins[:, 1:] = way[:, 1:] != way[:, :-1]
            run = numpy.cumsum(begins.ravel()).reshape(way.shape)
            touched = numpy.zeros(run.max() + 1, dtype=bool)
            touched[run[at]] = True
            at = touched[run] & way
            seen = at.T if turned else at
        if seen.sum() == before:
            return seen


class Expected:
    """Where the panels are, in pixels of a picture with its margin; y down."""

    def __init__(self, asked):
        (width, height), scale_x, scale_y = asked["pixels"], asked["pixels"][0] / asked["length"], asked["pixels"][1] / asked["width"]
        self.shape = (height + 2 * MARGIN, width + 2 * MARGIN)
        self.boxes = []
        self.near = numpy.zeros(self.shape, dtype=bool)
        self.inside = numpy.zeros(self.shape, dtype=bool)
        for x, y, length, breadth in asked["panels"]:
            left, right = x * scale_x + MARGIN, (x + length) * scale_x + MARGIN
            top, bottom = height - (y + breadth) * scale_y + MARGIN, height - y * scale_y + MARGIN
            # The pixel in which the middle of a line lies.
            box = [min(int(edge), limit - 1) for edge, limit in zip((left, top, right, bottom), self.shape[::-1] * 2)]
            self.boxes.append(box)
            left, top, right, bottom = box
            self.inside[top : bottom + 1, left : right + 1] = True
            rows, columns = slice(max(top - NEAR, 0), bottom + NEAR + 1), slice(max(left - NEAR, 0), right + NEAR + 1)
            for column in (left, right):
                self.near[rows, max(column - NEAR, 0) : column + NEAR + 1] = True
            for row in (top, bottom):
                self.near[max(row - NEAR, 0) : row + NEAR + 1, columns] = True

    def least_outlined(self, ink):
        """Of the panel that is outlined least: the share of its four sides that has a line near it."""
        close = spread(ink, NEAR)
        share = lambda left, top, right, bottom: min(
            close[top, left : right + 1].mean(),
            close[bottom, left : right + 1].mean(),
            close[top : bottom + 1, left].mean(),
            close[top : bottom + 1, right].mean(),
        )
        return min(share(*box) for box in self.boxes)


def compare(asked):
    """What each picture has of the panels, and whether what is inside of panels is so in all of them."""
    expected = Expected(asked)
    answer, insides = {"pictures": {}}, {}
    corner = numpy.zeros(expected.shape, dtype=bool)
    corner[0, 0] = True
    for kind, path in asked["pictures"].items():
        pixels = pixels_of(path, asked["pixels"])
        ink = outlines_of(pixels, kind)
        wall = ink
        if kind == "pdf":
            # Nodes cannot be left out of it. They have a colour, and close the gap that they make in an outline.
            wall = ink | ((pixels.max(axis=2) - pixels.min(axis=2) > 20) & spread(ink, LETTER))
        counted = ~expected.near & ~wall
        inside = ~reached(~wall, corner)
        insides[kind] = (inside, counted)
        answer["pictures"][kind] = {
            "least_outlined": float(expected.least_outlined(ink)),
            "astray": int((ink & ~expected.near).sum()),
            "inside": float((inside == expected.inside)[counted].mean()),
        }
    pairs = [(one, other) for one in insides for other in insides if one < other]
    agreed = lambda one, other: float((one[0] == other[0])[one[1] & other[1]].mean())
    answer["agree"] = min((agreed(insides[one], insides[other]) for one, other in pairs), default=1.0)
    return answer


def contact_sheet(asked):
    """A row for each ceiling, its name and its pictures side by side."""
    cell, caption, gap = asked["cell"], 20, 10
    rows = []
    for row in asked["rows"]:
        pictures = []
        for path in row["pictures"]:
            with Image.open(path) as picture:
                small = picture.convert("RGB")
            small.thumbnail((cell, cell), Image.Resampling.LANCZOS)
            pictures.append(small)
        rows.append((row["name"], pictures, caption + gap + max(picture.size[1] for picture in pictures)))
    columns = max((len(pictures) for _, pictures, _ in rows), default=1)
    sheet = Image.new("RGB", (columns * (cell + gap) + gap, sum(height for *_, height in rows) + gap), "#888888")
    draw, top = ImageDraw.Draw(sheet), gap
    for name, pictures, height in rows:
        draw.text((gap, top), name, fill="white")
        for column, picture in enumerate(pictures):
            sheet.paste(picture, (gap + column * (cell + gap), top + caption))
        top += height
    sheet.save(asked["file"])
    return {}


WORK = {"dxf": render_dxf, "pdf": render_pdf, "compare": compare, "sheet": contact_sheet}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(WORK[question["work"]](question)), flush=True)
