/** How far an export is: a bar that is redrawn on a terminal, a line now and then without one. */
import type { Surroundings } from '../command-line/command.ts';
import { terminalDisplay } from '../demo/display.ts';

export type Progress = { readonly rows: number; readonly percent: number };

const lineEveryMs = 5_000;
const barWidth = 30;

export const progressShown = (
  surroundings: Pick<Surroundings, 'tell' | 'columns'>,
  nowMs = () => performance.now(),
) => {
  const display = terminalDisplay(surroundings);
  let saidMs = nowMs();
  return {
    at: (progress: Progress): void => {
      if (surroundings.columns() !== undefined) {
        display.redraw([progressLine(progress)]);
      } else if (nowMs() - saidMs >= lineEveryMs) {
        saidMs = nowMs();
        display.print(`${progressLine(progress)}\n`);
      }
    },
    end: (): void => {
      display.redraw([]);
      display.end();
    },
  };
};

/** `[###---…]  52 %  520,000 rows` */
export const progressLine = ({ rows, percent }: Progress): string => {
  const full = Math.floor((percent / 100) * barWidth);
  const bar = '#'.repeat(full) + '-'.repeat(barWidth - full);
  return `[${bar}] ${String(percent).padStart(3)} %  ${rows.toLocaleString('en-US')} rows`;
};
