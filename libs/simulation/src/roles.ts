/**
 * Which message of a run plays which part. Shares are exact, not drawn: after every block the number of messages of
 * each part so far is the share of all messages so far, rounded down, and only their places in the block are random.
 */
import { type Numbers, shuffled } from './random.ts';

/**
 * What is wrong with a message, if anything: `again` is an earlier reading once more with the same bytes, `late` was
 * measured ten minutes ago, `reordered` was measured before the reading that its sensor sent before it.
 */
export type Role = 'plain' | Disturbance;
export type Disturbance = 'malformed' | 'again' | 'late' | 'reordered';

/** Of all messages, each 0 to 1, together at most 1. */
export type Shares = Readonly<Record<Disturbance, number>>;

export const disturbances: readonly Disturbance[] = ['malformed', 'again', 'late', 'reordered'];

const blockLength = 1_000;

/** The role of each message in turn. Messages that are not `eligible` are plain, and later ones make up for them. */
export function* roles(
  numbers: Numbers,
  shares: Shares,
  { messages, eligible }: { readonly messages: number; readonly eligible: (n: number) => boolean },
): Generator<Role, void> {
  const given = new Map<Disturbance, number>(disturbances.map((role) => [role, 0]));
  for (let from = 0; from < messages; from += blockLength) {
    const end = Math.min(from + blockLength, messages);
    const block: Role[] = new Array<Role>(end - from).fill('plain');
    const open = [...block.keys()].filter((index) => eligible(from + index));
    const places = shuffled(numbers, open).values();
    for (const role of disturbances) {
      // A share such as 0.29 is a little less than that in binary.
      const due = Math.floor(shares[role] * end + 1e-6);
      for (let count = given.get(role) ?? 0; count < due; count += 1) {
        const place = places.next();
        if (place.done === true) break;
        block[place.value] = role;
        given.set(role, count + 1);
      }
    }
    yield* block;
  }
}
