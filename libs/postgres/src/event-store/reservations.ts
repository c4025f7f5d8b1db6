/** Names that streams hold alone, in the transaction of a decision. */
import type { Reservation, ReservationChange } from '@plenum/runtime';
import type pg from 'pg';

/** Undoes the transaction in which it is thrown. */
export class NameHeld extends Error {
  readonly heldName: string;
  constructor(heldName: string) {
    super('another stream has this name');
    this.name = 'NameHeld';
    this.heldName = heldName;
  }
}

/** Waits for another transaction that takes or gives one of these names. @throws NameHeld */
export const changeHands = async (client: pg.ClientBase, changes: readonly ReservationChange[]): Promise<void> => {
  if (changes.length === 0) return;
  const { rows } = await client.query<{ held: string | null }>({
    name: 'plenum_store_reserve',
    text: 'select plenum_store.reserve($1, $2, $3) as held',
    values: [changes.map(({ name }) => name), changes.map(({ from }) => from), changes.map(({ to }) => to)],
  });
  const held = rows[0]?.held ?? undefined;
  if (held !== undefined) throw new NameHeld(held);
};

/** All that there are, instead of those that were there. */
export const replaceReservations = async (
  client: pg.ClientBase,
  reservations: readonly Reservation[],
): Promise<void> => {
  await client.query('truncate plenum_store.reservation');
  await client.query(
    'insert into plenum_store.reservation (name, stream) select * from unnest($1::text[], $2::text[])',
    [reservations.map(({ name }) => name), reservations.map(({ stream }) => stream)],
  );
};
