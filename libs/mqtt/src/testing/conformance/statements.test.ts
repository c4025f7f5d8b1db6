import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { themes } from './scripts/themes.ts';
import { scripted, standards, statementsOf } from './statements.ts';

for (const standard of standards) {
  describe(`the statements of ${standard.name}`, () => {
    const all = statementsOf(standard);
    const inNames = scripted(themes, standard.level);
    const excused = standard.reasons.flatMap(({ statements }) => statements);

    it('are each in the name of a script, or it is said why not', () => {
      assert.deepEqual(
        all.filter((statement) => !inNames.has(statement) && !excused.includes(statement)),
        [],
      );
    });

    it('are excused once, and only where no script names them', () => {
      assert.deepEqual(
        excused.filter((statement, at) => excused.indexOf(statement) !== at || inNames.has(statement)),
        [],
      );
    });

    it('exist, where scripts name them or they are excused', () => {
      assert.deepEqual(
        [...inNames, ...excused].filter((statement) => !all.includes(statement)),
        [],
      );
    });
  });
}
