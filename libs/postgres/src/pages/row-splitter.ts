/**
 * Takes rows out of what a server sends, as the bytes that came, before the driver makes a text of every value: of rows
 * that go out as JSON nobody ever looks at those. All other messages, and rows that nobody takes, are the driver's.
 */
import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import pg from 'pg';

export type TakesRows = {
  /** Whether a row of so many bytes is wanted; asked before it is held. */
  keeps(bytes: number): boolean;
  /** A row from its number of values (`int16`) on, as the protocol has it. Nobody writes to these bytes later. */
  take(bytes: Buffer, start: number, end: number): void;
};

/** What the protocol calls its message of one row. */
const dataRow = 'D'.charCodeAt(0);
/** What it is, and how long, counted from there. */
const headBytes = 5;

export class RowSplitter {
  /** Who gets rows from now on, if anybody. */
  taker: TakesRows | undefined;

  readonly #pass: (bytes: Buffer) => void;
  /** The begin of a message whose head is not whole. */
  #begun: Buffer | undefined;
  /** A message that is not whole, exactly as long as it will be, and how much of it is there. */
  #message: Buffer | undefined;
  #filled = 0;
  /** Bytes of an unwanted row that are still to come. */
  #unwanted = 0;

  /** `pass` is called with whole messages, in their order. */
  constructor(pass: (bytes: Buffer) => void) {
    this.#pass = pass;
  }

  push(arrived: Buffer): void {
    const chunk = this.#begun === undefined ? arrived : Buffer.concat([this.#begun, arrived]);
    this.#begun = undefined;
    this.#split(chunk, this.#resume(chunk));
  }

  /** Takes what belongs to a message that began in the chunk before. @returns where the next one begins. */
  #resume(chunk: Buffer): number {
    if (this.#unwanted > 0) {
      const dropped = Math.min(this.#unwanted, chunk.length);
      this.#unwanted -= dropped;
      return dropped;
    }
    if (this.#message === undefined) return 0;
    const taken = chunk.copy(this.#message, this.#filled);
    this.#filled += taken;
    if (this.#filled === this.#message.length) {
      const message = this.#message;
      this.#message = undefined;
      this.#whole(message);
    }
    return taken;
  }

  #whole(message: Buffer): void {
    if (message[0] === dataRow && this.taker !== undefined) this.taker.take(message, headBytes, message.length);
    else this.#pass(message);
  }

  #split(chunk: Buffer, from: number): void {
    let at = from;
    let passFrom = from;
    let hasOthers = false;
    while (chunk.length - at >= headBytes) {
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      const isRow = chunk[at] === dataRow;
      if (isRow && hasOthers) {
        // The reader of the rows says so when the driver reads what comes before them.
        this.#pass(chunk.subarray(passFrom, at));
        passFrom = at;
      }
      hasOthers = !isRow;
      if (isRow && this.taker !== undefined) {
        if (!this.#row(chunk, at, end)) return;
        passFrom = end;
      } else if (end > chunk.length) {
        if (passFrom < at) this.#pass(chunk.subarray(passFrom, at));
        this.#hold(chunk, at, end);
        return;
      }
      at = end;
    }
    if (passFrom < at) this.#pass(chunk.subarray(passFrom, at));
    if (at < chunk.length) this.#begun = Buffer.from(chunk.subarray(at));
  }

  /** Whether the chunk goes on after this row. */
  #row(chunk: Buffer, at: number, end: number): boolean {
    const isWanted = this.taker?.keeps(end - at - 1) === true;
    if (end <= chunk.length) {
      if (isWanted) this.taker?.take(chunk, at + headBytes, end);
      return true;
    }
    if (isWanted) this.#hold(chunk, at, end);
    else this.#unwanted = end - chunk.length;
    return false;
  }

  /** What is there of a message that goes on in the next chunk. */
  #hold(chunk: Buffer, at: number, end: number): void {
    this.#message = Buffer.allocUnsafe(end - at);
    this.#filled = chunk.copy(this.#message, 0, at);
  }
}

const splitters = new WeakMap<object, RowSplitter>();

/** Of a connection of a `RowClient`. */
export const rowSplitterOf = (connection: object): RowSplitter | undefined => splitters.get(connection);

/** What the driver calls as soon as there is something to listen to. Its types do not show it. */
type Attaching = { attachListeners(stream: Pick<Duplex, 'on'>): void };

/** A client of the driver whose queries may take rows as bytes. */
export class RowClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const connection = this.connection as unknown as Attaching; // As just said.
    const attach = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => {
      const messages = new EventEmitter();
      attach(messages as unknown as Pick<Duplex, 'on'>); // It listens to `data` and `end`, and does nothing else.
      const splitter = new RowSplitter((bytes) => void messages.emit('data', bytes));
      splitters.set(connection, splitter);
      stream.on('data', (chunk: Buffer) => splitter.push(chunk));
      stream.on('end', () => void messages.emit('end'));
    };
  }
}
