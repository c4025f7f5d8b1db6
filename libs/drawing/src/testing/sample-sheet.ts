import type { Sheet } from '../sheet.ts';
import { hostileTexts, sampleDrawing } from './sample-drawing.ts';

/** The sample drawing with a title block, and tables of which one is longer than a page. */
export const sampleSheet = (): Sheet => ({
  drawing: sampleDrawing(),
  paper: 'a3',
  titleBlock: [
    ['Project', 'Office 4.12'],
    ['Material', hostileTexts[4] ?? ''],
    ['Drawn by', 'Ђорђе Ćirić'],
    ['Date', '2026-11-28T12:00:00Z'],
    ['Note', 'x'.repeat(500)],
  ],
  tables: [
    {
      heading: 'Cutting list',
      columns: ['Panel', 'Length, mm', 'Width, mm', 'Pieces'],
      rows: Array.from({ length: 70 }, (_, index) => [`P${index + 1}`, '1333.3', '1500', '1']),
    },
    {
      heading: 'Costs',
      columns: ['What', 'Amount'],
      rows: [
        ['Material <b>', '5400.00'],
        ['Labour', '1350.00'],
      ],
    },
    { heading: 'Nothing', columns: ['Empty'], rows: [] },
  ],
});
