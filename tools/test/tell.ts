/** What people read about a test run. */
import type { FileResult } from './run-file.ts';

/** A line for a file; for one that failed, each failure and what the file printed. */
export const describeFile = ({ file, passed, failures, skips, tookMs, output }: FileResult): string => {
  const skipped = skips.length > 0 ? `, ${skips.length} skipped` : '';
  if (failures.length === 0) return `ok   ${file}: ${passed} passed${skipped}, ${Math.round(tookMs)} ms`;
  const failed = failures.map(({ name, error }) => `- ${name}\n${indented(error)}`);
  const printed = output.trim() === '' ? [] : [`what it printed:\n${indented(output.trim())}`];
  return [
    `FAIL ${file}: ${passed} passed, ${failures.length} failed${skipped}`,
    ...[...failed, ...printed].map(indented),
  ].join('\n');
};

/** What did not run on this machine, and why. Empty when all did. */
export const describeSkips = (results: readonly FileResult[]): string => {
  const lines = results.flatMap(({ file, skips }) => skips.map(({ name, reason }) => `  ${file}: ${name}: ${reason}`));
  return lines.length === 0 ? '' : ['NOT RUN on this machine:', ...lines].join('\n');
};

const indented = (text: string): string => text.replace(/^(?=.)/gm, '     ');
