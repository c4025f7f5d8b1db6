/** Finds where HTTP/1.1 answers with a Content-Length begin and end. */
export type AnswerReader = {
  /** @throws on an answer that is not a 200, or has no length. */
  read(chunk: Buffer): void;
};

const headEnd = Buffer.from('\r\n\r\n');

/** `answered` hears the length of every whole body. */
export const answerReader = (answered: (bodyBytes: number) => void): AnswerReader => {
  let held: Buffer = Buffer.alloc(0);
  let bodyBytes = 0;
  let remaining = 0;
  return {
    read: (chunk) => {
      let rest: Buffer = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      while (rest.length > 0) {
        if (remaining === 0) {
          const end = rest.indexOf(headEnd);
          if (end === -1) {
            held = rest;
            return;
          }
          remaining = lengthIn(rest.toString('latin1', 0, end));
          bodyBytes = remaining;
          rest = rest.subarray(end + headEnd.length);
        }
        const taken = Math.min(remaining, rest.length);
        remaining -= taken;
        rest = rest.subarray(taken);
        if (remaining === 0) answered(bodyBytes);
      }
    },
  };
};

const lengthIn = (head: string): number => {
  if (!head.startsWith('HTTP/1.1 200 ')) throw new Error(`an answer that is no page: ${head.slice(0, 200)}`);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined || length === '0') throw new Error(`an answer without a length: ${head.slice(0, 200)}`);
  return Number(length);
};
