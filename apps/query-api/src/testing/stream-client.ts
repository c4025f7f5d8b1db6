/** A client of the live stream, for tests: reads frames one by one, and may stop reading. */

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

export type Frame = { readonly id?: string; readonly event: string; readonly data: ReturnType<typeof JSON.parse> };

export type StreamClient = {
  readonly answer: IncomingMessage;
  /** The next frame that says something; `undefined` at the end, however it came. */
  next(): Promise<Frame | undefined>;
  /** Frames up to and with the first of this event. @throws when the stream ends before. */
  until(event: string): Promise<readonly Frame[]>;
  /** The id of the last frame, comments that move it included. */
  lastId(): string | undefined;
  close(): void;
};

type Asked = { readonly query?: string; readonly headers?: Readonly<Record<string, string>> };

/** @throws where the answer is no stream, with its body. */
export const followStream = async (url: string, { query = '', headers = {} }: Asked): Promise<StreamClient> => {
  const request = get(`${url}/api/v1/stream?${query}`, { headers, agent: false });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${await bodyOf(answer)}`);
  const frames = framesOf(answer);
  let lastId: string | undefined;
  const next = async (): Promise<Frame | undefined> => {
    for (;;) {
      const { value, done } = await frames.next();
      if (done === true) return undefined;
      lastId = value.id ?? lastId;
      if (value.event !== '') return value;
    }
  };
  return {
    answer,
    next,
    until: async (event) => {
      const seen: Frame[] = [];
      for (;;) {
        const frame = await next();
        if (frame === undefined) throw new Error(`the stream ended before ${event}, after ${JSON.stringify(seen)}`);
        seen.push(frame);
        if (frame.event === event) return seen;
      }
    },
    lastId: () => lastId,
    close: () => request.destroy(),
  };
};

const bodyOf = async (answer: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of answer) body += chunk;
  return body;
};

async function* framesOf(answer: IncomingMessage): AsyncGenerator<Frame, undefined> {
  let text = '';
  try {
    for await (const chunk of answer.setEncoding('utf8')) {
      text += chunk;
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const one of whole) yield frameOf(one);
    }
  } catch {
    // It was cut off: nothing more comes.
  }
  return undefined;
}

const frameOf = (text: string): Frame => {
  const fields = new Map(
    text.split('\n').map((line) => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]),
  );
  const id = fields.get('id');
  const data = fields.get('data');
  return {
    ...(id === undefined ? {} : { id }),
    event: data === undefined ? '' : (fields.get('event') ?? 'message'),
    data: data === undefined ? undefined : JSON.parse(data),
  };
};
