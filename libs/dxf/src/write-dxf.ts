import { boundsOf, checkDrawing, type Dimension, type Drawing, type Shape } from '@plenum/drawing';
import { DimensionBlock, DimensionEntity, DimensionStyle, styleOf } from './dimension-entities.ts';
import { measured } from './measured.ts';
import { escapeText, heldText } from './text.ts';
import {
  Circle,
  Drawing as DxfDrawing,
  type Entity,
  Handle,
  Line,
  Polyline,
  Text,
  type WriterDrawing,
} from './writer.ts';

/**
 * The drawing as DXF, in millimetres. The same drawing gives the same bytes, and others may be written between.
 *
 * @throws UnfitDrawing
 */
export const writeDxf = (drawing: Drawing): Uint8Array => {
  checkDrawing(drawing);
  // The counter belongs to the process. Nothing below waits, so no other drawing takes a number in between.
  Handle.seed = 0;
  const dxf = new DxfDrawing();
  writeHeader(dxf, drawing);
  for (const { name, colorIndex, dash } of drawing.layers) {
    if (dash !== undefined) dxf.addLineType(dashName(dash), '', signed(dash));
    dxf.addLayer(name, colorIndex, dash === undefined ? 'CONTINUOUS' : dashName(dash));
  }
  writeStyles(dxf, drawing);
  for (const shape of drawing.shapes) dxf.layers[shape.layer]?.addShape(entityOf(dxf, shape));
  return new TextEncoder().encode(`${dxf.toDxfString()}\n`);
};

/** AutoCAD 2010. Nothing that is written here looks otherwise in it than in dxf-writer's own version, that of 2007. */
export const version = 'AC1024';

const writeHeader = (dxf: WriterDrawing, { shapes }: Drawing): void => {
  dxf.header('ACADVER', [[1, version]]);
  dxf.setUnits('Millimeters');
  dxf.header('MEASUREMENT', [[70, 1]]);
  const { minX, minY, maxX, maxY } = boundsOf(shapes) ?? { minX: 0, minY: 0, maxX: 0, maxY: 0 };
  const corner = (x: number, y: number) =>
    [
      [10, measured(x)],
      [20, measured(y)],
      [30, 0],
    ] as const;
  dxf.header('EXTMIN', corner(minX, minY));
  dxf.header('EXTMAX', corner(maxX, maxY));
};

/** dxf-writer's own text style has a font of strokes that knows Latin letters alone. */
const textFont = 'arial.ttf';

const writeStyles = (dxf: WriterDrawing, { shapes }: Drawing): void => {
  const textStyle = dxf.tables.STYLE.elements[0] as (Entity & { fontFileName: string }) | undefined; // Its own `TextStyle`.
  if (textStyle !== undefined) textStyle.fontFileName = textFont;
  const heights = new Set(shapes.filter((shape) => shape.kind === 'dimension').map(({ height }) => measured(height)));
  const styles = dxf.tables.DIMSTYLE;
  styles.add(new DimensionStyle('STANDARD', 2.5));
  for (const height of heights) styles.add(new DimensionStyle(styleOf(height), height));
};

const entityOf = (dxf: WriterDrawing, shape: Shape): Entity => {
  switch (shape.kind) {
    case 'polygon':
      return new Polyline(
        shape.points.map(({ x, y }) => [measured(x), measured(y)] as const),
        true,
      );
    case 'line':
      return new Line(measured(shape.from.x), measured(shape.from.y), measured(shape.to.x), measured(shape.to.y));
    case 'circle':
      return new Circle(measured(shape.center.x), measured(shape.center.y), measured(shape.radius));
    case 'text':
      return new Text(
        ...([measured(shape.at.x), measured(shape.at.y), measured(shape.height), 0] as const),
        escapeText(heldText(shape.text)),
        shape.align === 'middle' ? 'center' : 'left',
        shape.align === 'middle' ? 'middle' : 'baseline',
      );
    case 'dimension':
      return dimensionOf(dxf, shape);
  }
};

const dimensionOf = (dxf: WriterDrawing, dimension: Dimension): Entity => {
  const name = `*D${Object.keys(dxf.blocks).length - spaces + 1}`;
  dxf.blocks[name] = new DimensionBlock(name, dimension);
  return new DimensionEntity(dimension, name);
};

/** Model space and paper space are blocks too. */
const spaces = 2;

/** A layer of the same dashes has the same line type. */
const dashName = (dash: readonly number[]): string =>
  `DASH_${dash.map((length) => String(measured(length)).replace('.', 'P')).join('_')}`;

/** Dashes, and what is left out between them. */
const signed = (dash: readonly number[]): readonly number[] =>
  dash.map((length, index) => measured(index % 2 === 0 ? length : -length));
