/** An answer that stays open: what a route says into it as things happen, and how the client's reading is seen. */
import type { Headers } from './answer.ts';

export type LiveConnection = {
  write(bytes: Uint8Array): void;
  /** How many bytes wait here for the client to take them. */
  waiting(): number;
  /** Settles when nothing waits any more, or when it is closed. */
  drained(): Promise<void>;
  /** Sends these and closes, within seconds even where nobody reads. Everything later is ignored. */
  end(last: Uint8Array): void;
  /** Aborts when the connection is gone, by either side. */
  readonly closed: AbortSignal;
};

export class LiveAnswer {
  readonly headers: Headers;
  /** Called once, when the head of the answer has been sent. */
  readonly begin: (connection: LiveConnection) => void;
  constructor(headers: Headers, begin: (connection: LiveConnection) => void) {
    this.headers = headers;
    this.begin = begin;
  }
}

/** Handlers give it back in place of a body. A request for the head alone begins nothing. */
export const liveAnswer = (headers: Headers, begin: (connection: LiveConnection) => void): LiveAnswer =>
  new LiveAnswer(headers, begin);
