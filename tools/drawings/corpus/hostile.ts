/** Words that formats take for something else than words. */
import { hostileTexts } from '@plenum/drawing/testing';

/** Longer than any name that is let in: a drawing has to hold it all the same. */
const tooLong = 'Ж<&'.repeat(1667).slice(0, 5000);

export const hostileWords: readonly string[] = [
  '<script>alert(1)</script>',
  '%%c',
  'two\nlines',
  'عربي שלום RTL',
  tooLong,
  ...hostileTexts,
];
