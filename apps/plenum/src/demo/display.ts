/** A small block of lines at the bottom of the terminal that is redrawn in place; without a terminal, plain lines. */
import type { Surroundings } from '../command-line/command.ts';

export type Display = {
  /** Replaces the block. Without a terminal nothing is shown. */
  redraw(lines: readonly string[]): void;
  /** Writes above the block, or just writes. */
  print(text: string): void;
  /** Leaves the block where it is, and the cursor below it. */
  end(): void;
};

const clearBelow = '\u001b[J';
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);

export const terminalDisplay = ({ tell, columns }: Pick<Surroundings, 'tell' | 'columns'>): Display => {
  let drawn: readonly string[] = [];
  const draw = (lines: readonly string[]): string => {
    // A terminal whose width nobody has set says 0.
    const width = columns() || 80;
    // A line that wraps would make the block taller than it counts.
    return lines.map((line) => `${line.slice(0, Math.max(width - 1, 1))}\n`).join('');
  };
  return {
    redraw: (lines) => {
      if (columns() === undefined) return;
      tell(`${up(drawn.length)}\r${clearBelow}${draw(lines)}`);
      drawn = lines;
    },
    print: (text) => {
      if (drawn.length === 0) tell(text);
      else tell(`${up(drawn.length)}\r${clearBelow}${text}${draw(drawn)}`);
    },
    end: () => {
      drawn = [];
    },
  };
};
