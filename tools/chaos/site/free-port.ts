import net from 'node:net';

/** A port that nobody has at this moment; a program that is started again and again needs to be told one. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo; // It listens on TCP, so its address is no pipe's name.
      server.close(() => resolve(port));
    });
  });
