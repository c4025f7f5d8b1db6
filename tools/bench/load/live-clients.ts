/** Clients of the live stream: each follows the readings of one sensor, and says of every one when it came. */
import { type ClientRequest, get } from 'node:http';
import { nowMs } from '../machine/now.ts';
import { eventIn, frameReader, valueIn } from './frame-reader.ts';

export type LiveClient = { readonly sensor: string; readonly headers: Readonly<Record<string, string>> };

export type Heard = {
  /** A reading came to the client of this place; `value` is that of the reading. @throws when another one was due. */
  readonly got: (client: number, value: number, atMs: number) => void;
  /** A client has no stream any more, or was sent what is no reading. */
  readonly lost: (why: Error) => void;
};

export type LiveClients = { close(): void };

/** Settles when all of them are `ready`. @throws when one is refused. */
export const liveClients = async (
  apiUrl: string,
  clients: readonly LiveClient[],
  heard: Heard,
): Promise<LiveClients> => {
  const requests: ClientRequest[] = [];
  let isClosing = false;
  const lost = (why: Error): void => {
    if (!isClosing) heard.lost(why);
  };
  for (let from = 0; from < clients.length; from += atOnce) {
    const some = clients.slice(from, from + atOnce);
    const joining = some.map((client, index) =>
      joinOne({ apiUrl, client, index: from + index, heard: { ...heard, lost } }),
    );
    requests.push(...(await Promise.all(joining)));
  }
  return {
    close: () => {
      isClosing = true;
      for (const request of requests) request.destroy();
    },
  };
};

/** So many join together. */
const atOnce = 50;

type Joining = {
  readonly apiUrl: string;
  readonly client: LiveClient;
  readonly index: number;
  readonly heard: Heard;
};

const joinOne = ({
  apiUrl,
  client: { sensor, headers },
  index,
  heard: { got, lost },
}: Joining): Promise<ClientRequest> =>
  new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      const error = new Error(`client ${index}: ${why}`);
      reject(error);
      lost(error);
    };
    const url = `${apiUrl}/api/v1/stream?kind=readings&sensor_id=${sensor}`;
    const request = get(url, { agent: false, headers }, (response) => {
      if (response.statusCode !== 200) fail(`the API answered ${response.statusCode}`);
      let atMs = 0;
      const reader = frameReader((frame) => {
        const event = eventIn(frame);
        if (event === 'readings') got(index, valueIn(frame), atMs);
        else if (event === 'ready') resolve(request);
        else if (event !== undefined) fail(frame.toString());
      });
      response.on('data', (bytes: Buffer) => {
        atMs = nowMs();
        try {
          reader.read(bytes);
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error));
        }
      });
      response.on('close', () => fail('the stream ended'));
    });
    request.on('error', (error) => fail(error.message));
  });
