/** Where everything stands on paper: millimetres from the upper left corner, y down. */
import type { Sheet, SheetTable } from '@plenum/drawing';
import { type Font, fontOf } from './font.ts';
import { type Area, reachOf, scaleFor } from './scale.ts';
import { fitted, heldText, widthOf } from './text.ts';

export type Label = {
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly height: number;
  readonly text: string;
  readonly bold: boolean;
  readonly color: string;
};
export type Rule = { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };
export type PagePlan = { readonly labels: readonly Label[]; readonly rules: readonly Rule[] };

export type SheetPlan = {
  readonly paper: Area;
  readonly scale: number;
  /** Where the origin of the drawing lies. */
  readonly origin: { readonly x: number; readonly y: number };
  readonly bar: { readonly x: number; readonly y: number };
  /** The drawing's, and then those of tables. */
  readonly pages: readonly PagePlan[];
};

const papers = { a4: { width: 297, height: 210 }, a3: { width: 420, height: 297 } } as const;
const margin = 10;
const padding = 2;
const cellHeight = 8;
const cellsAcross = 3;
const headHeight = 10;
const barHeight = 10;
const rowHeight = 6;
const cellsMax = 24;
export const ink = '#000000';
const grey = '#666666';

/** @throws RangeError when the drawing does not fit at any scale, or the title block has too many lines. */
export const planSheet = (sheet: Sheet): SheetPlan => {
  const paper = papers[sheet.paper];
  if (sheet.titleBlock.length > cellsMax) throw new RangeError(`a title block of more than ${cellsMax} lines`);
  const blockHeight = headHeight + Math.ceil((sheet.titleBlock.length + 2) / cellsAcross) * cellHeight;
  const blockTop = paper.height - margin - blockHeight;
  const area = { width: paper.width - 2 * margin - 10, height: blockTop - margin - barHeight - 8 };
  const reach = reachOf(sheet.drawing);
  const scale = scaleFor(reach, area);
  const tables = planTables(sheet, paper);
  return {
    paper,
    scale,
    origin: {
      x: margin + 5 + area.width / 2 - (reach.minX + reach.maxX) / 2 / scale,
      y: margin + 4 + area.height / 2 + (reach.minY + reach.maxY) / 2 / scale,
    },
    bar: { x: margin + 5, y: blockTop - barHeight + 2 },
    pages: [planTitleBlock(sheet, { paper, scale, blockTop, pages: tables.length + 1 }), ...tables],
  };
};

type Block = { readonly paper: Area; readonly scale: number; readonly blockTop: number; readonly pages: number };

const planTitleBlock = (sheet: Sheet, { paper, scale, blockTop, pages }: Block): PagePlan => {
  const width = paper.width - 2 * margin;
  const cellWidth = width / cellsAcross;
  const cells = [
    ...sheet.titleBlock,
    ['Scale', `1:${scale} on ${sheet.paper.toUpperCase()}, millimetres`] as const,
    ['Sheet', `1 / ${pages}`] as const,
  ];
  const rows = Math.ceil(cells.length / cellsAcross);
  const title = { height: 4, font: fontOf('bold') };
  return {
    labels: [
      {
        ...{ x: margin + padding, y: blockTop + 7, height: title.height, bold: true, color: ink },
        text: fitted(sheet.drawing.title, title.height, width - 2 * padding, title.font),
      },
      ...cells.flatMap(([label, value], index): Label[] => {
        const x = margin + (index % cellsAcross) * cellWidth + padding;
        const y = blockTop + headHeight + Math.floor(index / cellsAcross) * cellHeight;
        const room = cellWidth - 2 * padding;
        return [
          { x, y: y + 2.7, height: 1.5, bold: false, color: grey, text: fitted(label, 1.5, room, fontOf('regular')) },
          { x, y: y + 6.5, height: 2.3, bold: false, color: ink, text: fitted(value, 2.3, room, fontOf('regular')) },
        ];
      }),
    ],
    rules: [
      ...frameOf(paper),
      { x1: margin, y1: blockTop, x2: paper.width - margin, y2: blockTop },
      ...Array.from({ length: rows }, (_, index) => {
        const y = blockTop + headHeight + index * cellHeight;
        return { x1: margin, y1: y, x2: paper.width - margin, y2: y };
      }),
      ...Array.from({ length: cellsAcross - 1 }, (_, index) => {
        const x = margin + (index + 1) * cellWidth;
        return { x1: x, y1: blockTop + headHeight, x2: x, y2: paper.height - margin };
      }),
    ],
  };
};

const frameOf = ({ width, height }: Area): readonly Rule[] => {
  const [right, bottom] = [width - margin, height - margin];
  return [
    { x1: margin, y1: margin, x2: right, y2: margin },
    { x1: right, y1: margin, x2: right, y2: bottom },
    { x1: right, y1: bottom, x2: margin, y2: bottom },
    { x1: margin, y1: bottom, x2: margin, y2: margin },
  ];
};

const planTables = ({ drawing, tables }: Sheet, paper: Area): readonly PagePlan[] => {
  const pages: { labels: Label[]; rules: Rule[] }[] = [];
  const bottom = paper.height - margin - 10;
  let y = bottom;
  const newPage = () => {
    pages.push({ labels: [], rules: [...frameOf(paper)] });
    y = margin + 4;
  };
  for (const table of tables) {
    const widths = columnWidths(table, paper.width - 2 * margin - 10);
    const begin = (heading: string): void => {
      // A heading with nothing below it is of no use to anybody.
      if (y + 8 + 2 * rowHeight > bottom) newPage();
      const page = pages.at(-1);
      const [x, font] = [margin + 5, fontOf('bold')];
      page?.labels.push({
        ...{ x, y: y + 6, height: 3.2, bold: true, color: ink },
        text: fitted(heading, 3.2, paper.width - 2 * margin - 10, font),
      });
      y += 9;
      row(table.columns, true);
    };
    const row = (values: readonly string[], isHead: boolean): void => {
      const page = pages.at(-1);
      page?.labels.push(...cellsOf(table, values, { widths, y, isHead }));
      y += rowHeight;
      const right = margin + 5 + widths.reduce((sum, width) => sum + width, 0);
      page?.rules.push({ x1: margin + 5, y1: y, x2: right, y2: y });
    };
    begin(table.heading);
    for (const values of table.rows) {
      if (y + rowHeight > bottom) {
        y = bottom;
        begin(`${table.heading} (continued)`);
      }
      row(values, false);
    }
    y += 6;
  }
  return pages.map((page, index) => footed(page, drawing.title, `${index + 2} / ${pages.length + 1}`, paper));
};

const footed = (page: PagePlan, title: string, number: string, paper: Area): PagePlan => {
  const font = fontOf('regular');
  const y = paper.height - margin - 3;
  const foot = { y, height: 2, bold: false, color: grey };
  const x = paper.width - margin - 5 - widthOf(number, 2, font);
  return {
    rules: page.rules,
    labels: [
      ...page.labels,
      { ...foot, x: margin + 5, text: fitted(title, 2, paper.width - 2 * margin - 50, font) },
      { ...foot, x, text: number },
    ],
  };
};

type Row = { readonly widths: readonly number[]; readonly y: number; readonly isHead: boolean };

const cellHeightOfText = 2.2;

const cellsOf = (table: SheetTable, values: readonly string[], { widths, y, isHead }: Row): readonly Label[] => {
  let x = margin + 5;
  return values.map((value, index): Label => {
    const width = widths[index] ?? 0;
    const font: Font = fontOf(isHead ? 'bold' : 'regular');
    const text = fitted(value, cellHeightOfText, width - 2 * padding, font);
    const left = isNumeric(table, index) ? x + width - padding - widthOf(text, cellHeightOfText, font) : x + padding;
    x += width;
    return { x: left, y: y + 4.2, height: cellHeightOfText, bold: isHead, color: ink, text };
  });
};

/** Numbers stand one below the other. */
const isNumeric = ({ rows }: SheetTable, column: number): boolean =>
  rows.length > 0 && rows.every((row) => /^[-$€]?[\d., ]+( ?(%|mm|m|m²|pcs))?$/.test(row[column] ?? ''));

/** As wide as what is in them, and narrower in proportion where that is too much. */
const columnWidths = ({ columns, rows }: SheetTable, room: number): readonly number[] => {
  const natural = columns.map((column, index) => {
    let widest = widthOf(heldText(column), cellHeightOfText, fontOf('bold'));
    for (const row of rows) {
      widest = Math.max(
        widest,
        widthOf(heldText((row[index] ?? '').slice(0, 200)), cellHeightOfText, fontOf('regular')),
      );
    }
    return Math.max(20, widest + 2 * padding + 0.5);
  });
  const sum = natural.reduce((total, width) => total + width, 0);
  return sum <= room ? natural : natural.map((width) => (width * room) / sum);
};
