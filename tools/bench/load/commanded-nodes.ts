/** Nodes that are sent commands: each acknowledges what it gets, and answers at once that it succeeded. */
import { connect, type Socket } from 'node:net';
import { nowMs } from '../machine/now.ts';
import { packetReader, publishedIn } from './packet-reader.ts';
import { connectPacket, pubackPacket, publishPacket, type SignIn, subscribePacket } from './packets.ts';

export type NodeSignIn = SignIn & { readonly nodeId: string };

/** A command as a node got it: by the number that it was asked for with. */
export type Got = (nodeId: string, number: number, atMs: number) => void;

export type CommandedNodes = { close(): void };

/** Settles when all of them are connected and have their subscription. @throws when one is refused, or cut off at any time. */
export const commandedNodes = async (port: number, nodes: readonly NodeSignIn[], got: Got): Promise<CommandedNodes> => {
  const sockets: Socket[] = [];
  let isClosing = false;
  const lost = (nodeId: string): void => {
    if (!isClosing) throw new Error(`${nodeId} was cut off`);
  };
  for (let from = 0; from < nodes.length; from += atOnce) {
    const some = nodes.slice(from, from + atOnce);
    sockets.push(...(await Promise.all(some.map((node) => connectOne({ port, node, got, lost })))));
  }
  return {
    close: () => {
      isClosing = true;
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** So many connect together. */
const atOnce = 200;

type Connecting = {
  readonly port: number;
  readonly node: NodeSignIn;
  readonly got: Got;
  readonly lost: (nodeId: string) => void;
};

const connectOne = ({ port, node, got, lost }: Connecting): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { nodeId } = node;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const answers = `ceiling/nodes/${nodeId}/responses`;
    let answered = 0;
    const reader = packetReader((first, body) => {
      if (first === connack) {
        if (body[1] !== 0) reject(new Error(`${nodeId} was refused: ${body[1]}`));
        else socket.write(subscribePacket(`ceiling/commands/${nodeId}`, 1));
      } else if (first === suback) {
        if (body[2] === 1) resolve(socket);
        else reject(new Error(`${nodeId} got no subscription: ${body[2]}`));
      } else if (first !== puback) {
        const { packetId, payload } = publishedIn(first, body);
        const atMs = nowMs();
        const { command_id, parameters } = JSON.parse(String(payload)) as Sent;
        got(nodeId, parameters.number, atMs);
        answered += 1;
        const said = Buffer.from(JSON.stringify({ command_id, outcome: 'succeeded' }));
        const answer = publishPacket(answers, (answered % 65_535) + 1, said);
        socket.write(Buffer.concat([pubackPacket(packetId), answer]));
      }
    });
    socket.on('data', reader.read);
    socket.on('error', reject);
    socket.on('close', () => lost(nodeId));
    socket.write(connectPacket(nodeId, { signIn: node }));
  });

const [connack, suback, puback] = [0x20, 0x90, 0x40] as const;

/** What of the payload says which command it is. */
type Sent = { readonly command_id: string; readonly parameters: { readonly number: number } };
