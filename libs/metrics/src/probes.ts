/** What an orchestrator asks a process that has no API of its own: is it alive, is it ready, what does it count. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsRegistry } from './registry.ts';

type ProbesSettings = {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly metrics: MetricsRegistry;
  /** What is not ready, by name; empty when everything is. */
  readonly notReady: () => Promise<readonly string[]>;
  /** What monitoring ought to know besides, though it makes nothing unready. */
  readonly besides?: () => Promise<object>;
};

export type Probes = { readonly port: number; close(): Promise<void> };

/** Serves `/health/live`, `/health/ready` (503 with the reasons) and `/metrics`. */
export const serveProbes = async (settings: ProbesSettings): Promise<Probes> => {
  const { host, port, metrics, notReady, besides = async () => ({}) } = settings;
  const server = createServer((request, response) => {
    answer(request.url ?? '').catch((error: unknown) => {
      send(response, 503, { status: 'error', reason: error instanceof Error ? error.message : String(error) });
    });

    async function answer(path: string): Promise<void> {
      if (path === '/health/live') return send(response, 200, { status: 'alive' });
      if (path === '/health/ready') {
        const reasons = await notReady();
        return send(response, reasons.length === 0 ? 200 : 503, {
          status: reasons.length === 0 ? 'ready' : 'not ready',
          reasons,
          ...(await besides()),
        });
      }
      if (path === '/metrics') {
        const text = await metrics.text();
        response.writeHead(200, { 'content-type': metrics.contentType });
        response.end(text);
        return;
      }
      return send(response, 404, { status: 'not found' });
    }
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // A TCP server's address is never a pipe's name.
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const send = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};
