/** Drawings that are otherwise than another, each in one thing: a file of one must not pass for the other. */
import type { Drawing, Shape } from '../drawing.ts';

export const mutants = (drawing: Drawing): Readonly<Record<string, Drawing>> => ({
  'a panel moved by 1 mm': changed(drawing, (shape) =>
    shape.kind === 'polygon' && shape.layer === 'PANELS'
      ? { ...shape, points: shape.points.map(({ x, y }) => ({ x: x + 1, y })) }
      : undefined,
  ),
  'a dimension gone': without(drawing, 'dimension'),
  'a dimension drawn elsewhere': changed(drawing, (shape) =>
    shape.kind === 'dimension' ? { ...shape, offset: shape.offset + 1 } : undefined,
  ),
  'a circle gone': without(drawing, 'circle'),
  'a line moved by 1 mm': changed(drawing, (shape) =>
    shape.kind === 'line' ? { ...shape, to: { x: shape.to.x, y: shape.to.y + 1 } } : undefined,
  ),
  'a text changed': changed(drawing, (shape) =>
    shape.kind === 'text' ? { ...shape, text: `${shape.text}1` } : undefined,
  ),
  'a text larger by 1 mm': changed(drawing, (shape) =>
    shape.kind === 'text' ? { ...shape, height: shape.height + 1 } : undefined,
  ),
  'a text aligned otherwise': changed(drawing, (shape) =>
    shape.kind === 'text' && shape.align === 'middle' ? { ...shape, align: 'start' } : undefined,
  ),
  'a panel drawn twice': {
    ...drawing,
    shapes: drawing.shapes.flatMap((shape) => (shape === firstPanel(drawing) ? [shape, shape] : [shape])),
  },
  'a layer renamed': {
    ...drawing,
    layers: drawing.layers.map((layer) => (layer.name === 'PANELS' ? { ...layer, name: 'SLABS' } : layer)),
    shapes: drawing.shapes.map((shape) => (shape.layer === 'PANELS' ? { ...shape, layer: 'SLABS' } : shape)),
  },
  'a shape on another layer': changed(drawing, (shape) =>
    shape.kind === 'circle' ? { ...shape, layer: 'PANELS' } : undefined,
  ),
  'a layer in other dashes': {
    ...drawing,
    layers: drawing.layers.map((layer) => (layer.dash === undefined ? layer : { ...layer, dash: [20, 5] })),
  },
});

const firstPanel = ({ shapes }: Drawing): Shape | undefined => shapes.find(({ layer }) => layer === 'PANELS');

/** The first shape that `change` changes is changed, and no other. */
const changed = (drawing: Drawing, change: (shape: Shape) => Shape | undefined): Drawing => {
  const index = drawing.shapes.findIndex((shape) => change(shape) !== undefined);
  return {
    ...drawing,
    shapes: drawing.shapes.map((shape, at) => (at === index ? (change(shape) ?? shape) : shape)),
  };
};

const without = (drawing: Drawing, kind: Shape['kind']): Drawing => {
  const index = drawing.shapes.findIndex((shape) => shape.kind === kind);
  return { ...drawing, shapes: drawing.shapes.filter((_, at) => at !== index) };
};
