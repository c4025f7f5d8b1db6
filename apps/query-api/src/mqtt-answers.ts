/** Whether an MQTT listener or broker answers, for an API that runs apart from it. */
import { connect } from 'node:net';

const patienceMs = 1_000;
const usualPorts: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };

/** Tries to connect to where the URL points, without speaking MQTT. */
export const mqttAnswers = (url: string): Promise<boolean> => {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: port === '' ? (usualPorts[protocol] ?? 1883) : Number(port) });
    const settle = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(patienceMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
};
