"""DXF files as ezdxf has them. Reads a JSON array of paths, writes what it finds in each."""

import json
import sys

import ezdxf
from ezdxf.bbox import extents


def found(path):
    doc = ezdxf.readfile(path)
    audit = doc.audit()
    space = doc.modelspace()
    entities = {}
    for entity in space:
        key = f"{entity.dxf.layer}/{entity.dxftype()}"
        entities[key] = entities.get(key, 0) + 1
    outlines = extents(space.query("LWPOLYLINE CIRCLE LINE"), fast=True)
    return {
        "version": doc.dxfversion,
        "units": doc.units,
        "measurement": doc.header["$MEASUREMENT"],
        "errors": [error.message for error in audit.errors],
        "fixes": [fix.message for fix in audit.fixes],
        "entities": entities,
        "extents": [*outlines.extmin.vec2, *outlines.extmax.vec2] if outlines.has_data else None,
        "header": [*doc.header["$EXTMIN"][:2], *doc.header["$EXTMAX"][:2]],
        "layers": {layer.dxf.name: [layer.color, layer.dxf.linetype] for layer in doc.layers},
        "vertices": sorted({len(outline) for outline in space.query("LWPOLYLINE")}),
        "closed": all(outline.closed for outline in space.query("LWPOLYLINE")),
        "texts": [[text.plain_text(), text.get_align_enum().name] for text in space.query("TEXT")],
        "dimensions": [
            [dimension.get_measurement(), [part.dxf.text for part in dimension.virtual_entities() if part.dxftype() == "TEXT"]]
            for dimension in space.query("DIMENSION")
        ],
    }


json.dump([found(path) for path in json.load(sys.stdin)], sys.stdout)
