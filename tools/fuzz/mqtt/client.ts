/** A client in memory: the server's end of its connection is a stream, and its own end is what happens to that. */
import { Duplex } from 'node:stream';
import { bytes, bytes5 } from '@plenum/mqtt/testing';
import { acknowledgedBy, type Heard, hear, nothingHeard, type Owed } from './heard.ts';
import { levelOf, nothingSaid, type Said, say } from './said.ts';
import type { Step } from './steps.ts';

export type How = (Step & { does: 'acknowledge' })['how'];

export type Client = {
  /** What the server is given. */
  readonly stream: Duplex;
  send(piece: Uint8Array): void;
  acknowledge(how: How): void;
  end(): void;
  destroy(): void;
  stall(): void;
  listen(): void;
  /** The server has to close its side, and soon. */
  mustBeClosed(): boolean;
  /** It has. */
  isClosed(): boolean;
};

/** `wrong` is called with what is wrong with what the server sends. */
export const newClient = (halfOpen: boolean, wrong: (problem: string) => void): Client => {
  const said: Said = nothingSaid();
  const heard: Heard = nothingHeard();
  let isStalled = false;
  let hasEnded = false;
  let waiting: { readonly chunk: Buffer; readonly taken: () => void } | undefined;

  const take = (chunk: Buffer): void => {
    try {
      hear(heard, said, chunk);
    } catch (error) {
      wrong((error as Error).message);
    }
  };
  const stream = new Duplex({
    allowHalfOpen: halfOpen,
    read: () => undefined,
    write: (chunk: Buffer, _, taken) => {
      if (isStalled) {
        waiting = { chunk, taken };
        return;
      }
      take(chunk);
      taken();
    },
    final: (finished) => {
      if (heard.rest.length > 0) wrong('the server has closed in the middle of a packet');
      finished();
    },
  });
  stream.on('error', () => undefined);
  stream.on('finish', () => end());

  const send = (piece: Uint8Array): void => {
    if (hasEnded || stream.destroyed) return;
    say(said, piece, ({ type, id, reason }) => acknowledgedBy(heard, { type, id }, reason >= 0x80));
    stream.push(piece);
  };
  const end = (): void => {
    if (hasEnded || stream.destroyed) return;
    hasEnded = true;
    stream.push(null);
  };
  return {
    stream,
    send,
    acknowledge: (how) => {
      for (const owed of heard.owed.splice(0)) for (const answer of answersTo(owed, how, levelOf(said))) send(answer);
    },
    end,
    destroy: () => {
      hasEnded = true;
      stream.destroy(new Error('reset'));
    },
    stall: () => {
      isStalled = true;
    },
    listen: () => {
      isStalled = false;
      const { chunk, taken } = waiting ?? {};
      waiting = undefined;
      if (chunk === undefined || stream.destroyed) return;
      take(chunk);
      taken?.();
    },
    mustBeClosed: () => said.ended || hasEnded,
    isClosed: () => stream.destroyed || stream.writableEnded,
  };
};

const types = { puback: bytes.puback, pubrec: bytes.pubrec, pubcomp: bytes.pubcomp };

const answersTo = ({ type, id }: Owed, how: How, level: number): readonly Buffer[] => {
  const right = bytes.answer(types[type], id);
  if (how === 'twice') return [right, right];
  if (how === 'wrongly')
    return [bytes.answer(types[type === 'puback' ? 'pubrec' : 'puback'], id), bytes.answer(types[type], id + 1)];
  if (how === 'refusing' && level === 5) return [bytes5.answer5(types[type], id, type === 'pubcomp' ? 0x92 : 0x97)];
  return [right];
};
