/** When a session is over, and what is kept of it: decisions that every store of sessions makes alike. */
import type { Leave } from './session-store.ts';

export type WillTimes = {
  readonly delayMs: number;
  /** `undefined` while the client is connected. */
  readonly dueAtMs: number | undefined;
};

export type SessionLife<W extends WillTimes = WillTimes> = {
  /** How long it outlives its connection. 0: it ends with it. Infinity: for ever. */
  readonly expiryMs: number;
  /** `undefined`: connected, as far as is known. */
  readonly away: { readonly sinceMs: number; readonly endsAtMs: number } | undefined;
  /** Messages up to it may have reached the client; Infinity while nobody knows. */
  readonly sentNumber: number;
  readonly will: W | undefined;
};

/** `will`: the session has ended, and is kept only until its will is published. */
export type Keeps = 'everything' | 'will' | 'nothing';

export type Lived<W extends WillTimes> = { readonly life: SessionLife<W>; readonly keeps: Keeps };

/** Of a connected one: whether it ends with its connection, which ends when the session is taken. */
export const isSessionOver = ({ expiryMs, away }: SessionLife, nowMs: number): boolean =>
  away === undefined ? expiryMs === 0 : away.endsAtMs <= nowMs;

export const takenLife = <W extends WillTimes>(expiryMs: number, will: W | undefined): SessionLife<W> => ({
  ...{ expiryMs, will },
  ...{ away: undefined, sentNumber: Number.POSITIVE_INFINITY },
});

export const leftLife = <W extends WillTimes>(life: SessionLife<W>, leave: Leave): Lived<W> => {
  const { atMs, expiryMs, sentNumber, willDueAtMs } = leave;
  const will = willDueAtMs === undefined ? undefined : life.will && { ...life.will, dueAtMs: willDueAtMs };
  return lived({ expiryMs, sentNumber, will, away: { sinceMs: atMs, endsAtMs: atMs + expiryMs } }, atMs);
};

/** When the will was published. */
export const lifeWithoutWill = <W extends WillTimes>(life: SessionLife<W>): Lived<W> => ({
  life: { ...life, will: undefined },
  keeps: life.away !== undefined && life.expiryMs === 0 ? 'nothing' : 'everything',
});

export type Adoption = { readonly nowMs: number; readonly graceMs: number };

/** When the server is gone. `lastNumber` is the highest that waits. */
export const adoptedLife = <W extends WillTimes>(
  life: SessionLife<W>,
  lastNumber: number,
  { nowMs, graceMs }: Adoption,
): Lived<W> => {
  // A number that does not wait any more may be given again.
  const sentNumber = Math.min(life.sentNumber, lastNumber);
  if (life.away !== undefined) return lived({ ...life, sentNumber }, nowMs);
  const away = { sinceMs: nowMs, endsAtMs: nowMs + life.expiryMs };
  const will = life.will && { ...life.will, dueAtMs: dueAt(life.will.delayMs, away.endsAtMs, { nowMs, graceMs }) };
  return lived({ ...life, sentNumber, away, will }, nowMs);
};

/** With the end of the session at the latest (MQTT 5, 3.1.3.2.2), unless the grace is longer. */
const dueAt = (delayMs: number, endsAtMs: number, { nowMs, graceMs }: Adoption): number =>
  Math.max(nowMs + graceMs, Math.min(nowMs + delayMs, endsAtMs));

const lived = <W extends WillTimes>(life: SessionLife<W>, nowMs: number): Lived<W> => {
  if (!isSessionOver(life, nowMs)) return { life, keeps: 'everything' };
  if (life.will === undefined) return { life, keeps: 'nothing' };
  return { life: { ...life, expiryMs: 0 }, keeps: 'will' };
};
