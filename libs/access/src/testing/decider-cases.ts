/** Specs of a decider as a table: after these events, this command comes to that. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Actor,
  type Decider,
  type NewEvent,
  defaultOrganisation as organisation,
  type Refused,
} from '@plenum/event';

export type DeciderCase<Command> = {
  readonly name: string;
  readonly given?: readonly NewEvent[];
  readonly when: Command;
  /** Types of the events, without `plenum.access.`; none: it is so already. Or why not. */
  readonly leadsTo: readonly string[] | Refused['code'];
};

export const deciderCases = <State, Command>(
  name: string,
  { initial, decide, evolve }: Decider<State, Command>,
  cases: readonly DeciderCase<Command>[],
): void => {
  describe(name, () => {
    for (const { name: spec, given = [], when, leadsTo } of cases) {
      it(spec, () => {
        const state = given.reduce(evolve, initial);
        const answer = decide(state, when);
        if (answer.outcome === 'refused') {
          assert.equal(answer.code, leadsTo, answer.reason);
          return;
        }
        assert.deepEqual(
          answer.events.map(({ type }) => type.replace('plenum.access.', '')),
          leadsTo,
        );
        if (answer.events.length === 0) return;
        // What was decided is so from then on: the same command changes nothing, or is refused.
        const again = decide(answer.events.reduce(evolve, state), when);
        assert.ok(
          again.outcome === 'refused' || again.events.length === 0 || isCounting(answer.events),
          'decided twice',
        );
      });
    }
    it('ignores events that it does not know', () => {
      const known = cases.flatMap(({ given = [] }) => given).reduce(evolve, initial);
      assert.equal(evolve(known, { type: 'plenum.access.NothingWeKnow', data: {} }), known);
    });
  });
};

/** Events that add up, or that only the one who asked knows to be different. */
const isCounting = (events: readonly NewEvent[]): boolean =>
  events.every(({ type }) => /(?:ApiKeyUsed|CredentialHashEncrypted|UserSessionsEnded)$/.test(type));

export const administrator: Actor = { id: 'boss', permissions: ['*'], organisation };
/** May decide about users and keys, and do nothing else. */
export const clerk: Actor = {
  ...{ id: 'clerk', organisation },
  permissions: ['admin:users', 'admin:api_keys', 'read:sensors'],
};
