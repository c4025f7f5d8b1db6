/** Drawings to write: a ceiling with everything that a drawing can hold, and one with very many panels. */
import type { Drawing, Layer, Polygon, Shape } from '../drawing.ts';

/** What formats take for something else than text. */
export const hostileTexts: readonly string[] = [
  '<script>alert(1)</script> & "quotes" \'single\' ]]>',
  '%%c %%d %%% %%nnn %%65 100% 50%% off',
  String.raw`\U+0041 \M+54142 C:\temp {\b bold} ^J ^M ^`,
  'line one\nline two\r\ttab\0nul\u0085\u2028',
  'مرحبا שלום Ćevapčići Ђорђе Ελλάδα',
  '\u{1F600} \u{20000} \uD800 lone \uFEFF',
  ') Tj ET (escape \\( \\) <</JS (x)>>',
  '0',
  'SECTION',
  ' leading and trailing ',
];

const layer = (name: string, colorIndex: number, stroke: string, more: Partial<Layer> = {}): Layer => ({
  ...{ name, colorIndex, stroke, strokeWidth: 3 },
  ...more,
});

const rectangle = (on: string, x: number, y: number, width: number, height: number): Polygon => ({
  ...{ kind: 'polygon', layer: on },
  points: [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ],
});

const panels = (columns: number, rows: number, length: number, width: number, gap: number, from: number): Shape[] =>
  Array.from({ length: columns * rows }, (_, index): Shape[] => {
    const [x, y] = [from + Math.floor(index / rows) * (length + gap), from + (index % rows) * (width + gap)] as const;
    return [
      rectangle('PANELS', x, y, length, width),
      {
        ...{ kind: 'text', layer: 'ANNOTATIONS', align: 'middle', at: { x: x + length / 2, y: y + width / 2 } },
        ...{ height: Math.min(50, width / 10), text: `P${index + 1}` },
      },
    ];
  }).flat();

/** 4800 × 3600 mm, six panels, dimensions each way and askew, two nodes, and texts that are no text to some. */
export const sampleDrawing = (): Drawing => ({
  title: 'Ceiling 4800 × 3600 <sample>',
  layers: [
    layer('CEILING_BOUNDARY', 7, '#333333', { fill: '#f0f0f0' }),
    layer('PERIMETER_GAP', 2, '#999999', { strokeWidth: 0.75, dash: [10, 5] }),
    layer('PANELS', 1, '#0066cc', { strokeWidth: 1.5, fill: '#e8f4f8' }),
    layer('ANNOTATIONS', 3, '#333333'),
    layer('DIMENSIONS', 4, '#555555', { strokeWidth: 2 }),
    layer('SENSOR_NODES', 6, '#cc3300', { strokeWidth: 4 }),
  ],
  shapes: [
    rectangle('CEILING_BOUNDARY', 0, 0, 4800, 3600),
    rectangle('PERIMETER_GAP', 200, 200, 4400, 3200),
    ...panels(3, 2, 4000 / 3, 1500, 200, 200),
    { kind: 'dimension', layer: 'DIMENSIONS', from: { x: 0, y: 0 }, to: { x: 4800, y: 0 }, offset: -250, height: 80 },
    {
      kind: 'dimension',
      layer: 'DIMENSIONS',
      from: { x: 4800, y: 0 },
      to: { x: 4800, y: 3600 },
      offset: -250,
      height: 80,
    },
    {
      kind: 'dimension',
      layer: 'DIMENSIONS',
      from: { x: 200, y: 200 },
      to: { x: 200 + 4000 / 3, y: 200 },
      offset: 150,
      height: 60,
    },
    { kind: 'dimension', layer: 'DIMENSIONS', from: { x: 0, y: 3600 }, to: { x: 0, y: 0 }, offset: -250, height: 80 },
    {
      kind: 'dimension',
      layer: 'DIMENSIONS',
      from: { x: 1900, y: 2100 },
      to: { x: 2800, y: 3200 },
      offset: 100,
      height: 60,
    },
    { kind: 'circle', layer: 'SENSOR_NODES', center: { x: 1633.3, y: 1800 }, radius: 60 },
    { kind: 'circle', layer: 'SENSOR_NODES', center: { x: 3166.7, y: 1800 }, radius: 60 },
    { kind: 'line', layer: 'SENSOR_NODES', from: { x: 1693.3, y: 1800 }, to: { x: 3106.7, y: 1800 } },
    ...hostileTexts.map(
      (text, index): Shape => ({
        ...{ kind: 'text', layer: 'ANNOTATIONS', align: 'start', at: { x: 0, y: 3700 + index * 120 } },
        ...{ height: 70, text },
      }),
    ),
  ],
});

/** So many panels with their labels, in a square. */
export const manyPanels = (count: number): Drawing => {
  const rows = Math.ceil(Math.sqrt(count));
  return {
    title: `${count} panels`,
    layers: [layer('PANELS', 1, '#0066cc'), layer('ANNOTATIONS', 3, '#333333')],
    shapes: panels(rows, rows, 600, 600.1, 10, 5).slice(0, 2 * count),
  };
};
