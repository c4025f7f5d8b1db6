/** Members of a group as processes of their own, started by a test. */
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { startProgram } from '@plenum/runtime/testing';
import type { MemberLine } from './member-process.ts';

export type MemberProcess = {
  readonly child: ChildProcess;
  /** Settles when the process is no more. */
  readonly exited: Promise<unknown>;
  readonly lines: readonly MemberLine[];
  /** Settles when `met` holds; looked at whenever the process says something. */
  until(met: () => boolean): Promise<void>;
};

export const startMemberProcess = (t: TestContext, url: string, group: string): MemberProcess => {
  const program = path.join(import.meta.dirname, 'member-process.ts');
  const started = startProgram(t, { words: [program, url, group], env: process.env });
  return {
    child: started.process,
    exited: started.exited,
    get lines() {
      const whole = started.stdout().split('\n').slice(0, -1);
      return whole.map((line) => JSON.parse(line) as MemberLine); // Written by `member-process.ts` as this type.
    },
    until: (met) => started.until(() => (met() ? true : undefined)).then(() => undefined),
  };
};

export const assignedTo = (lines: readonly MemberLine[]): ReadonlySet<number> =>
  new Set(lines.flatMap((line) => (line.what === 'assigned' ? [line.partition] : [])));

/** The texts of all records that they handled. */
export const handledBy = (...members: readonly MemberProcess[]): readonly string[] =>
  members.flatMap(({ lines }) => lines.flatMap((line) => (line.what === 'handled' ? line.texts : [])));
