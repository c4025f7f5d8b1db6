"""A PDF file as PDFium has it. Reads the path as JSON, writes its pages, the text of the first, and where that is grey."""

import json
import sys

import pypdfium2

MM = 25.4 / 72
PIXELS_PER_MM = 8

document = pypdfium2.PdfDocument(json.load(sys.stdin))
first = document[0]
bitmap = first.render(scale=PIXELS_PER_MM * MM).to_numpy()
# The ceiling is the one thing that is filled with this grey; edges of letters have a little of it too.
ceiling = (bitmap[:, :, :3] == 0xF0).all(axis=2)
rows, columns = (ceiling.sum(axis=1) > 200).nonzero()[0], (ceiling.sum(axis=0) > 200).nonzero()[0]
edges = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
json.dump(
    {
        "pages": [[mm * MM for mm in page.get_size()] for page in document],
        "ceiling": [int(edge) / PIXELS_PER_MM for edge in edges],
        "text": first.get_textpage().get_text_range(),
    },
    sys.stdout,
)
