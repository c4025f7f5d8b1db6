"""DXF, SVG and PDF files as ezdxf, expat and PDFium have them. A line of JSON asks for a file, a line says what is in it."""

import ctypes
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import ezdxf
import pypdfium2
import pypdfium2.raw as pdfium


def box_of(points):
    """Lower left corner and sides of a rectangle along the axes; the points themselves where they are none."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    corners = {(min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))}
    if len(points) != 4 or len(corners) != 4 or set(points) != corners:
        return points
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def read_dxf(path):
    doc = ezdxf.readfile(path)
    audit = doc.audit()
    found = {"entities": {}, "boxes": {}, "texts": [], "circles": [], "measures": []}
    for entity in doc.modelspace():
        kind, layer = entity.dxftype(), entity.dxf.layer
        found["entities"][f"{layer}/{kind}"] = found["entities"].get(f"{layer}/{kind}", 0) + 1
        if kind == "LWPOLYLINE":
            points = [(x, y) for x, y in entity.get_points("xy")]
            found["boxes"].setdefault(layer, []).append(box_of(points) if entity.closed else points)
        elif kind == "TEXT":
            place = entity.get_placement()[1]
            found["texts"].append([layer, place.x, place.y, entity.plain_text()])
        elif kind == "CIRCLE":
            found["circles"].append([entity.dxf.center.x, entity.dxf.center.y])
        elif kind == "DIMENSION":
            shown = [part.dxf.text for part in entity.virtual_entities() if part.dxftype() == "TEXT"]
            found["measures"].append([entity.get_measurement(), *shown])
    return {
        "units": doc.units,
        "errors": [error.message for error in audit.errors],
        "fixes": [fix.message for fix in audit.fixes],
        "extents": [*doc.header["$EXTMIN"][:2], *doc.header["$EXTMAX"][:2]],
        **found,
    }


SVG = "{http://www.w3.org/2000/svg}"


def read_svg(path):
    with open(path, "rb") as file:
        root = ElementTree.fromstring(file.read())
    numbers = {"x", "y", "width", "height"}
    elements = list(root.iter())
    of = lambda tag: [element for element in elements if element.tag == SVG + tag]
    view = [float(number) for number in root.get("viewBox").split()]
    turned = lambda y: 2 * view[1] + view[3] - y
    return {
        "view": view,
        "size": [root.get("width"), root.get("height")],
        "names": sorted({element.tag for element in elements}),
        "attributes": sorted({name for element in elements for name in element.attrib}),
        "title": of("title")[0].text or "",
        "boxes": [
            [rect.get("class"), float(rect.get("x")), turned(float(rect.get("y")) + float(rect.get("height")))]
            + [float(rect.get("width")), float(rect.get("height"))]
            for rect in of("rect")
        ],
        "texts": [
            [text.get("class"), float(text.get("x")), turned(float(text.get("y"))), text.text or ""] for text in of("text")
        ],
    }


def points_of(path):
    """Where the segments of a path end, in its own coordinates."""
    points = []
    for index in range(pdfium.FPDFPath_CountSegments(path.raw)):
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFPath_GetPathSegment(path.raw, index), x, y)
        points.append((x.value, y.value))
    return points


def rectangle_of(points, matrix):
    """Of a path that ends where it began, in points of the page; `None` of all else."""
    if len(points) != 5 or points[0] != points[4]:
        return None
    low, high = tuple(map(min, zip(*points))), tuple(map(max, zip(*points)))
    (left, bottom), (right, top) = matrix.on_point(*low), matrix.on_point(*high)
    return [min(left, right), min(bottom, top), abs(right - left), abs(top - bottom)]


# PDFium looks through the whole page for each text that it is asked for: it is asked once, and has room for all that we write.
characters = (ctypes.c_ushort * 20_000)()


def text_of(text, page):
    length = pdfium.FPDFTextObj_GetText(text.raw, page.raw, characters, len(characters))
    return bytes(memoryview(characters).cast("B")[:length]).decode("utf-16-le", "replace").strip("\0 \r\n")


def read_pdf(path):
    document = pypdfium2.PdfDocument(path)
    first = document[0]
    paths = first.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])
    of_page = [(points_of(path), path.get_matrix()) for path in paths]
    # What is drawn has a scale of its own, which the frame and the scale bar of the paper do not share.
    drawn = [(points, matrix) for points, matrix in of_page if matrix == of_page[0][1]]
    letters = first.get_textpage()
    texts = [
        [text_of(text, letters), *text.get_bounds()] for text in first.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])
    ]
    scale = next(filter(None, (re.match(r"1:(\d+) on A", text) for text, *_ in texts)), None)
    return {
        "pages": [page.get_size() for page in document],
        "scale": int(scale[1]) if scale else None,
        "boxes": [box for box in (rectangle_of(*one) for one in drawn) if box is not None],
        "lines": sum(len(points) == 2 for points, _ in drawn),
        "circles": sum(len(points) > 5 for points, _ in drawn),
        "texts": texts,
        "actions": pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw),
        "annotations": sum(pdfium.FPDFPage_GetAnnotCount(page.raw) for page in document),
    }


READERS = {"dxf": read_dxf, "svg": read_svg, "pdf": read_pdf}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = READERS[asked["format"]](asked["file"])
    except Exception as error:  # The file's fault, most likely: the next one is read all the same.
        answer = {"unreadable": f"{type(error).__name__}: {error}"[:500]}
    print(json.dumps(answer), flush=True)
