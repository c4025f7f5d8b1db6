/** What dxf-writer has no class for: a dimension, the block that shows it, and the style that says how to show it again. */
import { type Dimension, dimensionParts } from '@plenum/drawing';
import { measured } from './measured.ts';
import { DatabaseObject, type Entity, Line, type Tags, Text } from './writer.ts';

/** Of one height of texts. STANDARD is there too, because programs that open a file look for it. */
export const styleOf = (height: number): string => `MM_${String(measured(height)).replace('.', '_')}`;

/** Where it is attached (13, 14), where its line runs (10), what it measures (42), and the block that shows it (2). */
export class DimensionEntity extends DatabaseObject {
  readonly #dimension: Dimension;
  readonly #block: string;
  constructor(dimension: Dimension, block: string) {
    super(['AcDbEntity']);
    this.#dimension = dimension;
    this.#block = block;
  }

  override readonly tags = (tags: Tags): void => {
    const { from, to, offset, layer, height } = this.#dimension;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const { text } = dimensionParts(this.#dimension);
    tags.push(0, 'DIMENSION');
    tags.push(5, this.handle);
    tags.push(330, this.ownerObjectHandle);
    tags.push(100, 'AcDbEntity');
    tags.push(8, layer);
    tags.push(100, 'AcDbDimension');
    tags.push(2, this.#block);
    point(tags, 10, to.x - ((to.y - from.y) / length) * offset, to.y + ((to.x - from.x) / length) * offset);
    point(tags, 11, text.at.x, text.at.y);
    tags.push(70, alignedWithOwnBlock);
    tags.push(71, middleCentre);
    tags.push(42, measured(length));
    tags.push(3, styleOf(height));
    tags.push(100, 'AcDbAlignedDimension');
    point(tags, 13, from.x, from.y);
    point(tags, 14, to.x, to.y);
  };
}

const alignedWithOwnBlock = 33;
const middleCentre = 5;

const point = (tags: Tags, code: number, x: number, y: number): void => {
  tags.push(code, measured(x));
  tags.push(code + 10, measured(y));
  tags.push(code + 20, 0);
};

/** An anonymous block: viewers show what is in it, and do not draw the dimension themselves. */
export class DimensionBlock extends DatabaseObject {
  readonly name: string;
  readonly #parts: readonly Entity[];
  readonly #end = new DatabaseObject(['AcDbEntity', 'AcDbBlockEnd']);
  constructor(name: string, dimension: Dimension) {
    super(['AcDbEntity', 'AcDbBlockBegin']);
    this.name = name;
    const { lines, text } = dimensionParts(dimension);
    this.#parts = [
      ...lines.map(({ from, to }) => new Line(measured(from.x), measured(from.y), measured(to.x), measured(to.y))),
      new Text(
        ...([measured(text.at.x), measured(text.at.y), measured(text.height), measured(text.degrees)] as const),
        ...([text.text, 'center', 'middle'] as const),
      ),
    ];
    for (const part of this.#parts) {
      part.layer = { name: dimension.layer, addShape: () => undefined };
      part.ownerObjectHandle = this.handle;
    }
  }

  override readonly tags = (tags: Tags): void => {
    tags.push(0, 'BLOCK');
    tags.push(5, this.handle);
    tags.push(330, this.ownerObjectHandle);
    tags.push(100, 'AcDbEntity');
    tags.push(8, '0');
    tags.push(100, 'AcDbBlockBegin');
    tags.push(2, this.name);
    tags.push(70, anonymous);
    tags.point(0, 0);
    tags.push(3, this.name);
    tags.push(1, '');
    for (const part of this.#parts) part.tags(tags);
    tags.push(0, 'ENDBLK');
    this.#end.tags(tags);
  };
}

const anonymous = 1;

/** As `dimensionParts` draws: the text above the line and along it, oblique strokes, a tenth of a millimetre. */
export class DimensionStyle extends DatabaseObject {
  readonly #name: string;
  readonly #height: number;
  constructor(name: string, height: number) {
    super([]);
    this.#name = name;
    this.#height = height;
  }

  override readonly tags = (tags: Tags): void => {
    tags.push(0, 'DIMSTYLE');
    // Of all records, this one has its handle under a code of its own.
    tags.push(105, this.handle);
    tags.push(330, this.ownerObjectHandle);
    tags.push(100, 'AcDbSymbolTableRecord');
    tags.push(100, 'AcDbDimStyleTableRecord');
    tags.push(2, this.#name);
    tags.push(70, 0);
    tags.push(40, 1);
    tags.push(41, measured(0.6 * this.#height));
    tags.push(42, measured(0.5 * this.#height));
    tags.push(44, measured(0.5 * this.#height));
    tags.push(140, measured(this.#height));
    tags.push(142, measured(0.3 * this.#height));
    tags.push(147, measured(0.4 * this.#height));
    tags.push(73, 0);
    tags.push(74, 0);
    tags.push(77, 1);
    tags.push(78, noTrailingZeros);
    tags.push(271, 1);
  };
}

const noTrailingZeros = 8;
