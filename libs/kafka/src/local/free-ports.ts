import { createServer, type Server } from 'node:net';

/** Ports of 127.0.0.1 that nobody listens on, all different. Somebody may take one before it is used: try again then. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};

/** The port, if nobody listens on it, else any that is free. */
export const portOrFree = async (wanted: number): Promise<number> => {
  const server = await listen(wanted).catch(() => listen(0));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening socket has no port');
  return address.port;
};
