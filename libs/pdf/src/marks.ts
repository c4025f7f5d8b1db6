/**
 * What a page shows, from its operators: marked contents, each with its paths and letters where they lie on the page. Strict: what
 * is drawn outside of any mark, and whatever is not drawn here at all (a picture, a form, a shading), makes a page unreadable.
 */
import { type Point, Unreadable } from '@plenum/drawing';
import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { type Matrix, multiply, place } from './matrix.ts';

export type Path = {
  readonly painting: 'stroke' | 'fill' | 'both';
  readonly isClosed: boolean;
  readonly isCurved: boolean;
  /** Where its pieces begin and end; of curves with the points that they bend to. */
  readonly points: readonly Point[];
  readonly stroke: string;
  readonly fill: string;
  readonly lineWidth: number;
  readonly dash: readonly number[];
};

/** Letters that are shown in one go. `at`: the left end of their baseline; `matrix`: of a font size of 1 there. */
export type Letters = { readonly text: string; readonly matrix: Matrix; readonly width: number; readonly fill: string };

export type Mark = {
  readonly tag: string;
  /** The id of its layer, of what is drawn on one. */
  readonly layer: string | undefined;
  /** From the units that held where it began to points of the page. */
  readonly matrix: Matrix;
  readonly paths: Path[];
  readonly letters: Letters[];
};

export type Operators = { readonly fnArray: readonly number[]; readonly argsArray: readonly unknown[] };

type State = {
  readonly ctm: Matrix;
  readonly stroke: string;
  readonly fill: string;
  readonly lineWidth: number;
  readonly dash: readonly number[];
  readonly fontSize: number;
};

const start: State = {
  ...{ ctm: [1, 0, 0, 1, 0, 0], stroke: '#000000', fill: '#000000' },
  ...{ lineWidth: 1, dash: [], fontSize: 0 },
};

/** @throws Unreadable */
export const marksOf = ({ fnArray, argsArray }: Operators): readonly Mark[] => {
  const marks: Mark[] = [];
  const saved: State[] = [];
  let state = start;
  let open: Mark | undefined;
  let text: Matrix = start.ctm;
  const marked = (): Mark => {
    if (open === undefined) throw new Unreadable('something is drawn that belongs to nothing');
    return open;
  };
  for (const [index, operator] of fnArray.entries()) {
    const operands = (argsArray[index] ?? []) as readonly unknown[]; // As pdfjs gives them: a list, or null.
    switch (operator) {
      case OPS.save:
        saved.push(state);
        break;
      case OPS.restore:
        state = saved.pop() ?? start;
        break;
      case OPS.transform:
        state = { ...state, ctm: multiply(state.ctm, operands as unknown as Matrix) };
        break;
      case OPS.beginMarkedContent:
      case OPS.beginMarkedContentProps:
        if (open !== undefined) throw new Unreadable('a mark within a mark');
        open = { tag: tagOf(operands[0]), layer: layerOf(operands[1]), matrix: state.ctm, paths: [], letters: [] };
        marks.push(open);
        break;
      case OPS.endMarkedContent:
        open = undefined;
        break;
      case OPS.setLineWidth:
      case OPS.setStrokeRGBColor:
      case OPS.setFillRGBColor:
      case OPS.setDash:
      case OPS.setFont:
        state = { ...state, ...changeOf(operator, operands) };
        break;
      case OPS.constructPath:
        marked().paths.push(pathOf(operands, state));
        break;
      case OPS.setTextMatrix:
        text = matrixOf(operands[0]);
        break;
      case OPS.showText:
        marked().letters.push(lettersOf(operands[0], multiply(state.ctm, text), state));
        break;
      default:
        if (!ignored.has(operator)) throw new Unreadable(`an operator ${operator} on a page`);
    }
  }
  if (open !== undefined || saved.length > 0) throw new Unreadable('a mark that does not end');
  return marks;
};

const ignored: ReadonlySet<number> = new Set([OPS.dependency, OPS.beginText, OPS.endText, OPS.setTextRenderingMode]);

/** A name by itself, and where it has properties a text. */
const tagOf = (tag: unknown): string =>
  typeof tag === 'string' ? tag : String((tag as { readonly name?: unknown }).name);

const layerOf = (properties: unknown): string | undefined => {
  const { type, id } = (properties ?? {}) as { readonly type?: unknown; readonly id?: unknown }; // Of `OC`: its group.
  return type === 'OCG' && typeof id === 'string' ? id : undefined;
};

const changeOf = (operator: number, operands: readonly unknown[]): Partial<State> => {
  const [first, second] = operands;
  if (operator === OPS.setLineWidth) return { lineWidth: Number(first) };
  if (operator === OPS.setStrokeRGBColor) return { stroke: String(first) };
  if (operator === OPS.setFillRGBColor) return { fill: String(first) };
  if (operator === OPS.setDash) return { dash: Array.from(first as Iterable<number>) };
  return { fontSize: Number(second) };
};

/** How `constructPath` says what becomes of it. */
const paintings: ReadonlyMap<unknown, Path['painting']> = new Map([
  [OPS.stroke, 'stroke'],
  [OPS.closeStroke, 'stroke'],
  [OPS.fill, 'fill'],
  [OPS.fillStroke, 'both'],
]);

/** pdfjs packs a path as a code and its coordinates: 0 move, 1 line, 2 curve, 4 close. */
const pathOf = ([painted, packed]: readonly unknown[], { ctm, ...state }: State): Path => {
  const painting = paintings.get(painted);
  const [data] = packed as readonly (Float32Array | null)[]; // One path each.
  if (painting === undefined || data === null || data === undefined) throw new Unreadable('a path that is not painted');
  const points: Point[] = [];
  let [isClosed, isCurved, at] = [painted === OPS.closeStroke, false, 0];
  while (at < data.length) {
    const code = data[at];
    const pairs = code === 0 || code === 1 ? 1 : code === 2 ? 3 : 0;
    if (code === 4) isClosed = true;
    else if (pairs === 0 || (code === 0 && at > 0)) throw new Unreadable(`a path with a code ${code}`);
    if (code === 2) isCurved = true;
    for (let pair = 0; pair < pairs; pair += 1) {
      points.push(place(ctm, { x: data[at + 1 + 2 * pair] ?? Number.NaN, y: data[at + 2 + 2 * pair] ?? Number.NaN }));
    }
    at += 1 + 2 * pairs;
  }
  const scale = Math.hypot(ctm[0], ctm[1]);
  const { stroke, fill, lineWidth, dash } = state;
  return {
    ...{ painting, isClosed, isCurved, points, stroke, fill },
    ...{ lineWidth: lineWidth * scale, dash: dash.map((length) => length * scale) },
  };
};

const matrixOf = (value: unknown): Matrix => {
  const [a, b, c, d, e, f] = Array.from(value as Iterable<number>);
  return [a ?? 1, b ?? 0, c ?? 0, d ?? 1, e ?? 0, f ?? 0];
};

type ShownGlyph = { readonly unicode: string; readonly width: number };

/** A glyph of several characters has them as they are read: those that go to the left are turned around like the others. */
const lettersOf = (shown: unknown, matrix: Matrix, { fontSize, fill }: State): Letters => {
  let [text, width] = ['', 0];
  for (const each of shown as readonly (ShownGlyph | number)[]) {
    if (typeof each === 'number') {
      width -= each / 1000;
      continue;
    }
    const isTurned = each.unicode.length > 1 && /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]/.test(each.unicode);
    text += isTurned ? [...each.unicode].reverse().join('') : each.unicode;
    width += each.width / 1000;
  }
  return { text, width, fill, matrix: multiply(matrix, [fontSize, 0, 0, fontSize, 0, 0]) };
};
