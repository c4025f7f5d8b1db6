/** Draws series as small multiples: a row for each measure, a panel for each process, all with one time axis. */
import { type Measure, type Series, trendOf, units } from './series.ts';
import { secondHalf } from './slope.ts';

const panel = { width: 232, height: 112, left: 46, top: 26, right: 12, bottom: 20 };
const labelWidth = 120;
const headHeight = 54;
const measures: readonly Measure[] = ['memory', 'live', 'collected', 'handles', 'loop', 'lag', 'disk'];

export const drawSeries = (title: string, series: readonly Series[]): string => {
  const rows = measures.map((measure) => ({ measure, of: series.filter((one) => one.measure === measure) }));
  const columns = Math.max(1, ...rows.map(({ of }) => of.length));
  const width = labelWidth + columns * panel.width;
  const height = headHeight + rows.length * panel.height + 8;
  const seconds = Math.max(1, ...series.map(({ points }) => points.at(-1)?.second ?? 0));
  const drawn = rows.flatMap(({ measure, of }, row) => {
    const y = headHeight + row * panel.height;
    const label = `<text class="row" x="16" y="${y + panel.top + 12}">${measure}</text>
      <text class="unit" x="16" y="${y + panel.top + 26}">${wrapped(units[measure], 16, y + panel.top + 26)}</text>`;
    return [label, ...of.map((one, column) => drawPanel(one, { x: labelWidth + column * panel.width, y, seconds }))];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>
  text { font: 11px system-ui, sans-serif; fill: #334155; }
  .title { font-size: 15px; font-weight: 600; fill: #0f172a; }
  .row { font-weight: 600; fill: #0f172a; }
  .unit, .tick { font-size: 9.5px; fill: #64748b; }
  .trend { stroke: #dc2626; stroke-width: 1; stroke-dasharray: 4 3; fill: none; }
  .line { stroke: #0369a1; stroke-width: 1.3; fill: none; stroke-linejoin: round; }
  .frame { stroke: #cbd5e1; fill: none; shape-rendering: crispEdges; }
</style>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text class="title" x="16" y="26">${escaped(title)}</text>
<text class="unit" x="16" y="42">dashed: the straight line through the second half, and its slope per hour</text>
${drawn.join('\n')}
</svg>
`;
};

type Place = { readonly x: number; readonly y: number; readonly seconds: number };

const drawPanel = (series: Series, { x, y, seconds }: Place): string => {
  const { points, of } = series;
  const top = niceCeiling(Math.max(1, ...points.map(({ value }) => value)));
  const left = x + panel.left;
  const bottom = y + panel.height - panel.bottom;
  const innerWidth = panel.width - panel.left - panel.right;
  const innerHeight = panel.height - panel.top - panel.bottom;
  const at = (second: number, value: number): string =>
    `${(left + (second / seconds) * innerWidth).toFixed(1)},${(bottom - (Math.max(0, value) / top) * innerHeight).toFixed(1)}`;
  const { perHour } = trendOf(series);
  const [begin, end] = trendLine(series);
  return `<text x="${left}" y="${y + panel.top - 8}">${escaped(of)}</text>
<text class="tick" x="${x + panel.width - panel.right}" y="${y + panel.top - 8}" text-anchor="end">${perHour >= 0 ? '+' : '−'}${shortNumber(Math.abs(perHour))}/h</text>
<path class="frame" d="M${left},${y + panel.top}V${bottom}H${left + innerWidth}"/>
<text class="tick" x="${left - 5}" y="${y + panel.top + 4}" text-anchor="end">${shortNumber(top)}</text>
<text class="tick" x="${left - 5}" y="${bottom + 3}" text-anchor="end">0</text>
<text class="tick" x="${left}" y="${bottom + 12}">0</text>
<text class="tick" x="${left + innerWidth}" y="${bottom + 12}" text-anchor="end">${shortTime(seconds)}</text>
<polyline class="line" points="${points.map(({ second, value }) => at(second, value)).join(' ')}"/>
<polyline class="trend" points="${at(...begin)} ${at(...end)}"/>`;
};

type End = readonly [second: number, value: number];

/** Through the middle of the second half. */
const trendLine = (series: Series): readonly [End, End] => {
  const half = secondHalf(series.points);
  const [from, to] = [half[0]?.second ?? 0, half.at(-1)?.second ?? 0];
  const mean = half.reduce((sum, { value }) => sum + value, 0) / Math.max(1, half.length);
  const rise = trendOf(series).growth / 2;
  return [
    [from, mean - rise],
    [to, mean + rise],
  ];
};

const niceCeiling = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
};

const shortNumber = (value: number): string => {
  if (value >= 10_000) return `${Math.round(value / 1_000)}k`;
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
};

const shortTime = (seconds: number): string =>
  seconds >= 120 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds)} s`;

/** A unit of several words takes several lines. */
const wrapped = (text: string, x: number, y: number): string =>
  text
    .split(', ')
    .map((part, index) => `<tspan x="${x}" y="${y + index * 12}">${escaped(part)}</tspan>`)
    .join('');

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
