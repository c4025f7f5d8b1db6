/** One client of the stream: whose it is, what it wants, and what waits to be sent to it. */
import { allows, type PresentedCredentials } from '@plenum/access';
import type { StreamKind } from '@plenum/domain';
import { type Actor, type Event, mayMeet } from '@plenum/event';
import type { LiveConnection } from '@plenum/http';
import { type EndReason, endFrame } from './frames.ts';
import type { Wanted } from './wanted.ts';

export type LiveClient = {
  readonly wanted: Wanted;
  /** What the client shows of itself; `undefined` where nobody is asked. */
  readonly shown: PresentedCredentials | undefined;
  readonly connection: LiveConnection;
  /** As known now: what it may read follows from it, event by event. */
  identity(): Actor | undefined;
  /** The client is somebody who may more, or less, from now on. */
  become(identity: Actor): void;
  mayRead(kind: StreamKind, event: Event): boolean;
  /** Keeps it for `flush`, which follows by itself when much is kept. */
  push(frame: Uint8Array): void;
  /** Sends what was pushed; ends a client that takes it too slowly. */
  flush(): void;
  end(reason: EndReason): void;
};

export type LiveClientParts = {
  readonly wanted: Wanted;
  readonly identity: Actor | undefined;
  readonly shown: PresentedCredentials | undefined;
  readonly connection: LiveConnection;
  /** Who has more than so many bytes waiting is ended at the next. */
  readonly waitingBytesMax: number;
  /** Called when it is ended from here. */
  readonly onEnd: (reason: EndReason) => void;
};

/** Sent in one piece. */
export const pieceBytes = 65_536;

export const liveClient = (parts: LiveClientParts): LiveClient => {
  const { wanted, shown, connection, waitingBytesMax, onEnd } = parts;
  let { identity } = parts;
  let pushed: Uint8Array[] = [];
  let pushedBytes = 0;
  let isEnded = false;

  const end = (reason: EndReason): void => {
    if (isEnded) return;
    isEnded = true;
    pushed = [];
    connection.end(endFrame(reason));
    onEnd(reason);
  };
  const flush = (): void => {
    if (isEnded || pushed.length === 0) return;
    if (connection.waiting() > waitingBytesMax) {
      end('slow');
      return;
    }
    const [first] = pushed;
    connection.write(pushed.length === 1 && first !== undefined ? first : Buffer.concat(pushed));
    pushed = [];
    pushedBytes = 0;
  };
  return {
    ...{ wanted, shown, connection, end, flush },
    identity: () => identity,
    become: (later) => {
      identity = later;
      if (wanted.kinds.some(({ permission }) => !allows(later.permissions, permission))) end('forbidden');
    },
    mayRead: ({ permission, whose }, { decision }) => {
      if (identity === undefined) return true;
      if (!allows(identity.permissions, permission)) return false;
      // An event of nobody's stream is not of the client's organisation.
      return whose === 'installation' || (decision !== undefined && mayMeet(identity, decision.organisation));
    },
    push: (frame) => {
      if (isEnded) return;
      pushed.push(frame);
      pushedBytes += frame.length;
      if (pushedBytes >= pieceBytes) flush();
    },
  };
};
